/** The reader of `#@` lines against SciJava's own, on the same scripts. */
import { readScriptParameters, mustBeGiven } from '../../lib/fiji/script-parameters.ts';
import { fijiOf2018, fijiOfToday } from './fijis.ts';
import { openBench } from './pool-fixture.ts';

const SCRIPTS: Record<string, string> = {
  plain: '#@ String name\n#@String tight\n#@ Integer  n\n#@\tDouble sigma\n',
  attributes:
    '#@ String (label="Channel, (first)", required=false, value="d \\"q\\" é") a\n#@ Double(value=0.5, min=-1, max = 10) b\n#@ Integer (VALUE=3, persist=false) c\n',
  choices:
    '#@ String (choices={"DNA", "actin, F", \'pH3\'}, value="DNA") channel\n#@ String (label="x", choices={"a"}) one\n',
  files: '#@ File (style="directory") folder\n#@ File[] (label="files") files\n#@ java.io.File spelled\n',
  outputs:
    '#@output String out\n#@OUTPUT result\n#@ String (type=OUTPUT) text\n#@both Integer n\n#@input String given\n#@input(value="v") String attr\n',
  services:
    '#@ Context ctx\n#@ LogService log\n#@ org.scijava.ui.UIService ui\n#@ PrefService prefs\n#@ String name\n',
  directive: '#@script(name="x", headless=true)\n#@ String name\n',
  old: '// @String a\n// @int(value=3) b\n# @File c\n\nprint 1\n// @String late\n',
  mixed: 'print 1\n#@ String late\n  #@ String indented\n# #@ String commented\n// #@ String slashed\n',
  message:
    '#@ String (visibility=MESSAGE, value="Choose") text\n#@ String (visibility=MESSAGE) bare\n#@ boolean flag\n',
  negative:
    '#@ Integer (value=-5) n\n#@ Float (value=1e-3) f\n#@ Boolean (value=true) t\n#@ Boolean (required = false) u\n',
  windows: '#@ String a\r\n#@ String (value="x") b\r\n',
  broken: '#@ String\n#@\n#@ String )( x\n#@ String ok\n',
  repeated: '#@ String a\n#@ String (value="2") a\n',
};

/** Asks SciJava what it read: name, type, required, default, choices of each input that it does not fill in itself. */
const ASK = `#@ Context ctx
#@ String texts
def inputs = new groovy.json.JsonSlurper().parseText(texts).collectEntries { name, text ->
  def info = new org.scijava.script.ScriptInfo(ctx, name + '.groovy', new StringReader(text))
  [name, info.inputs().findAll { !org.scijava.service.Service.isAssignableFrom(it.type) && it.type != org.scijava.Context }.collect { [
    name: it.name, type: it.type.simpleName, required: it.required && String.valueOf(it.visibility) != 'MESSAGE',
    fallback: it.defaultValue == null ? null : it.defaultValue.toString(), choices: it.choices?.collect { c -> c.toString() } ?: null] }]
}
new File('output/inputs').setText(groovy.json.JsonOutput.toJson(inputs), 'UTF-8')`;

const SIMPLE: Record<string, string> = { 'java.io.File': 'File', int: 'int' };
/** 3 and 3.0 are one number, and SciJava turns the text into the declared type. */
const asNumber = (text: string | null) =>
  text !== null && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;

test.each([
  ['today', fijiOfToday],
  ['2018', fijiOf2018],
])('agrees with the SciJava of %s', async (generation, fiji) => {
  const bench = await openBench(await fiji());
  try {
    const told = await bench.run('ask.groovy', ASK, { texts: JSON.stringify(SCRIPTS) });
    expect(told.outcome).toEqual({ kind: 'success' });
    const theirs = JSON.parse(told.output['inputs'] as string) as Record<
      string,
      { fallback: string | null }[]
    >;
    for (const [name, text] of Object.entries(SCRIPTS)) {
      // Before 2.80, SciJava also took commented-out lines for old-style parameters.
      if (generation === '2018' && name === 'mixed') continue;
      const ours = readScriptParameters(text).map((one) => ({
        name: one.name,
        type: SIMPLE[one.type] ?? one.type,
        required: one.required,
        fallback: asNumber(one.default ?? null),
        choices: one.choices ?? null,
      }));
      expect({ name, inputs: ours }).toEqual({
        name,
        inputs: theirs[name]?.map((one) => ({ ...one, fallback: asNumber(one.fallback) })),
      });
    }
  } finally {
    await bench.close();
  }
});

test('what must be given is what has neither a default nor required=false, and not output_directory', () => {
  const script =
    '#@ String a\n#@ String (value="x") b\n#@ String (required=false) c\n#@ String output_directory\n#@ Context ctx\n';
  expect(
    readScriptParameters(script)
      .filter(mustBeGiven)
      .map((one) => one.name),
  ).toEqual(['a']);
});

test('bounds are read', () => {
  expect(readScriptParameters('#@ Integer (min=0, max=255, value=10) threshold')).toEqual([
    { name: 'threshold', type: 'Integer', required: true, default: '10', min: 0, max: 255 },
  ]);
});
