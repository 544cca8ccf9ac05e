/** What `local` is given: a job file, a script and images, in a folder of their own with names that are hard on shells. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aFolder } from '../fixtures/folder.ts';

export const JOB = { output_file_location: 'out/', groups: { Plate: "P 1's", Well: 'A1..A6' } };

/** Copies a file of its well; a well without one is this script's error. */
export const SCRIPT = `#@ String Plate
#@ String Well
#@ File input_file_location
#@ File output_directory
from java.io import File
from java.nio.file import Files
image = File(input_file_location, Well + '.tif').toPath()
Files.copy(image, File(output_directory, Well + '.copy').toPath())
print('copied ' + Well)
`;

export interface Place {
  readonly folder: string;
  readonly job: string;
  readonly script: string;
  readonly input: string;
  readonly output: string;
  /** \`local\` with all of these. */
  readonly args: readonly string[];
}

export async function aPlace(jobFile: object = JOB, script = SCRIPT): Promise<Place> {
  const folder = await aFolder();
  const place = {
    folder,
    job: join(folder, 'my jobs.json'),
    script: join(folder, 'my script.py'),
    input: join(folder, 'images $HOME'),
    output: join(folder, 'résults'),
  };
  const shared = { input_file_location: '/home/ubuntu/bucket/' };
  await mkdir(place.input);
  await writeFile(place.job, JSON.stringify({ shared_metadata: shared, ...jobFile }));
  await writeFile(place.script, script);
  await writeFile(join(folder, 'config.ts'), 'export default { JOBS_PER_FIJI: 50, MEMORY: 600 };\n');
  for (const well of ['A1', 'A4', 'A5', 'A6']) await writeFile(join(place.input, `${well}.tif`), well);
  const where = ['--input', place.input, '--output', place.output, '--script', place.script];
  const how = ['--config', join(folder, 'config.ts'), '--workers', '1'];
  return { ...place, args: ['local', place.job, ...where, ...how] };
}
