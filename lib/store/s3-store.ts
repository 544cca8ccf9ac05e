/** A store that is an S3 bucket. */
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { contentType } from './s3/content-type.ts';
import { putOutput } from './s3/put-output.ts';
import { bucketError, hasNoCredentials, isDenied, isMissing, StoreError } from './store-error.ts';
import type { Owner, PutResult, Store, StoredObject } from './store.ts';
import type { PutOptions } from './upload-flags.ts';

/** How often a download that broke off is begun anew; the SDK itself repeats only what fails before the first byte. */
const DOWNLOADS = 4;

/** Reading without credentials. */
export interface Anonymous {
  client(): S3Client;
  /** Called once, when it begins. */
  onUse(why: 'no credentials' | 'not allowed'): void;
}

export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #anonymous: Anonymous | undefined;
  /** In use once it turned out that the client may not read here, and anybody may. */
  #public: S3Client | undefined;
  #anybody: S3Client | undefined;
  /** Whether it is in use beside credentials, which may read what anybody may not. */
  #hasCredentials = false;
  readonly #bucket: string;
  readonly #options: PutOptions;

  /**
   * @param options what every object is put with (upload-flags.ts)
   * @param anonymous how it is read where the client may not
   */
  constructor(client: S3Client, bucket: string, options: PutOptions = {}, anonymous?: Anonymous) {
    this.#client = client;
    this.#anonymous = anonymous;
    this.#bucket = bucket;
    this.#options = options;
  }

  describe(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncGenerator<StoredObject> {
    const first = new ListObjectsV2Command({
      ...this.#place(),
      Prefix: prefix,
      ...(options.startAfter && { StartAfter: options.startAfter }),
    });

    // The next thousand are asked for while the caller looks at these.
    let page = this.#list(first, prefix);
    for (;;) {
      const { Contents = [], NextContinuationToken } = await page;
      if (NextContinuationToken) {
        page = this.#list(
          new ListObjectsV2Command({ ...first.input, ContinuationToken: NextContinuationToken }),
          prefix,
        );
        page.catch(() => undefined);
      }
      for (const { Key, Size } of Contents) if (Key) yield { key: Key, bytes: Size ?? 0 };
      if (!NextContinuationToken) return;
    }
  }

  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const { ContentLength = 0 } = await this.#ask((client) =>
        client.send(new HeadObjectCommand({ ...this.#place(), Key: key })),
      );
      return { key, bytes: ContentLength };
    } catch (error) {
      if (!isMissing(error)) throw this.#explain('Looking at', key, error);
      return undefined;
    }
  }

  async read(key: string): Promise<Readable> {
    return (await this.#get(key)).body;
  }

  async download(key: string, path: string, signal?: AbortSignal): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const { body, bytes } = await this.#get(key);
      try {
        await pipeline(body, createWriteStream(path), signal === undefined ? {} : { signal });
        const { size } = await stat(path);
        if (size === bytes) return size;
        throw new StoreError(`Reading ${this.describe(key)} gave ${size} bytes of ${bytes}.`, {
          key,
          location: this.describe(key),
          fix: 'Check the network, then repeat.',
        });
      } catch (error) {
        if (signal?.aborted === true) await rm(path, { force: true });
        signal?.throwIfAborted();
        const explained = this.#explain('Reading', key, error);
        if (explained.trouble !== 'other' || attempt === DOWNLOADS) {
          await rm(path, { force: true });
          throw explained;
        }
        await sleep(250 * 2 ** attempt);
      }
    }
  }

  async write(key: string, body: string | Uint8Array): Promise<void> {
    // Small objects: a class with a minimum size would cost more than it saves, and what is set for images is not meant.
    const { ACL, RequestPayer, ServerSideEncryption, SSEKMSKeyId } = this.#options;
    const options = { ACL, RequestPayer, ServerSideEncryption, SSEKMSKeyId };
    try {
      await this.#client.send(
        new PutObjectCommand({
          ...options,
          Bucket: this.#bucket,
          Key: key,
          // The SDK takes an empty string for a stream of unknown length.
          Body: Buffer.from(body),
          ContentType: contentType(key),
        }),
      );
    } catch (error) {
      throw this.#explain('Writing', key, error);
    }
  }

  async put(key: string, path: string, owner: Owner, signal?: AbortSignal): Promise<PutResult> {
    const request = { ContentType: contentType(key), ...this.#options, Bucket: this.#bucket, Key: key };
    try {
      return await putOutput(this.#client, request, path, owner, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain('Writing', key, error);
    }
  }

  async #get(key: string): Promise<{ readonly body: Readable; readonly bytes: number }> {
    try {
      const { Body, ContentLength = 0 } = await this.#ask((client) =>
        client.send(new GetObjectCommand({ ...this.#place(), Key: key })),
      );
      // In Node the SDK's body is always a Readable.
      return { body: Body as Readable, bytes: ContentLength };
    } catch (error) {
      throw this.#explain('Reading', key, error);
    }
  }

  async #list(command: ListObjectsV2Command, prefix: string) {
    try {
      return await this.#ask((client) => client.send(command));
    } catch (error) {
      throw this.#explain('Listing', prefix, error);
    }
  }

  /** Reads with the credentials there are; where there are none, or they may not, as anybody may. */
  async #ask<T>(request: (client: S3Client) => Promise<T>): Promise<T> {
    if (this.#public !== undefined) return this.#askAsAnybody(this.#public, request);
    try {
      return await request(this.#client);
    } catch (error) {
      if (this.#anonymous === undefined) throw error;
      const { client, onUse } = this.#anonymous;
      if (hasNoCredentials(error)) {
        if (this.#public === undefined) onUse('no credentials');
        this.#public ??= client();
        return request(this.#public);
      }
      // Public images of others are for anybody, and not for a role that may read nothing but its own buckets.
      if (!isDenied(error)) throw error;
      this.#anybody ??= client();
      const answer = await request(this.#anybody).catch(() => {
        throw error;
      });
      if (this.#public === undefined) onUse('not allowed');
      this.#hasCredentials = true;
      this.#public = this.#anybody;
      return answer;
    }
  }

  /** One object that only anybody may read says nothing of the next one. */
  async #askAsAnybody<T>(anybody: S3Client, request: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await request(anybody);
    } catch (error) {
      if (!this.#hasCredentials || !isDenied(error)) throw error;
      return request(this.#client);
    }
  }

  #place() {
    const { RequestPayer } = this.#options;
    return { Bucket: this.#bucket, ...(RequestPayer && { RequestPayer }) };
  }

  #explain(doing: string, key: string, error: unknown): StoreError {
    const explained = bucketError(error, { doing, key, location: this.describe(key) });
    if (explained.trouble !== 'denied' || this.#public === undefined || this.#hasCredentials)
      return explained;
    const { location, cause } = explained;
    return new StoreError(
      `${doing} ${location} failed: there are no AWS credentials here, and the bucket is not public`,
      {
        trouble: 'denied',
        key,
        location,
        fix: 'Run "aws configure", or set AWS_PROFILE in config.ts to a profile of ~/.aws/config.',
        cause,
      },
    );
  }
}
