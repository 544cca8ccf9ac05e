import { defineConfig } from './lib/config/index.ts';

export default defineConfig({});
