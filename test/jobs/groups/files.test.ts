import { describe, expect, test } from '@jest/globals';
import { folderOf, groupsOf, jobFileOf, opened, refusalOf } from '../write.ts';

const PATTERN = 'in/{Plate}_{Well}f{Field}d{Channel}.TIF';
const plate = (name: string, wells: string[], fields: string[], channels = ['0', '1']) =>
  wells.flatMap((well) =>
    fields.flatMap((field) => channels.map((channel) => `in/${name}_${well}f${field}d${channel}.TIF`)),
  );

describe('groups of files', () => {
  test('one job a file, with its key as a parameter', async () => {
    const source = await folderOf(
      'in/AS_1_O01f00d2.TIF',
      'in/AS_1_O02f00d2.TIF',
      'in/read me.txt',
      'other/x.TIF',
    );
    const groups = { files: PATTERN, parameters: { image: '/home/ubuntu/bucket/{file}', sigma: 2 } };
    expect(await groupsOf(groups, source)).toEqual(
      ['O01', 'O02'].map((Well) => ({
        Plate: 'AS_1',
        Well,
        Field: '00',
        Channel: '2',
        image: `/home/ubuntu/bucket/in/AS_1_${Well}f00d2.TIF`,
        sigma: 2,
      })),
    );
  });

  test('one job a well, with its fields and channels', async () => {
    const source = await folderOf(
      ...plate('P1', ['A01', 'A02'], ['1', '2']),
      ...plate('P1x', ['A01'], ['1', '2']),
    );
    const parameters = { folder: '{folder}', images: '{names}', fields: '{Field}', planes: '{count}' };
    const made = await groupsOf({ files: PATTERN, by: ['Plate', 'Well'], parameters }, source);
    expect(made).toHaveLength(3);
    expect(made[1]).toEqual({
      Plate: 'P1',
      Well: 'A02',
      folder: 'in',
      images: 'P1_A02f1d0.TIF;P1_A02f1d1.TIF;P1_A02f2d0.TIF;P1_A02f2d1.TIF',
      fields: '1;2',
      planes: '4',
    });
  });

  test('files of a group need not stand together', async () => {
    const source = await folderOf('d0/P_A1.tif', 'd0/P_A2.tif', 'd1/P_A1.tif', 'd1/P_A2.tif');
    const groups = {
      files: '{Channel}/{Plate}_{Well}.tif',
      by: ['Well'],
      parameters: { channels: '{Channel}' },
    };
    expect(await groupsOf(groups, source)).toEqual([
      { Well: 'A1', channels: 'd0;d1' },
      { Well: 'A2', channels: 'd0;d1' },
    ]);
  });

  test('what a star stands for does not part a group', async () => {
    const source = await folderOf(
      ...['x', 'y'].flatMap((scan) => ['A01', 'A02'].map((well) => `P1_${scan}_${well}_s1.tif`)),
    );
    const groups = {
      files: '{Plate}_*_{Well}_s{Site}.tif',
      by: ['Plate', 'Well'],
      parameters: { n: '{count}' },
    };
    expect(await groupsOf(groups, source)).toEqual([
      { Plate: 'P1', Well: 'A01', n: '2' },
      { Plate: 'P1', Well: 'A02', n: '2' },
    ]);
  });

  test('a plate whose name begins as another one does stays whole', async () => {
    const source = await folderOf('P_1.tif', 'P_1_2.tif', 'P_9.tif');
    const groups = { files: '{Plate:P(_1)?}_{Field:\\d}.tif', by: ['Plate'], parameters: { n: '{count}' } };
    expect(await groupsOf(groups, source)).toEqual(
      expect.arrayContaining([
        { Plate: 'P', n: '2' },
        { Plate: 'P_1', n: '1' },
      ]),
    );
  });

  test('a placeholder twice, an expression with braces, a star, and hostile names', async () => {
    const source = await folderOf(
      "P$1 'é/P$1 'é (A1) 01-x.tif",
      "P$1 'é/Q (A1) 01-x.tif",
      "P$1 'é/P$1 'é (A1) 1-x.tif",
    );
    expect(await groupsOf({ files: '{Plate}/{Plate} ({Well}) {Field:\\d{2}}-*.tif' }, source)).toEqual([
      { Plate: "P$1 'é", Well: 'A1', Field: '01' },
    ]);
  });

  test('files that do not match are counted and named', async () => {
    const source = await folderOf(...plate('P1', ['A01'], ['1']), 'in/Thumbs.db');
    const path = await jobFileOf({ output_file_location: 'o', groups: { files: PATTERN } });
    const notes = await opened(path, (jobFile) => jobFile.notes, source);
    expect(notes).toEqual([expect.stringMatching(/^1 file does not match .*"in\/Thumbs\.db"/)]);
  });

  test.each([
    [
      'the folder is another',
      { files: 'none/{Well}.tif' },
      /no file matches "none[^]*; there are "\S+[^]*with the folder in front/,
    ],
    ['names begin otherwise', { files: 'Q{Well}.tif' }, /no file matches "Q[^]*; there are "\S+/],
    [
      'case differs',
      { files: 'in/{Plate}_{Well}f{Field}d{Channel}.tif' },
      /no file matches[^]*P1_A01f1d0\.TIF[^]*\.tif is not \.TIF/,
    ],
    ['a name can be read in two ways', { files: 'in/{a}d{b}', by: ['a'] }, undefined],
    ['the pattern has no placeholder', { files: 'in/x.tif' }, /no placeholder/],
    ['braces are open', { files: 'in/{Well' }, /braces around what is no name/],
    ['an expression is broken', { files: '{Well:(}' }, /expression that cannot be read/],
    ['a placeholder is reserved', { files: '{file}.tif' }, /\{file\}, which means something else/],
    [
      'by has another name',
      { files: PATTERN, by: ['Wel'] },
      /"by" has "Wel"[^]*It has Plate, Well, Field, Channel/,
    ],
    ['by is empty', { files: PATTERN, by: [] }, /"by" is \[\]/],
    ['a template has another name', { files: PATTERN, parameters: { x: '{Wel}' } }, /"x" uses \{Wel\}/],
    [
      '{file} of several',
      { files: PATTERN, by: ['Plate', 'Well'], parameters: { x: '{file}' } },
      /for \{"Plate":"P1","Well":"A01"\} there are 4 files/,
    ],
    ['there is a key too many', { files: PATTERN, group_by: ['Well'] }, /"group_by" beside "files"/],
  ])('%s', async (_, groups, reason) => {
    const source = await folderOf(...plate('P1', ['A01'], ['1', '2']));
    const text = await refusalOf({ output_file_location: 'o', groups }, source);
    if (reason === undefined) expect(text).toBe('it was taken');
    else expect(text).toMatch(reason);
  });

  test('a name that can be read in two ways is refused with both', async () => {
    const source = await folderOf('a_b_c.tif');
    const text = await refusalOf(
      { output_file_location: 'o', groups: { files: '{Plate}_{Site}.tif' } },
      source,
    );
    expect(text).toMatch(/two ways: Plate=a_b Site=c, or Plate=a Site=b_c[^]*\{Plate:\[\^_\]\+\}/);
    const told = { files: '{Plate:[^_]+}_{Site}.tif' };
    expect(await groupsOf(told, source)).toEqual([{ Plate: 'a', Site: 'b_c' }]);
  });

  test('without a bucket or folder they are refused', async () => {
    expect(await refusalOf({ output_file_location: 'o', groups: { files: PATTERN } })).toMatch(
      /AWS_BUCKET[^]*--input/,
    );
  });
});

