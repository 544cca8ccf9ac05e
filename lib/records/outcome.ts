/** How a job can end. One list: the worker decides among these, records hold them, the digest counts them. */
export const OUTCOMES = [
  'success',
  'script error',
  'missing outputs',
  'output collision',
  'timeout',
  'out of memory',
  'disk full',
  'input missing',
  'interrupted',
  'worker lost',
  'bad message',
] as const;

export type Outcome = (typeof OUTCOMES)[number];
