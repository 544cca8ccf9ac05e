/** What a person probably meant: a slip of a letter or two. */
import leven from 'leven';

/**
 * @param mostSlips letters that may be wrong, missing or too many. @default a third of what was written, at least 1
 * @returns the name nearest to what was written, capitals aside; undefined when none is near
 */
export function nearest<Name extends string>(
  written: string,
  names: readonly Name[],
  mostSlips = Math.max(1, Math.floor(written.trim().length / 3)),
): Name | undefined {
  const folded = written.trim().toLowerCase();
  const [near] = names
    .map((name) => ({ name, slips: leven(folded, name.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips);
  return near !== undefined && near.slips <= mostSlips ? near.name : undefined;
}
