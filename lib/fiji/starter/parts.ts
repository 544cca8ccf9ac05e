/**
 * The parts of the starter Fiji, from Maven Central: ImageJ 1, SciJava's script service (what runs `#@` scripts in
 * Fiji) and Fiji's two main script languages, with what these need. Names, versions and SHA-256 stand here alone.
 */
export interface Part {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const PARTS: readonly Part[] = [
  part('net.imagej:ij:1.54p', 2_586_953, '2e1a09961dfb41cee66ddc821b2577a41a072566ce45a49bae69267099741e20'),
  part(
    'org.scijava:scijava-common:2.100.1',
    952_223,
    'af53bb31087dd46bfe15645c8b7cc69fe837795516816c60f5be78b9ff0ce6a3',
  ),
  part(
    'org.scijava:parsington:3.1.0',
    47_987,
    '7943c91a1e62918ea47d0a08f6b5989a8b388e019216441002236528f769c72a',
  ),
  part(
    'org.python:jython-standalone:2.7.4',
    50_453_449,
    '1fba1769effcc8b19f5e10436bc8274a158ce988559f257927c24c73bb137f3c',
  ),
  part(
    'org.apache.groovy:groovy:4.0.28',
    7_712_577,
    'd77164a44ab994837e61eecead64721bdb1794fa2bc6704ac6fe70cd32ef9dd3',
  ),
  part(
    'org.apache.groovy:groovy-jsr223:4.0.28',
    16_834,
    '21a825951142f938e4159cdafc8c56cb5ea2c95f64a0ef362e32311bb3692c7d',
  ),
  part(
    'org.apache.groovy:groovy-json:4.0.28',
    131_788,
    'edec45c85ff811f9a9baacdf5b020e34593a0055ac63c92fbf1233c3b2cc9cc6',
  ),
];

function part(coordinates: string, bytes: number, sha256: string): Part {
  const [groupId = '', artifactId = '', version = ''] = coordinates.split(':');
  return { groupId, artifactId, version, bytes, sha256 };
}

export function fileNameOf(one: Part): string {
  return `${one.artifactId}-${one.version}.jar`;
}
