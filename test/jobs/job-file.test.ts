import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { all, jobFileOf, jobsOf, opened, refusalOf, refusalOfFile } from './write.ts';

const ANCESTORS = `{
  "_comment1": "Path of the output_file_location is relative to the root of your S3 bucket",
  "output_file_location": "projects/output/",
  "_comment2a": "If the location of input data is on your bucket and is passed to the script, make sure",
  "shared_metadata": {"input_file_location":"/home/ubuntu/bucket/projects/input","image_size":"1024"},
  "groups": [
    {"Well": "A1", "Plate":"Plate_1"},
    {"Well": "A2", "Plate":"Plate_1"}
  ]
}
`;

const groups = [{ Well: 'A1' }, { Well: 'A2' }];
const minimal = { output_file_location: 'out', groups };

describe('a job file', () => {
  test('of the ancestor runs unchanged', async () => {
    await opened(await jobFileOf(ANCESTORS), async (jobFile) => {
      expect(jobFile).toMatchObject({ run: 'my-plate', count: 2, notes: [], gaps: [] });
      expect(jobFile.locations()).toEqual({ count: 1, sharing: 2 });
      expect(await all(jobFile.messages())).toEqual([
        {
          Metadata: { Well: 'A1', Plate: 'Plate_1' },
          output_file_location: 'projects/output/',
          shared_metadata: { input_file_location: '/home/ubuntu/bucket/projects/input', image_size: '1024' },
          run: 'my-plate',
          job: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
        expect.objectContaining({ Metadata: { Well: 'A2', Plate: 'Plate_1' } }),
      ]);
    });
  });

  test('fills placeholders in output location and inputs, and leaves out comments wherever they are', async () => {
    const [job] = await jobsOf({
      groups: [{ _comment: 'the first', Plate: 'P*[1] é', Well: 'A01', Field: 3, Flat: true }],
      inputs: ['input/{Plate}_{Well}*.TIF'],
      output_file_location: '/results/{Plate}/{Field}-{Flat}',
      shared_metadata: { _comment2: 'for people', size: 1.5 },
    });
    expect(job).toMatchObject({
      Metadata: { Plate: 'P*[1] é', Well: 'A01', Field: 3, Flat: true },
      output_file_location: 'results/P*[1] é/3-true/',
      inputs: ['input/P\\*\\[1\\] é_A01*.TIF'],
    });
    expect(job?.Metadata).not.toHaveProperty('_comment');
    expect(job?.shared_metadata).toEqual({ size: 1.5 });
  });

  test('keeps hostile values as they are', async () => {
    const hostile = { Well: `a'b"c, $HOME; é 日本 {x} \\ \n\t`, Plate: '', __proto__x: '1' };
    expect((await jobsOf({ output_file_location: '', groups: [hostile] }))[0]?.Metadata).toEqual(hostile);
  });

  test('goes on from a place, and its checksum knows the groups before it', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ Well: 'é'.repeat(10), Site: index }));
    await opened(await jobFileOf({ ...minimal, groups: many }), async (jobFile) => {
      const rest = await all(jobFile.messages({ from: 4998 }));
      expect(rest.map(({ Metadata }) => Metadata['Site'])).toEqual([4998, 4999]);
      const changed = await jobFileOf({ ...minimal, groups: [many[1], many[0], ...many.slice(2)] });
      await opened(changed, (other) => {
        expect(other.checksum(1)).not.toBe(jobFile.checksum(1));
        expect(other.checksum(4000)).not.toBe(jobFile.checksum(4000));
      });
      await opened(await jobFileOf({ ...minimal, groups: many.slice(0, 4500) }), (shorter) => {
        expect(shorter.checksum(4000)).toBe(jobFile.checksum(4000));
      });
    });
  });

  test('that is edited after it was opened still gives what was checked', async () => {
    const path = await jobFileOf(minimal);
    await opened(path, async (jobFile) => {
      await writeFile(path, 'gone');
      expect((await all(jobFile.messages())).map(({ Metadata }) => Metadata)).toEqual(groups);
    });
  });

  test('leaves nothing in the temporary folder while it is open', async () => {
    const ours = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('distributed-fiji-jobs-'));
    const before = await ours();
    await opened(await jobFileOf(minimal), async () => expect(await ours()).toEqual(before));
  });

  test('tells how groups share output locations', async () => {
    const use = async (output_file_location: string, ...list: object[]) =>
      opened(await jobFileOf({ output_file_location, groups: list }), (jobFile) => jobFile.locations());
    const [a, b, c] = [
      { Plate: 'P1', Well: 'A1' },
      { Plate: 'P1', Well: 'A2' },
      { Plate: 'P2', Well: 'A1' },
    ];
    expect(await use('r/{Plate}', a, b, c)).toEqual({ count: 2, sharing: 2 });
    expect(await use('r/{Plate}/{Well}', a, b, c)).toEqual({ count: 3, sharing: 0 });
    expect(await use('r', a)).toEqual({ count: 1, sharing: 0 });
  });

  test('notes a range in a list of groups, which is one value there', async () => {
    const path = await jobFileOf({
      ...minimal,
      shared_metadata: { fields: '1..9' },
      groups: [
        { Plate: 'P', Well: 'O01..O05', up: '../x', version: '1.2' },
        { Plate: 'P', Well: 'O07..O09' },
      ],
    });
    expect(await opened(path, ({ notes }) => notes)).toEqual([
      '"Well" is "O01..O05" in group 1, which is one value there. For a job for each from one end to the other, write groups as combinations: "groups": {"Plate":"P","Well":"O01..O05","up":"../x","version":"1.2"}.',
    ]);
  });

  test('notes a placeholder in a value, which nobody fills in', async () => {
    const path = await jobFileOf({
      ...minimal,
      shared_metadata: { image: '/in/{well}.tif', expression: '\\d{2}{wells?}', json: '{"a": 1}', W: '{2}' },
    });
    expect(await opened(path, ({ notes }) => notes)).toEqual([
      '"image" is "/in/{well}.tif", and {well} stays in it: placeholders are filled in only in output_file_location, in inputs, and in "parameters" beside "files".',
    ]);
  });

  test('notes keys that mean nothing', async () => {
    const path = await jobFileOf({ ...minimal, shared_metdata: {} });
    const [note] = await opened(path, ({ notes }) => notes);
    expect(note).toMatch(/"shared_metdata" .* is ignored \(is "shared_metadata" meant\?\)/);
  });
});

