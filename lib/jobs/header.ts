/** What every job of a file shares. */
import { excerpt, toGroup, type Group, type Problem } from './group.ts';
import { isAbsolutePath, toLocation } from './location.ts';
import { nearest } from '../nearest.ts';
import { SHAPE } from './read-error.ts';
import { runNameOf, safeName } from './run-name.ts';

export interface JobFileHeader {
  /** Key prefix for outputs, placeholders unfilled. */
  readonly output_file_location: string;
  readonly shared_metadata: Group;
  /** Patterns of the only files that a job downloads, relative to the source, placeholders unfilled. */
  readonly inputs?: readonly string[];
  /** The name under which records are kept. */
  readonly run: string;
}

const KNOWN = ['output_file_location', 'shared_metadata', 'groups', 'inputs', 'run'];

/** The header, or everything that is wrong with it. */
export function toHeader(parts: Readonly<Record<string, unknown>>, path: string): JobFileHeader | Problem[] {
  const problems: Problem[] = [];
  const { output_file_location: location, shared_metadata: shared = {}, inputs, run } = parts;
  let prefix = '';
  if (typeof location !== 'string') {
    problems.push(
      location === undefined
        ? {
            what: 'it has no output_file_location',
            fix: meantAs('output_file_location', parts) ?? SHAPE,
          }
        : {
            what: `output_file_location is ${excerpt(location)}`,
            fix: 'Write a text: the folder for results, e.g. "projects/output/".',
          },
    );
  } else {
    const checked = toLocation(location);
    if (typeof checked === 'string') prefix = checked;
    else problems.push(checked);
  }
  const metadata = toGroup(shared, 'shared_metadata');
  if (Array.isArray(metadata)) problems.push(...metadata);
  if (inputs !== undefined && !(Array.isArray(inputs) && inputs.every((item) => typeof item === 'string'))) {
    problems.push({
      what: `inputs is ${excerpt(inputs)}`,
      fix: 'Write a list of patterns, e.g. ["projects/input/{Plate}_{Well}*.TIF"].',
    });
  }
  if (run !== undefined && (typeof run !== 'string' || run === '' || run !== safeName(run))) {
    problems.push({
      what: `run is ${excerpt(run)}`,
      fix: `Use letters, digits, ".", "_" and "-" only${suggestion(run)}.`,
    });
  }
  if (problems.length > 0) return problems;
  return {
    output_file_location: prefix,
    shared_metadata: metadata as Group,
    ...(inputs === undefined ? {} : { inputs: inputs as string[] }),
    run: typeof run === 'string' ? run : runNameOf(path),
  };
}

/** Keys that mean nothing here: most often a slip of the pen. */
export function unknownKeys(parts: Readonly<Record<string, unknown>>): string[] {
  return unknownIn(parts).map((key) => {
    const near = nearest(key, KNOWN);
    const guess = near === undefined ? `known are ${KNOWN.join(', ')}` : `is "${near}" meant?`;
    return `"${key}" is no part of a job file and is ignored (${guess}).`;
  });
}

/** An output location that looks like a place of its own, and is one below where results go. */
export function locationNotes({
  output_file_location: written,
}: Readonly<Record<string, unknown>>): string[] {
  if (typeof written !== 'string' || !isAbsolutePath(written)) return [];
  const folder = toLocation(written);
  if (typeof folder !== 'string' || folder === '') return [];
  return [
    `output_file_location ${excerpt(written)} means the folder ${excerpt(folder)} below the output folder (on AWS: below the top of the bucket). Where that is, --output says (on AWS: DESTINATION_BUCKET).`,
  ];
}

/** What to do about a key that is missing, when one like it is there. */
export function meantAs(missing: string, parts: Readonly<Record<string, unknown>>): string | undefined {
  const written = unknownIn(parts).find((key) => nearest(key, KNOWN) === missing);
  return written === undefined
    ? undefined
    : `Write "${missing}" for ${excerpt(written)}, if that is what you mean.`;
}

function unknownIn(parts: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(parts).filter((key) => !KNOWN.includes(key));
}

function suggestion(run: unknown): string {
  const name = safeName(String(run));
  return name === '' ? '' : `, e.g. "${name}"`;
}
