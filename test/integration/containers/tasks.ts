/** Starts a container as the ECS agent does, from the task definition of a real template, on a machine that booted. */
import { mkdirSync, readFileSync } from 'node:fs';
import type { ConfigInput } from '../../../lib/config/index.ts';
import { buildArtifacts } from '../../../lib/infrastructure/artifacts.ts';
import { HOST_FOLDER } from '../../../lib/infrastructure/user-data.ts';
import { boot, machineWith } from '../../infrastructure/host/machine.ts';
import { templateOf } from '../../infrastructure/synth.ts';
import type { Engine } from './engine.ts';

interface Definition {
  readonly ContainerDefinitions: readonly {
    readonly Image: string;
    readonly EntryPoint: readonly string[];
    readonly Command: readonly string[];
    readonly Memory: number;
    readonly Cpu: number;
    readonly StopTimeout: number;
    readonly LinuxParameters: { readonly InitProcessEnabled: boolean };
    readonly Ulimits: readonly {
      readonly Name: string;
      readonly SoftLimit: number;
      readonly HardLimit: number;
    }[];
    readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
    readonly MountPoints: readonly {
      readonly SourceVolume: string;
      readonly ContainerPath: string;
      readonly ReadOnly: boolean;
    }[];
  }[];
  readonly Volumes: readonly { readonly Name: string; readonly Host: { readonly SourcePath: string } }[];
}

export interface Deployed {
  /** Where the mounted bucket is on the machine. */
  readonly bucket: string;
  /**
   * @param environment what only AWS knows: addresses of queues, credentials
   * @returns the container's id
   */
  start(environment: Readonly<Record<string, string>>): Promise<string>;
}

/** A sandbox may forbid more, even to root. */
const openFiles = Number(/Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);

/** A machine that has booted with the real worker and Node, and the task definition of the same template. */
export async function deploy(engine: Engine, given: ConfigInput): Promise<Deployed> {
  const artifacts = await buildArtifacts('x86_64');
  const { worker, node } = artifacts;
  const machine = machineWith(
    given,
    {
      unzip: `if grep -q node "$3"; then cp '${node.folder}/node' "$5"; else cp -r '${worker.folder}'/* "$5"; fi`,
    },
    artifacts,
  );
  const { code, output } = await boot(machine);
  if (code !== 0) throw new Error(output);
  const here = (path: string): string => path.replace(HOST_FOLDER, machine.path('opt'));

  const [resource] = Object.values(templateOf(given, artifacts).findResources('AWS::ECS::TaskDefinition'));
  const { ContainerDefinitions, Volumes } = (resource as { readonly Properties: Definition }).Properties;
  const [container] = ContainerDefinitions as [Definition['ContainerDefinitions'][number]];
  const [loader, ...words] = container.EntryPoint as [string, ...string[]];
  const bucket = machine.path('opt', 'bucket');
  mkdirSync(bucket, { recursive: true });

  return {
    bucket,
    start: async (environment) => {
      const told = container.Environment.flatMap(({ Name, Value }) =>
        typeof Value === 'string' ? [[Name, Value] as const] : [],
      );
      const all = { ...Object.fromEntries(told), ...environment };
      const mounts = container.MountPoints.map(({ SourceVolume, ContainerPath, ReadOnly }) => {
        const source = Volumes.find(({ Name }) => Name === SourceVolume)?.Host.SourcePath ?? '';
        return `${here(source)}:${ContainerPath}${ReadOnly ? ':ro' : ''}`;
      });
      return engine.docker(
        'run',
        '--detach',
        '--network=host',
        ...(container.LinuxParameters.InitProcessEnabled ? ['--init'] : []),
        `--memory=${String(container.Memory)}m`,
        `--cpu-shares=${String(container.Cpu)}`,
        `--stop-timeout=${String(container.StopTimeout)}`,
        ...container.Ulimits.map(({ Name, SoftLimit, HardLimit }) => {
          const [soft, hard] = [SoftLimit, HardLimit].map((limit) => String(Math.min(limit, openFiles)));
          return `--ulimit=${Name}=${soft}:${hard}`;
        }),
        ...Object.entries(all).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...mounts.flatMap((mount) => ['--volume', mount]),
        `--entrypoint=${loader}`,
        container.Image,
        ...words,
        ...container.Command,
      );
    },
  };
}
