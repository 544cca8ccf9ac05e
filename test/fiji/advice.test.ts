/** What a script's error leaves unsaid is said: for each cause its own way out, made to happen for real. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fijiOf2018, fijiOfToday, hasXvfb } from './fijis.ts';
import { openBench, type Bench } from './pool-fixture.ts';

const IMAGE = 'from ij import IJ\nimp = IJ.createImage("x", "8-bit ramp", 64, 64, 1)\n';

describe('without a screen', () => {
  let bench: Bench;
  beforeAll(async () => (bench = await openBench(await fijiOfToday(), { prepareNext: true })));
  afterAll(() => bench.close());

  test.each([
    [
      'a command',
      'run.py',
      `${IMAGE}IJ.run(imp, "Gaussian Blur...", "sigma=2")`,
      /Commands of plain ImageJ .* need a screen: set FIJI_HOME, .*full Fiji.*--virtual-display/,
    ],
    [
      'a format of IJ.saveAs',
      'png.py',
      `${IMAGE}IJ.saveAs(imp, "PNG", "output/x.png")`,
      /FileSaver\(imp\)\.saveAsPng\(path\)/,
    ],
    ['a window for an image', 'show.py', `${IMAGE}imp.show()`, /Leave show\(\) out/],
    [
      'the ROI Manager',
      'rois.groovy',
      'new ij.plugin.frame.RoiManager()',
      /collect ROIs in an Overlay .*--virtual-display/,
    ],
    [
      'a dialog',
      'ask.py',
      'from ij.gui import GenericDialog\nGenericDialog("Sigma")',
      /A dialog has nobody to answer it: make what it asks for a parameter/,
    ],
    ['an empty path', 'open.groovy', 'ij.IJ.openImage("")', /which image to open when the path is empty/],
    ['another window', 'frame.groovy', 'new java.awt.Frame("x")', /This needs a screen: set VIRTUAL_DISPLAY/],
  ])('%s', async (_what, name, script, said) => {
    const { outcome } = await bench.run(name, script);
    expect(outcome).toEqual({ kind: 'script error', reason: expect.stringMatching(said) });
    expect(outcome.kind !== 'success' && outcome.reason).toMatch(/^HeadlessException.* line \d\)\. /);
  });
});

test('in an old Fiji as well', async () => {
  const bench = await openBench(await fijiOf2018());
  const { outcome } = await bench.run('show.py', `${IMAGE}imp.show()`);
  await bench.close();
  expect(outcome).toMatchObject({ reason: expect.stringContaining('Leave show() out') });
});

describe('what the script cannot know', () => {
  let bench: Bench;
  beforeAll(async () => (bench = await openBench(await fijiOfToday(), { prepareNext: true })));
  afterAll(() => bench.close());

  test.each([
    [
      'an f-string',
      'n = 3\nprint(f"{n} cells")',
      /line 2\)\. Fiji's Python is Jython, .*2\.7: write "n = {}"/,
    ],
    ['print of Python 3', 'print("a", end="")', /Fiji's Python is Jython, which reads Python 2\.7$/],
    ['numpy', 'import numpy as np', /line 1\)\. Fiji's Python is Jython: Python 2\.7 without numpy/],
    ['skimage', 'from skimage import io', /Python 2\.7 without skimage/],
    ['sys.exit', 'import sys\nsys.exit(0)', /SystemExit: 0 .*sys\.exit stops the script as an error/],
  ])('%s', async (_, script, said) => {
    const { outcome } = await bench.run('new.py', script);
    expect(outcome).toEqual({ kind: 'script error', reason: expect.stringMatching(said) });
  });

  test('an image that is empty, or cut off, is named where ImageJ says so', async () => {
    const whole = join(bench.folder, 'whole.tif');
    const make = `def imp = ij.IJ.createImage("x", "8-bit ramp", 256, 256, 1)
imp.setProperty("Info", "a long description " * 100)
new ij.io.FileSaver(imp).saveAsTiff('${whole}')
new File('${bench.folder}/cut.tif').bytes = Arrays.copyOf(new File('${whole}').bytes, 6000)`;
    expect((await bench.run('make.groovy', make)).outcome).toEqual({ kind: 'success' });
    writeFileSync(join(bench.folder, 'empty.tif'), '');

    const script = '#@ String image\nfrom ij import IJ\nimp = IJ.openImage(image)\nprint(imp.getWidth())';
    const open = (name: string) => bench.run('open.py', script, { image: join(bench.folder, name) });
    expect((await open('cut.tif')).outcome).toMatchObject({
      reason: expect.stringMatching(
        /open\.py line 4\)\. ImageJ could not open an image: Offset \+ image size > file length \(6000 bytes\), so its file is cut off/,
      ),
    });
    expect((await open('empty.tif')).outcome).toMatchObject({
      reason: expect.stringContaining('ImageJ could not open an image: empty.tif is empty, or in a format'),
    });
    const groovy = await bench.run('null.groovy', "println ij.IJ.openImage('/nowhere.tif').width");
    expect(groovy.outcome).toMatchObject({ reason: expect.stringContaining('What was called on is null') });
  });
});

(hasXvfb ? test : test.skip)(
  `selectWindow of a table in a macro${hasXvfb ? '' : ' (skipped: Xvfb is not installed)'}`,
  async () => {
    const bench = await openBench(await fijiOfToday());
    const measure = 'newImage("a", "8-bit ramp", 64, 64, 1);\nrun("Measure");\n';
    const save = 'saveAs("Results", "output/results.csv");';
    try {
      const selects = await bench.run('select.ijm', `${measure}selectWindow("Results");\n${save}`);
      expect(selects.outcome).toMatchObject({
        reason: expect.stringMatching(/line 3\)\. .*take the selectWindow line out/),
      });
      const saves = await bench.run('save.ijm', measure + save);
      expect(saves.outcome).toEqual({ kind: 'success' });
      expect(saves.output['results.csv']).toMatch(/Mean/);
    } finally {
      await bench.close();
    }
  },
);
