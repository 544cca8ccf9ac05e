/**
 * What an image's manifest says of the processors that it runs on.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md, config.md
 */
import { z } from 'zod';
import type { Architecture } from '../config/index.ts';

/** What may come: one image, or a list of one for each architecture. Without the right one a registry says 404. */
export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** As images name the processors of machines. */
export const IMAGE_ARCHITECTURE = { x86_64: 'amd64', arm64: 'arm64' } as const satisfies Record<
  Architecture,
  string
>;

const list = z.object({
  manifests: z.array(
    z.object({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});
const single = z.object({ config: z.object({ digest: z.string() }) });
const imageConfig = z.object({ architecture: z.string() });

/**
 * @param blob fetches a part of the image, as JSON: one image names its processor in its configuration alone
 * @returns `amd64`, `arm64`, ...; undefined when the manifest does not say
 */
export async function architecturesOf(
  manifest: unknown,
  blob: (digest: string) => Promise<unknown>,
): Promise<readonly string[] | undefined> {
  const many = list.safeParse(manifest);
  if (many.success) {
    // Attestations stand in the list too, as images for "unknown".
    const named = many.data.manifests.flatMap(({ platform }) =>
      platform?.os === 'linux' ? [platform.architecture] : [],
    );
    return named.length === 0 ? undefined : [...new Set(named)];
  }
  const one = single.safeParse(manifest);
  if (!one.success) return undefined;
  const config = imageConfig.safeParse(await blob(one.data.config.digest));
  return config.success ? [config.data.architecture] : undefined;
}
