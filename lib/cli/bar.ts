const WIDTH = 24;

/** A bar and its percentage. @param share 0 to 1 */
export function bar(share: number): string {
  const filled = Math.floor(share * WIDTH);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent}%`;
}
