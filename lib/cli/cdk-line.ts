/** How far the CDK is, on one line. */
import { cdk, type CdkCommand, type CdkEnd } from '../deployment/cdk.ts';
import { bar } from './bar.ts';
import { duration } from './duration.ts';
import { liveLine } from './live-line.ts';

export interface CdkLine {
  readonly command: Omit<CdkCommand, 'onProgress'>;
  /** What is being done to the parts: "making", "removing". */
  readonly doing: string;
}

/** What the CDK says of itself is shown when it fails, and only then. */
export async function runCdk({ command, doing }: CdkLine): Promise<CdkEnd> {
  const line = liveLine();
  const began = Date.now();
  let text = '';
  const show = (): void => line.show(`${text}  ${duration((Date.now() - began) / 1000)}`);
  const clock = setInterval(show, 1000);
  try {
    const ended = await cdk({
      ...command,
      onProgress: (progress) => {
        if (progress.stage === 'preparing') text = 'Putting together what goes to AWS';
        if (progress.stage === 'uploading') text = 'Uploading the worker';
        if (progress.stage === 'working') text = working(doing, progress.done, progress.of);
        show();
      },
    });
    line.end();
    if (ended.end === 'failed') process.stderr.write(`\nWhat cdk said:\n${indented(ended.said)}\n`);
    return ended;
  } finally {
    clearInterval(clock);
  }
}

function working(doing: string, done: number, of: number | undefined): string {
  const begin = `AWS is ${doing} the parts`;
  if (of === undefined) return `${begin}: ${String(done)} done`;
  // Of an update, CloudFormation may tell of more than it planned.
  const known = Math.min(done, of);
  return `${begin}  ${bar(of === 0 ? 0 : known / of)}  ${String(known)} of ${String(of)}`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