describe('gaps', () => {
  const gapsOf = async (...keys: string[]) => {
    const path = await jobFileOf({
      output_file_location: 'o',
      groups: { files: PATTERN, by: ['Plate', 'Well'] },
    });
    return opened(path, (jobFile) => jobFile.gaps, await folderOf(...keys));
  };

  test('none in a whole plate', async () => {
    expect(await gapsOf(...plate('P1', ['A01', 'A02', 'B01', 'B02'], ['1', '2']))).toEqual([]);
  });

  test('fields, channels and wells that others have', async () => {
    const keys = [
      ...plate('P1', ['A01', 'A02', 'B01', 'B02'], ['1', '2']),
      ...plate('P2', ['A01', 'A02', 'B01'], ['1', '2']),
    ];
    const without = keys.filter((key) => !/P1_A02f2|P2_A01f1d1/.test(key));
    expect(await gapsOf(...without)).toEqual(
      expect.arrayContaining([
        { where: 'Plate P2', missing: 'Well B02' },
        { where: 'Plate P1, Well A02', missing: 'Field 2' },
        { where: 'Plate P2, Well A01, Field 1', missing: 'Channel 1' },
      ]),
    );
    expect(await gapsOf(...without)).toHaveLength(3);
  });

  test('a well inside the rectangle that no plate has', async () => {
    expect(await gapsOf(...plate('P1', ['A01', 'A02', 'A10', 'B01', 'B10'], ['1']))).toEqual([
      {
        where: '',
        missing: 'Well A03, A04, A05, A06, A07, A08, A09, B02, B03, B04, B05, B06, B07, B08, B09',
      },
    ]);
  });
});
