/**
 * Makes lib/config/machines/table.json anew from the EC2 data that moto ships:
 *
 *   pip download moto --no-deps && unzip moto-*.whl moto/ec2/resources/instance_types.json.gz
 *   npx node bin/update-machines.ts moto/ec2/resources/instance_types.json.gz VERSION DAY
 *
 * DAY is the file's own date in the wheel (`unzip -l`), as YYYY-MM-DD.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { format } from 'prettier';
import type { Architecture, MachineRow } from '../lib/config/machines/index.ts';

interface InstanceType {
  readonly VCpuInfo: { readonly DefaultVCpus: number };
  readonly MemoryInfo: { readonly SizeInMiB: number };
  readonly ProcessorInfo: { readonly SupportedArchitectures: readonly string[] };
  readonly GpuInfo?: {
    readonly Gpus: readonly {
      readonly Count: number;
      /** Of a machine with a part of a GPU, whose Count is 0. */
      readonly LogicalGpuCount?: number;
      readonly Manufacturer: string;
    }[];
  };
  readonly InstanceStorageInfo?: { readonly TotalSizeInGB: number };
  readonly SupportedUsageClasses: readonly string[];
}

const [file, version, date] = process.argv.slice(2);
if (file === undefined || version === undefined || date === undefined) {
  process.stderr.write(
    'Use: npx node bin/update-machines.ts instance_types.json.gz MOTO_VERSION YYYY-MM-DD\n',
  );
  process.exitCode = 1;
} else {
  const types = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Record<string, InstanceType>;
  const table = { source: `moto ${version}`, date, types: rowsOf(types) };
  const target = new URL('../lib/config/machines/table.json', import.meta.url);
  writeFileSync(target, await format(JSON.stringify(table), { parser: 'json', printWidth: 110 }));
  process.stdout.write(
    `${String(Object.keys(table.types).length)} machine types written to ${target.pathname}\n`,
  );
}

/** Macs are left out: no container of ours runs there. */
function rowsOf(types: Record<string, InstanceType>): Record<string, MachineRow> {
  const rows = Object.entries(types).flatMap(([type, facts]): [string, MachineRow][] => {
    const architecture = (['x86_64', 'arm64'] satisfies Architecture[]).find((one) =>
      facts.ProcessorInfo.SupportedArchitectures.includes(one),
    );
    if (architecture === undefined) return [];
    const gpus = (facts.GpuInfo?.Gpus ?? []).filter((gpu) => gpu.Manufacturer === 'NVIDIA');
    const row: MachineRow = [
      facts.VCpuInfo.DefaultVCpus,
      facts.MemoryInfo.SizeInMiB,
      architecture,
      gpus.reduce((sum, gpu) => sum + Math.max(gpu.Count, gpu.LogicalGpuCount ?? 0), 0),
      facts.InstanceStorageInfo?.TotalSizeInGB ?? 0,
      facts.SupportedUsageClasses.includes('spot'),
    ];
    return [[type, row]];
  });
  return Object.fromEntries(rows.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
}
