/** Whether a config.ts is still the one that came with the product: then nobody's work is lost with it. */
import { hash } from 'node:crypto';

/** Of config.ts in the project's folder; a test says the new one when that changes. */
export const SHIPPED_SHA256 = '5c4f46f5c20152cde1c5d460708a44232a6f95c805916b6880dc1862c38f1a2e';

export function isShippedConfig(text: string): boolean {
  // Git writes Windows' line ends where it is told to.
  return hash('sha256', text.replaceAll('\r\n', '\n')) === SHIPPED_SHA256;
}
