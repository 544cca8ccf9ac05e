/** What the image's name says: where it is pulled from, and with whose permission. */
import type { Config } from '../config/index.ts';

/** An ECR registry: its repository is opened to our roles. */
export interface EcrRepository {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** Undefined for Docker Hub, public ECR and every other registry. */
export function ecrRepository(config: Config): EcrRepository | undefined {
  const [, account, region, name] = ECR.exec(config.DOCKERHUB_TAG) ?? [];
  return account !== undefined && region !== undefined && name !== undefined
    ? { account, region, name }
    : undefined;
}

export function loginOf(config: Config): 'none' | 'ecr' | 'secret' {
  if (ecrRepository(config) !== undefined) return 'ecr';
  return config.DOCKER_CREDENTIALS_SECRET === undefined ? 'none' : 'secret';
}
