/** A Fiji that serves many jobs looks new to each of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fijiOf2018, fijiOfToday, hasXvfb } from './fijis.ts';
import { openBench, type Bench } from './pool-fixture.ts';

const PID = "new File('output/pid').text = new File('/proc/self').canonicalFile.name\n";

describe.each([
  ['today', fijiOfToday],
  ['2018', fijiOf2018],
])('Fiji of %s', (_, fiji) => {
  let bench: Bench;
  beforeAll(async () => (bench = await openBench(await fiji())));
  afterAll(() => bench.close());

  test('settings, tables, ROIs, images, properties and files of one job are gone for the next', async () => {
    const dirty = await bench.run(
      'dirty.groovy',
      `${PID}
ij.Prefs.blackBackground = !ij.Prefs.blackBackground
ij.Prefs.set('my.key', 'left')
ij.plugin.filter.Analyzer.setMeasurements(0)
ij.measure.ResultsTable.getResultsTable().with { incrementCounter(); addValue('Area', 5) }
new ij.ImagePlus('left open', new ij.process.ByteProcessor(4, 4)).with { ij.WindowManager.setTempCurrentImage(it) }
System.setProperty('left', 'yes')
System.setOut(new PrintStream('output/out'))
Locale.setDefault(Locale.GERMANY)
String.metaClass.shout = { delegate.toUpperCase() }
new File('left.txt').text = 'x'
new File(System.getProperty('user.home'), '.left').text = 'x'
File.createTempFile('left', '.tmp')`,
    );
    expect(dirty.outcome).toEqual({ kind: 'success' });
    const clean = await bench.run(
      'clean.groovy',
      `${PID}
def left = [:]
left.property = System.getProperty('left')
left.black = ij.Prefs.blackBackground
left.pref = ij.Prefs.get('my.key', 'none')
left.measurements = ij.plugin.filter.Analyzer.getMeasurements() != 0
left.rows = ij.measure.ResultsTable.getResultsTable().size()
left.image = ij.WindowManager.getCurrentImage()
left.locale = Locale.default == Locale.GERMANY
left.shout = ''.metaClass.respondsTo('', 'shout') as boolean
left.files = new File('.').list() as List
left.home = new File(System.getProperty('user.home')).list().findAll { it.contains('left') }
left.tmp = new File(System.getProperty('java.io.tmpdir')).list().findAll { it.contains('left') }
println left`,
    );
    expect(clean.outcome).toEqual({ kind: 'success' });
    expect(clean.output['pid']).toBe(dirty.output['pid']);
    expect(clean.log.trim()).toBe(
      '[property:null, black:false, pref:none, measurements:true, rows:0, image:null, locale:false, shout:false, files:[output], home:[], tmp:[]]',
    );
  });

  test('modules, paths and the working folder of one Python job are gone for the next', async () => {
    await bench.run(
      'dirty.py',
      'import sys, os, json\njson.left = 1\nsys.path.append("/left")\nos.environ["LEFT"] = "1"\n',
    );
    const told = await bench.run(
      'clean.py',
      'import sys, os, json\nprint([hasattr(json, "left"), "/left" in sys.path, os.environ.get("LEFT")])\n',
    );
    expect(told.outcome).toEqual({ kind: 'success' });
    expect(told.log.trim()).toBe('[False, False, None]');
  });

  test('a file that a Python script never closed is whole', async () => {
    const told = await bench.run(
      'unclosed.py',
      'f = open("output/table.csv", "w")\nf.write("Area\\n" + "5\\n" * 10)\n',
    );
    expect(told.output).toEqual({ 'table.csv': `Area\n${'5\n'.repeat(10)}` });
  });

  test('a thread that a script left running means another Fiji for the next job', async () => {
    const first = await bench.run('thread.groovy', `${PID}\nThread.start { sleep 300000 }`);
    const second = await bench.run('pid.groovy', PID);
    expect(first.outcome).toEqual({ kind: 'success' });
    expect(second.outcome).toEqual({ kind: 'success' });
    expect(second.output['pid']).not.toBe(first.output['pid']);
  });
});

test('JOBS_PER_FIJI 1 gives every job a process and a folder of its own, and close leaves nothing', async () => {
  const bench = await openBench(await fijiOfToday(), { jobsPerFiji: 1, prepareNext: true });
  const pids = [];
  for (let i = 0; i < 3; i++) pids.push((await bench.run('pid.groovy', PID)).output['pid']);
  expect(new Set(pids).size).toBe(3);
  await bench.pool.close();
  expect(readdirSync(join(bench.folder, 'scratch'))).toEqual([]);
  await bench.close();
});

(hasXvfb ? describe : describe.skip).each([
  ['today', fijiOfToday],
  ['2018', fijiOf2018],
])(`errors of macros in a Fiji of %s${hasXvfb ? '' : ' (skipped: Xvfb is not installed)'}`, (_, fiji) => {
  let bench: Bench;
  beforeAll(async () => (bench = await openBench(await fiji(), { prepareNext: true })));
  afterAll(() => bench.close());

  test.each([
    [
      'measure.ijm',
      'newImage("other", "8-bit ramp", 8, 8, 1);\n\nopen("/none/a b/nope.TIF");\nFile.saveString(getWidth(), "output/x");\n',
      'File not found: /none/a b/nope.TIF (measure.ijm line 3)',
    ],
    ['only.ijm', 'open("/none/nope.TIF");\n', 'File not found: /none/nope.TIF (only.ijm line 1)'],
    [
      'save.ijm',
      'newImage("a", "8-bit ramp", 8, 8, 1);\nsaveAs("Tiff", "/none/x.tif");\nFile.saveString("on", "output/x");\n',
      /\/none\/x\.tif.*\(save\.ijm line 2\)$/,
    ],
    ['exit.ijm', '\nexit("no cells: " + 0);\n', 'no cells: 0 (exit.ijm line 2)'],
  ])('%s stops where ImageJ itself would, with what it said', async (name, script, reason) => {
    const told = await bench.run(name, script, {}, { timeoutMs: 30_000 });
    expect(told.outcome).toEqual({
      kind: 'script error',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
    expect(told.output).toEqual({});
  });

  test('exit() is an end like any other, and an error that the macro redirects is none', async () => {
    const told = await bench.run(
      'calm.ijm',
      'print("é");\nIJ.redirectErrorMessages();\nopen("/none/nope.TIF");\nFile.saveString("on", "output/x");\nexit();\nFile.saveString("off", "output/y");\n',
    );
    expect(told.outcome).toEqual({ kind: 'success' });
    expect(told.output).toEqual({ x: 'on' });
    expect(told.log).toMatch(/^é$/m);
  });
});

(hasXvfb ? describe : describe.skip)(
  `macros in the starter Fiji${hasXvfb ? '' : ' (skipped: Xvfb is not installed)'}`,
  () => {
    let bench: Bench;
    beforeAll(async () => (bench = await openBench(await fijiOfToday())));
    afterAll(() => bench.close());

    test('run on a virtual screen by themselves, with parameters from getArgument()', async () => {
      const values = {
        Image: 'w2 a\'b"c,é.tif',
        back: 'a\\b $HOME',
        equals: 'a=b#c',
        lines: 'one\ntwo',
        blank: ' x',
      };
      const told = await bench.run(
        'macro.ijm',
        `List.setList(getArgument());
newImage("x", "8-bit ramp", 64, 64, 1);
run("Gaussian Blur...", "sigma=2");
saveAs("Tiff", "output/x.tif");
names = newArray("${Object.keys(values).join('", "')}");
for (i = 0; i < names.length; i++) File.saveString(List.get(names[i]), "output/" + names[i]);`,
        values,
      );
      expect(told.outcome).toEqual({ kind: 'success' });
      expect(told.output).toMatchObject(values);
      expect(told.output['x.tif']).toContain('ImageJ=1.54p');
    });

    test('declare parameters with #@, as in Fiji', async () => {
      const script =
        '#@ String name\n#@ Double (value=1.5) sigma\n#@ File output_directory\nfunction write() { File.saveString(name + sigma, output_directory + "/got"); }\nwrite();\n';
      expect((await bench.run('declares.ijm', script, { name: 'a "b" \\c' })).output).toEqual({
        got: 'a "b" \\c1.5',
      });
      expect((await bench.run('declares.ijm', script)).outcome).toEqual({
        kind: 'script error',
        reason: 'declares.ijm: name is missing (String)',
      });
    });

    test('leave no image to the next', async () => {
      await bench.run(
        'open.ijm',
        'newImage("left", "8-bit ramp", 64, 64, 1); setBatchMode(true); newImage("hidden", "8-bit ramp", 64, 64, 1);',
      );
      expect((await bench.run('count.ijm', 'File.saveString(nImages, "output/images");')).output).toEqual({
        images: '0',
      });
    });

    test.each([
      [
        'undefined.ijm',
        '#@ String (value="x") name\na = 1;\nb = a + nothing;\n',
        /^Macro error: Undefined variable \(undefined\.ijm line 3\)$/,
      ],
      ['noimage.ijm', 'a = 1;\nrun("Invert");\n', /no images? .*open.*\(noimage\.ijm line 2\)/i],
      ['syntax.ijm', 'if (1 {\n}\n', /^Macro error: .*\(syntax\.ijm line 1\)$/],
      ['unknown.ijm', 'run("Trackenstein");\n', /Trackenstein/],
    ])('%s fails with its line, and no dialog is waited for', async (name, script, reason) => {
      const told = await bench.run(name, script, {}, { timeoutMs: 30_000 });
      expect(told.outcome).toEqual({ kind: 'script error', reason: expect.stringMatching(reason) });
    });
  },
);