describe('a job file is refused, with the reason and the fix:', () => {
  test.each([
    ['it is empty', '', /the file is empty[^]*Fix: Write it as \{"output_file_location"/],
    ['it is blank', ' \n ', /nothing but white space/],
    ['it is a list', '[]', /not one object in braces/],
    ['it has no groups', { output_file_location: 'o' }, /it has no groups/],
    ['its list is empty', { output_file_location: 'o', groups: [] }, /list of groups is empty/],
    ['groups are misspelt', { output_file_location: 'o', gruops: [] }, /Write "groups" for "gruops"/],
    ['groups is in the singular', { output_file_location: 'o', Group: [] }, /Write "groups" for "Group"/],
    [
      'the location is misspelt',
      { output_file_locaton: 'o', groups: [{ Well: 'A1' }] },
      /no output_file_location\.\nFix: Write "output_file_location" for "output_file_locaton"/,
    ],
    [
      'a placeholder is misspelt, once for all groups',
      { output_file_location: 'o/{wel}', groups: { Well: 'A01..P24' } },
      /^Job file [^\n]*: group 1, \{"Well":"A01"\}, has no "wel", which output_file_location uses; nor have 383 more\.\nFix: Write \{Well\} in output_file_location/,
    ],
    ['groups are a number', { output_file_location: 'o', groups: 3 }, /groups is 3/],
    ['groups come twice', '{"output_file_location": "o", "groups": [], "groups": []}', /"groups" twice/],
    ['it has no output location', { groups }, /no output_file_location/],
    ['the output location is an address', { ...minimal, output_file_location: 's3://b/k' }, /is an address/],
    ['the output location climbs', { ...minimal, output_file_location: 'a/../b' }, /"\." or "\.\."/],
    [
      'a value is nested',
      { ...minimal, groups: [{ a: 1 }, { Fields: [1, 2] }] },
      /group 2, "Fields" is a list: \[1,2\]/,
    ],
    [
      'a number is none that JSON can keep',
      '{"output_file_location": "o", "groups": [{"id": 12345678901234567890}]}',
      /group 1, "id" is a number too large to be kept exactly[^]*Write it in double quotes/,
    ],
    [
      'results would lie among the records',
      { ...minimal, output_file_location: '/distributed-fiji/x' },
      /output_file_location "\/distributed-fiji\/x" is where records and logs are kept/,
    ],
    [
      'a value is null',
      { ...minimal, groups: [{ Well: null }] },
      /group 1, "Well" is null[^]*Leave the key out/,
    ],
    [
      'a shared value is nested',
      { ...minimal, shared_metadata: { a: { b: 1 } } },
      /shared_metadata, "a" is an object/,
    ],
    ['a group is no object', { ...minimal, groups: ['A1'] }, /group 1 is "A1"/],
    [
      'a placeholder has no value',
      { ...minimal, output_file_location: 'r/{Plate}' },
      /group 1, \{"Well":"A1"\}, has no "Plate"/,
    ],
    ['an input has no value', { ...minimal, inputs: ['{P}*'] }, /has no "P", which inputs uses/],
    ['inputs is a text', { ...minimal, inputs: 'x' }, /inputs is "x"/],
    ['run is a path', { ...minimal, run: 'a/b c' }, /run is "a\/b c"[^]*e\.g\. "a-b-c"/],
    [
      'a filled location climbs',
      { output_file_location: 'r/{W}', groups: [{ W: '../../x' }] },
      /group 1[^]*"\.\."/,
    ],
  ])('%s', async (_, content, expected) => {
    expect(await refusalOf(content)).toMatch(expected);
  });

  test('equal groups, by name, in any key order', async () => {
    const text = await refusalOf({
      ...minimal,
      groups: [
        { a: '1', b: 2 },
        { a: '1', b: '2' },
        { b: 2, a: '1' },
      ],
    });
    expect(text).toMatch(/groups 1 and 3 are equal: \{"b":2,"a":"1"\}/);
    expect(text).not.toMatch(/several/);
  });

  test('a group too large for the queue, before anything else', async () => {
    const big = { Note: 'é'.repeat(600_000) };
    expect(await refusalOf({ ...minimal, groups: [...groups, big] })).toMatch(
      /group 3, \{"Note":"é+\.\.\., makes a message of 1,200,\d{3} bytes; it may have at most 1,040,384/,
    );
    expect(await refusalOf({ ...minimal, groups: [...groups, { Note: 'é'.repeat(500_000) }] })).toBe(
      'it was taken',
    );
  });

  test('all that is wrong is told at once, up to ten', async () => {
    const text = await refusalOf({ output_file_location: 3, groups: [{ a: null }, { b: [] }] });
    expect(text).toMatch(/several problems[^]*output_file_location is 3[^]*group 1, "a"[^]*group 2, "b"/);
    const many = Array.from({ length: 500 }, () => ({ a: null }));
    expect((await refusalOf({ ...minimal, groups: many })).split('\n').length).toBeLessThan(15);
  });

  test('there is no such file, or it is a folder', async () => {
    expect(await refusalOfFile('/nowhere/x.json')).toMatch(/\/nowhere\/x\.json: there is no such file/);
    expect(await refusalOfFile(tmpdir())).toMatch(/it is a folder/);
  });
});

describe('what is not JSON is shown with line and column:', () => {
  test.each([
    [
      'a comma too many',
      '{"output_file_location": "o",\n "groups": [\n  {"é": "日本"},\n ]}',
      4,
      2,
      /unexpected "\]"[^]*Remove the comma/,
    ],
    ['a comma too few', '{"a": "1"\n "groups": []}', 2, 2, /unexpected """[^]*missing comma/],
    ['single quotes', "{'groups': []}", 1, 2, /double quotes/],
    ['a comment', '{\n  // wells\n  "groups": []}', 2, 3, /_comment/],
    ['letters behind an accent', '{"é": "日本", x', 1, 13, /unexpected "x"/],
    ['the end missing', '{"groups": [{"a": 1}', 1, 21, /ends before the last/],
    ['a word of Python', '{"a": True}', 1, 7, /lower case/],
    [
      'a path of Windows',
      '{"a": "D:\\images"}',
      1,
      11,
      /Write \/ or \\\\ for each \\ of a path, e\.g\. "D:\/images"/,
    ],
    ['another', '{"a": "D:\\users"}', 1, 12, /Write \/ or \\\\/],
    ['curly quotes', '{“a”: 1}', 1, 2, /straight quotes/],
    ['a curly quote at the end of a text', '{"a": "b”, "c": 1}', 1, 13, /straight quotes/],
    ['a curly quote that ends the last text', '{"a": "b”}', 1, 11, /ends before the last[^]*straight quotes/],
    ['more behind the end', '{"groups": []} x', 1, 16, /unexpected "x"/],
  ])('%s', async (_, content, line, column, expected) => {
    const text = await refusalOf(content);
    expect(text).toContain(`at line ${line}, column ${column}.\n`);
    expect(text).toMatch(expected);
  });

  test('far into a file of one long line', async () => {
    const list = Array.from({ length: 20_000 }, (_, index) => `{"é":${index}}`).join(',');
    const before = `{"groups":[${list},`;
    const text = await refusalOf(`${before}}]}`);
    expect(text).toContain(`line 1, column ${before.length + 1}`);
    expect(text).toContain('{"é":19999},}]}');
  });
});
