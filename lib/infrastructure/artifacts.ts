/**
 * What is built here and shipped there: the worker, the Node that runs it, and the two Lambda functions. Each is a folder
 * with a digest, so that CDK need not read 120 MB to know whether anything changed. Built without Docker.
 */
import { join } from 'node:path';
import type { Architecture } from '../config/index.ts';
import { bundleWorker } from '../worker/bundle.ts';
import type { Artifact } from './artifact.ts';
import { keptBuild, sourcesDigest } from './kept-build.ts';
import { lambdaBundle } from './lambda-bundle.ts';
import { nodeBinary } from './node-binary.ts';

export interface Artifacts {
  readonly worker: Artifact;
  /** One file, `node`. */
  readonly node: Artifact;
  /** `index.js` with `handler`. */
  readonly monitor: Artifact;
  readonly cleanup: Artifact;
}

/** @param architecture of the machines; the Lambda functions are JavaScript alone. */
export async function buildArtifacts(architecture: Architecture): Promise<Artifacts> {
  const sources = sourcesDigest();
  const [worker, node, monitor, cleanup] = await Promise.all([
    // In a folder of its own: `local` builds its worker whenever it starts, and a deploy ships what was noted.
    keptBuild('worker', sources, bundleWorker),
    nodeBinary(architecture),
    keptBuild('monitor', sources, (folder) => lambdaBundle(join('lib', 'monitor', 'lambda.ts'), folder)),
    keptBuild('cleanup', sources, (folder) =>
      lambdaBundle(join('lib', 'infrastructure', 'cleanup', 'handler.ts'), folder),
    ),
  ]);
  return { worker, node, monitor, cleanup };
}
