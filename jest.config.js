/** Tests run on the TypeScript sources as ES modules; types are checked once, by `npm run check:types`. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  // Real Fijis, queues and emulators start in these tests: one JVM's start takes seconds on a busy machine.
  testTimeout: 120_000,
};
