/** The command that installs what is missing, for the system at hand. */
import { existsSync } from 'node:fs';

type Wanted = 'java' | 'xvfb';

const COMMANDS: readonly { readonly when: () => boolean; readonly java: string; readonly xvfb: string }[] = [
  {
    when: () => process.platform === 'darwin',
    java: 'brew install --cask temurin',
    xvfb: 'brew install --cask xquartz',
  },
  {
    when: () => existsSync('/usr/bin/apt-get'),
    java: 'sudo apt-get install -y default-jre',
    xvfb: 'sudo apt-get install -y xvfb',
  },
  {
    when: () => existsSync('/usr/bin/dnf'),
    java: 'sudo dnf install -y java-latest-openjdk',
    xvfb: 'sudo dnf install -y xorg-x11-server-Xvfb',
  },
  {
    when: () => existsSync('/usr/bin/zypper'),
    java: 'sudo zypper install -y java-21-openjdk',
    xvfb: 'sudo zypper install -y xorg-x11-server-Xvfb',
  },
  {
    when: () => existsSync('/usr/bin/pacman'),
    java: 'sudo pacman -S --noconfirm jre-openjdk',
    xvfb: 'sudo pacman -S --noconfirm xorg-server-xvfb',
  },
  { when: () => existsSync('/sbin/apk'), java: 'apk add openjdk21-jre', xvfb: 'apk add xvfb' },
];

export function installCommand(wanted: Wanted): string {
  const found = COMMANDS.find((one) => one.when());
  return found === undefined
    ? `your package manager's ${wanted === 'java' ? 'Java 17 or later (OpenJDK)' : 'Xvfb'}`
    : found[wanted];
}
