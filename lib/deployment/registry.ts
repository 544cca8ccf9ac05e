/**
 * Whether a registry has an image, and for which processors: `GET /v2/NAME/manifests/TAG`, as Docker Hub and every OCI
 * registry answer it, after the token that they give to anybody. Docker Hub counts it as one pull; no layer is fetched.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md, https://distribution.github.io/distribution/spec/auth/token/
 */
import { messageOf } from '../errors.ts';
import { architecturesOf, MANIFESTS } from './manifest.ts';

export interface ImageReference {
  /** Host, with its port where it names one. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or `sha256:...`. */
  readonly version: string;
}

export type Answer =
  /** `architectures`: as images name them (`amd64`, `arm64`); undefined when the registry did not say. */
  | { readonly kind: 'there'; readonly architectures: readonly string[] | undefined }
  /** `why`: the end of a sentence. */
  | { readonly kind: 'missing'; readonly why: string }
  /** It does not tell strangers: private, or not there. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent'; readonly why: string };

const DOCKER_HUB = 'docker.io';

/** Docker's own rules: a first part with a dot or a port, or `localhost`, is a registry; else it is Docker Hub. */
export function imageReference(name: string): ImageReference {
  const [, rest = '', digest] = /^([^@]+)(?:@(.+))?$/.exec(name) ?? [];
  const [, path = '', tag = 'latest'] = /^(.+?)(?::([\w][\w.-]*))?$/.exec(rest) ?? [];
  const [first = '', ...more] = path.split('/');
  const named = more.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = named ? first : DOCKER_HUB;
  const repository = named ? more.join('/') : path;
  return {
    registry,
    // Docker Hub's own images have no owner in their name.
    repository: registry === DOCKER_HUB && !repository.includes('/') ? `library/${repository}` : repository,
    version: digest ?? tag,
  };
}

/** A registry that says nothing for so long is not waited for. */
const PATIENCE_MS = 10_000;

export async function askRegistry(image: ImageReference): Promise<Answer> {
  const { registry, repository, version } = image;
  const base = `${originOf(registry)}/v2/${repository}`;
  try {
    let token: string | undefined;
    let answer = await get(`${base}/manifests/${version}`, token);
    if (answer.status === 401) {
      token = await anonymousToken(answer.headers.get('www-authenticate') ?? '');
      if (token === undefined) return { kind: 'closed' };
      answer = await get(`${base}/manifests/${version}`, token);
    }
    if (!answer.ok) return refusal(answer.status, image);
    const blob = async (digest: string): Promise<unknown> =>
      (await get(`${base}/blobs/${digest}`, token)).json();
    const architectures = await answer
      .json()
      .then((manifest) => architecturesOf(manifest, blob))
      .catch(() => undefined);
    return { kind: 'there', architectures };
  } catch (error) {
    return { kind: 'silent', why: `${registry} did not answer (${reasonOf(error)})` };
  }
}

/** Docker speaks plain HTTP to registries of this machine alone. */
function originOf(registry: string): string {
  if (registry === DOCKER_HUB) return 'https://registry-1.docker.io';
  return `${/^(localhost|127\.\d+\.\d+\.\d+)(:|$)/.test(registry) ? 'http' : 'https'}://${registry}`;
}

function get(address: string, token: string | undefined): Promise<Response> {
  return fetch(address, {
    headers: { accept: MANIFESTS, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** @param challenge `Bearer realm="...",service="...",scope="..."` @returns undefined when strangers get none */
async function anonymousToken(challenge: string): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined;
  const { realm, ...asked } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const address = new URL(realm);
  for (const key of ['service', 'scope']) {
    const value = asked[key];
    if (value !== undefined) address.searchParams.set(key, value);
  }
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) return undefined;
  const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
  return token ?? other;
}

function refusal(status: number, { registry, repository, version }: ImageReference): Answer {
  // Docker Hub says 401 of what does not exist, too.
  if (status === 401 || status === 403) return { kind: 'closed' };
  if (status === 404) {
    const mark = version.startsWith('sha256:') ? '@' : ':';
    return { kind: 'missing', why: `${registry} has no ${repository}${mark}${version}` };
  }
  const why = status === 429 ? 'asks to be left alone for a while (429)' : `answered ${String(status)}`;
  return { kind: 'silent', why: `${registry} ${why}` };
}

/** `fetch` itself says only that it failed. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  return cause?.code ?? cause?.message ?? messageOf(error);
}
