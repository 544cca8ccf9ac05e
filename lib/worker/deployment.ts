/**
 * Is the deployment that started this worker still the one in force? The monitor writes it into the metadata of the
 * object that it remembers by; a worker looks at it now and then, between two jobs. A deploy in the middle of a run so
 * changes nothing for the job that runs, and everything for the next.
 */
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { messageOf } from '../errors.ts';
import { DEPLOYMENT_METADATA, type WorkerSettings } from './settings.ts';

/** A look that takes longer tells nothing: the next one will. */
const PATIENCE_MS = 5_000;

type Settings = Pick<
  WorkerSettings,
  'AWS_REGION' | 'DEPLOYMENT' | 'DEPLOYMENT_IN' | 'DEPLOYMENT_LOOK_SECONDS'
>;

export class Deployment {
  readonly #settings: Settings;
  readonly #connect: (options: { readonly region: string | undefined }) => S3Client;
  readonly #onTrouble: (message: string) => void;
  #client: S3Client | undefined;
  #looked = -Infinity;
  #over = false;

  /** @param onTrouble told when a look failed; the worker goes on as before */
  constructor(
    settings: Settings,
    connect: (options: { readonly region: string | undefined }) => S3Client,
    onTrouble: (message: string) => void,
  ) {
    this.#settings = settings;
    this.#connect = connect;
    this.#onTrouble = onTrouble;
  }

  /** Looks only when the last look is old enough. Once over it stays so. Never rejects. */
  async isOver(): Promise<boolean> {
    const { DEPLOYMENT, DEPLOYMENT_IN, DEPLOYMENT_LOOK_SECONDS } = this.#settings;
    if (DEPLOYMENT === undefined || DEPLOYMENT_IN === undefined || this.#over) return this.#over;
    if (Date.now() - this.#looked < DEPLOYMENT_LOOK_SECONDS * 1000) return false;

    this.#looked = Date.now();
    try {
      const inForce = await this.#inForce(DEPLOYMENT_IN);
      this.#over = inForce !== undefined && inForce !== DEPLOYMENT;
    } catch (error) {
      this.#onTrouble(`Whether a newer deployment is in force could not be read: ${messageOf(error)}`);
    }
    return this.#over;
  }

  /** Undefined when nobody has said so: the monitor's memory was deleted, or it never acted. */
  async #inForce(address: string): Promise<string | undefined> {
    const [Bucket = '', ...key] = address.slice('s3://'.length).split('/');
    this.#client ??= this.#connect({ region: this.#settings.AWS_REGION });
    try {
      const { Metadata } = await this.#client.send(new HeadObjectCommand({ Bucket, Key: key.join('/') }), {
        abortSignal: AbortSignal.timeout(PATIENCE_MS),
      });
      return Metadata?.[DEPLOYMENT_METADATA];
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404)
        return undefined;
      throw error;
    }
  }
}
