/** Values of the shipped config that stand for the user's own: fine on this machine, refused before anything is made in AWS. */
import type { Config } from './derive.ts';
import { ConfigInvalidError, type Problem } from './errors.ts';
import { literal } from './literal.ts';
import { defaultOf } from './problems.ts';

/** False while a bucket's name still stands for the user's own. */
export function bucketsAreNamed({ SOURCE_BUCKET, DESTINATION_BUCKET }: Config): boolean {
  return ![SOURCE_BUCKET, DESTINATION_BUCKET].includes(String(defaultOf('AWS_BUCKET')));
}

/** @throws {ConfigInvalidError} naming each option that still has to be filled in before a deploy. */
export function requireFilledIn(config: Config): void {
  const placeholder = defaultOf('AWS_BUCKET');
  const problems: Problem[] = [];
  if (!bucketsAreNamed(config)) {
    problems.push({
      option: 'AWS_BUCKET',
      value: config.AWS_BUCKET,
      message: `AWS_BUCKET is still ${literal(placeholder)}.`,
      fix: 'write the name of your S3 bucket in config.ts.',
    });
  }
  if (config.SCRIPT_DOWNLOAD_URL === '') {
    problems.push({
      option: 'SCRIPT_DOWNLOAD_URL',
      value: '',
      message: 'SCRIPT_DOWNLOAD_URL is empty: the machines would have nothing to run.',
      fix: "write your script's https:// or s3:// address in config.ts.",
    });
  }
  if (config.SCRIPT_DOWNLOAD_URL.startsWith(`s3://${String(placeholder)}/`)) {
    problems.push({
      option: 'SCRIPT_DOWNLOAD_URL',
      value: config.SCRIPT_DOWNLOAD_URL,
      message: `SCRIPT_DOWNLOAD_URL is ${literal(config.SCRIPT_DOWNLOAD_URL)}, in a bucket that stands for yours.`,
      fix: 'upload your script to your bucket, and write its s3:// address in config.ts.',
    });
  }
  // An absolute path may name a script that is part of the image.
  if (config.SCRIPT_DOWNLOAD_URL !== '' && !/^(\w{2,}:|\/)/.test(config.SCRIPT_DOWNLOAD_URL)) {
    problems.push({
      option: 'SCRIPT_DOWNLOAD_URL',
      value: config.SCRIPT_DOWNLOAD_URL,
      message: `SCRIPT_DOWNLOAD_URL is ${literal(config.SCRIPT_DOWNLOAD_URL)}, a file of this computer, which the machines in AWS cannot read.`,
      fix: `upload it (aws s3 cp ${literal(config.SCRIPT_DOWNLOAD_URL)} s3://${config.AWS_BUCKET}/scripts/), and write its s3:// address in config.ts.`,
    });
  }
  if (problems.length > 0) throw new ConfigInvalidError(problems);
}
