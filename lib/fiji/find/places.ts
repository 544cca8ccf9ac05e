/** Where people and images put Fiji. */
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { realpath } from 'node:fs/promises';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folders to look in, best first. */
export async function usualPlaces(env: Environment): Promise<string[]> {
  const home = env['HOME'] || homedir();
  const names = [
    'Fiji.app',
    'Fiji',
    'fiji',
    'fiji-linux64/Fiji.app',
    'fiji-latest-linux64-jdk/Fiji',
    'fiji-macosx/Fiji.app',
    'ImageJ.app',
  ];
  const parents =
    process.platform === 'darwin'
      ? ['/Applications', join(home, 'Applications'), join(home, 'Desktop'), join(home, 'Downloads'), home]
      : // /opt/fiji/Fiji.app is where the images of fiji/fiji and of the ancestor have it.
        [
          '/opt/fiji',
          '/opt',
          '/usr/local',
          '/usr/local/share',
          '/',
          home,
          join(home, 'Applications'),
          join(home, 'Desktop'),
          join(home, 'Downloads'),
        ];
  return [
    ...(await launchersOnPath(env)),
    ...parents.flatMap((parent) => names.map((name) => join(parent, name))),
  ];
}

/** Folder of Debian's `imagej` package. */
export const PLAIN_IMAGEJ = '/usr/share/java';

async function launchersOnPath(env: Environment): Promise<string[]> {
  const found: string[] = [];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    for (const name of ['fiji', 'fiji-linux-x64', 'fiji-linux-arm64', 'ImageJ-linux64']) {
      const file = await realpath(join(folder, name)).catch(() => undefined);
      if (file !== undefined) found.push(dirname(file));
    }
  }
  return found;
}
