/** What every Fiji must do, of 2018 and of today, started directly and through a launcher. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FijiInstallation } from '../../lib/fiji/fiji.ts';
import { fijiOf2018, fijiOfToday, fijiWithLauncher } from './fijis.ts';
import { openBench, type Bench } from './pool-fixture.ts';

const HOSTILE = {
  file: 'w2 a\'b"c,é.tif',
  dollar: '$HOME ${HOME} `id` \\n %s',
  lines: 'one\ntwo\r\nthree\t=#',
  very_long: 'x'.repeat(100_000),
  empty: '',
};

const folder = mkdtempSync(join(tmpdir(), 'fiji-launchers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIJIS: [string, () => Promise<FijiInstallation>][] = [
  ['today', fijiOfToday],
  ['2018', fijiOf2018],
  [
    '2018, through ImageJ-linux64',
    async () => fijiWithLauncher(join(folder, '2018'), 'ImageJ-linux64', await fijiOf2018()),
  ],
  [
    'today, through fiji-linux-x64',
    async () => fijiWithLauncher(join(folder, 'today'), 'fiji-linux-x64', await fijiOfToday()),
  ],
];

describe.each(FIJIS)('Fiji of %s', (_, fiji) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(await fiji());
  });
  afterAll(() => bench.close());

  test('hostile values reach a Jython script intact', async () => {
    const told = await bench.run(
      "écho 'a b'.py",
      Object.keys(HOSTILE)
        .map((name) => `#@ String ${name}\n`)
        .join('') +
        `import io\nfor name in ${JSON.stringify(Object.keys(HOSTILE))}:\n  with io.open('output/' + name, 'w', encoding='utf-8', newline='') as f: f.write(globals()[name])\nprint(u'h\\xe9')\n`,
      HOSTILE,
    );
    expect(told.outcome).toEqual({ kind: 'success' });
    expect(told.output).toEqual(HOSTILE);
    expect(told.log).toContain('hé');
    expect(told.log).not.toContain('Picked up');
  });

  test('hostile values reach a Groovy script intact, and output_directory is its output folder', async () => {
    const told = await bench.run(
      'echo.groovy',
      `#@ File output_directory\n${Object.keys(HOSTILE)
        .map((name) => `#@ String ${name}\n`)
        .join('')}
assert output_directory == new File('output').absoluteFile
[${Object.keys(HOSTILE).join(', ')}].eachWithIndex { value, i -> new File(output_directory, ${JSON.stringify(Object.keys(HOSTILE))}[i]).setText(value, 'UTF-8') }
println 'hé'`,
      HOSTILE,
    );
    expect(told.outcome).toEqual({ kind: 'success' });
    expect(told.output).toEqual(HOSTILE);
    expect(told.log).toContain('hé');
  });

  test('parameters get their declared types', async () => {
    const told = await bench.run(
      'types.groovy',
      `#@ Integer n
#@ Double (value=0.5, min=0) sigma
#@ boolean flag
#@ String (choices={"DNA", "actin"}) channel
#@ String (required=false) note
#@ File image
#@ LogService log
#@ Context ctx
new File('output/types').text = [n, sigma, flag, channel, note, image].collect { it == null ? 'null' : it.class.simpleName + ' ' + it }.join('\\n')`,
      { n: '512', flag: 'True', channel: 'actin', image: '/data/a b.tif', unused: 1 },
    );
    expect(told.outcome).toEqual({ kind: 'success' });
    expect(told.output['types']).toBe(
      'Integer 512\nDouble 0.5\nBoolean true\nString actin\nnull\nFile /data/a b.tif',
    );
    expect(told.log).toContain('not declared by the script, so not passed to it: unused');
  });

  test.each([
    ['missing', {}, 'n is missing (Integer)'],
    ['mistyped', { n: 'many' }, 'n = "many": is not a number'],
    ['not whole', { n: 1.5 }, 'n = "1.5": is not a whole number'],
    ['out of range', { n: 11 }, 'n = "11": is above its greatest value 10'],
    ['too large', { n: 1e12 }, 'n = "1000000000000": is too large for Integer'],
  ])(
    'a parameter that is %s is refused before the run, whatever an earlier job gave',
    async (_name, parameters, problem) => {
      const script = "#@ Integer (max=10) n\nnew File('output/ran').text = n";
      expect((await bench.run('n.groovy', script, { n: 7 })).outcome).toEqual({ kind: 'success' });
      const told = await bench.run('n.groovy', script, parameters);
      expect(told.outcome).toEqual({ kind: 'script error', reason: `n.groovy: ${problem}` });
      expect(told.output).toEqual({});
    },
  );

  test('an error is told, and the next job gets a Fiji that works', async () => {
    const told = await bench.run('bad.py', 'import os\n\nundefined_name\n');
    expect(told.outcome).toEqual({
      kind: 'script error',
      reason: "NameError: name 'undefined_name' is not defined (bad.py line 3)",
    });
    expect((await bench.run('good.groovy', 'println 1')).outcome).toEqual({ kind: 'success' });
  });

  test('the heap is the one asked for, whatever the launcher says', async () => {
    const told = await bench.run(
      'heap.groovy',
      "new File('output/heap').text = Runtime.runtime.maxMemory() >> 20",
    );
    expect(Number(told.output['heap'])).toBeGreaterThan(400);
  });
});

describe.each(FIJIS.slice(0, 2))('errors in a Fiji of %s', (_, fiji) => {
  let bench: Bench;
  beforeAll(async () => {
    // Every failing script costs a new Fiji: the next one starts meanwhile.
    bench = await openBench(await fiji(), { prepareNext: true });
  });
  afterAll(() => bench.close());

  test.each([
    [
      'bad.py',
      'import os\n\nundefined_name\n',
      "NameError: name 'undefined_name' is not defined (bad.py line 3)",
    ],
    ['syntax.py', 'x = 1\nif x\n  y\n', /^SyntaxError: .*\(syntax\.py line 2\)$/],
    [
      'java.py',
      'from java.io import File\n\nFile("/none/x").createNewFile()\n',
      /^IOException: No such file or directory \(java\.py line 3\)$/,
    ],
    [
      'bad.groovy',
      '\ndef a() {\n  throw new IllegalStateException("boom \'quoted\'")\n}\na()',
      "IllegalStateException: boom 'quoted' (bad.groovy line 3)",
    ],
    ['syntax.groovy', 'def x = 1\ndef y = (\n', /\(syntax\.groovy line \d\)$/],
    [
      'lacks.groovy',
      'import loci.plugins.BF\nBF.openImagePlus("x")',
      /^Compilation error: unable to resolve class loci\.plugins\.BF \(lacks\.groovy line 1\)\. This Fiji lacks Bio-Formats \(loci\.plugins\.BF\)/,
    ],
    [
      'none.py',
      'from ij import IJ\nimp = IJ.openImage("/none/nope.tif")\nimp.getStatistics()\n',
      "AttributeError: 'NoneType' object has no attribute 'getStatistics' (none.py line 3). What was called on is None: an image that could not be opened, for example",
    ],
    [
      'other.py',
      '"text".getStatistics()\n',
      /^AttributeError: '\w+' object has no attribute 'getStatistics' \(other\.py line 1\)$/,
    ],
    [
      'lacks.py',
      'from de.csbdresden.stardist import StarDist2D\n',
      /This Fiji lacks StarDist .*add the update sites StarDist, CSBDeep, TensorFlow/,
    ],
    [
      'mean.m',
      'hello',
      /^mean\.m: no script language for \.m; known: (\.\w+, )*\.groovy, (\.\w+, )*\.ijm, (\.\w+, )*\.py/,
    ],
    ['mean', 'hello', /^mean: no script language for a file without an extension; known: /],
  ])('%s is a script error in the words and with the line of the user', async (name, script, reason) => {
    const told = await bench.run(name, script);
    expect(told.outcome).toEqual({
      kind: 'script error',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });
});
