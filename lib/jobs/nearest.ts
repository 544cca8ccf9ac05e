/** What a person probably meant: a slip of a letter or two. */
import leven from 'leven';

/** @returns The name nearest to what was written, capitals aside; undefined when none is near. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const folded = written.trim().toLowerCase();
  const [near] = names
    .map((name) => ({ name, distance: leven(folded, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return near !== undefined && near.distance <= Math.max(1, Math.floor(folded.length / 3))
    ? near.name
    : undefined;
}
