import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  BadMessageError,
  jobId,
  parametersOf,
  parseMessage,
  runNameOf,
  toBody,
} from '../../lib/jobs/index.ts';

// No backslash in a name: once JSON.parse has read a name that ends in one, it may take the next escaped name
// for it ("\"" comes out as "\\"), a fault of V8's: https://github.com/nodejs/node/issues/63785
const group = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__' && !name.includes('\\')),
  fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
);

describe('a job id', () => {
  test('is the same for the same group, whatever the order of its keys', () => {
    fc.assert(
      fc.property(group, (one) => {
        const turned = Object.fromEntries(Object.entries(one).reverse());
        expect(jobId(turned)).toBe(jobId(one));
        expect(jobId(JSON.parse(JSON.stringify(one)))).toBe(jobId(one));
      }),
    );
  });

  test('differs between groups, and never changes from release to release', () => {
    expect(jobId({ Well: 'A1', Plate: 'Plate_1' })).toBe('b569056bbae448db'); // sha256 of {"Plate":"Plate_1","Well":"A1"}
    expect(new Set([{ a: 1 }, { a: '1' }, { b: 1 }, { a: 1, b: 1 }, {}].map(jobId)).size).toBe(5);
  });
});

describe('a message', () => {
  test('arrives as it was sent, whatever is in it', () => {
    fc.assert(
      fc.property(group, group, (Metadata, shared_metadata) => {
        const job = { Metadata, shared_metadata, output_file_location: 'a/', run: 'r', job: jobId(Metadata) };
        const body = toBody(job);
        expect(parseMessage(body)).toEqual(JSON.parse(body));
        // What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
        expect(body).toMatch(/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u);
      }),
    );
  });

  test('of the ancestor, bare, is a job', () => {
    const body =
      '{"Metadata": {"Well": "A1", "Plate": "Plate_1"}, "output_file_location": "projects/output", "shared_metadata": {"size": "1024"}}';
    const job = parseMessage(body);
    expect(job).toMatchObject({
      run: 'default',
      job: 'b569056bbae448db',
      output_file_location: 'projects/output/',
    });
    expect(parametersOf(job)).toEqual({ size: '1024', Well: 'A1', Plate: 'Plate_1' });
  });

  test('gives a group’s own value before the shared one', () => {
    expect(parametersOf({ shared_metadata: { a: 1, b: 1 }, Metadata: { b: 2 } })).toEqual({ a: 1, b: 2 });
  });

  test.each([
    ['hello', /not JSON/],
    ['[]', /the body: /],
    ['{"output_file_location": "o"}', /Metadata/],
    ['{"Metadata": {"a": [1]}, "output_file_location": "o"}', /Metadata\.a/],
    ['{"Metadata": {}, "output_file_location": "../o"}', /"\.\."/],
    ['{"Metadata": {}, "output_file_location": "o", "run": "../../x"}', /run or job/],
    ['{"Metadata": {}, "output_file_location": "o", "job": "a/b"}', /run or job/],
  ])('that is no job says why: %s', (body, reason) => {
    expect(() => parseMessage(body)).toThrow(BadMessageError);
    expect(() => parseMessage(body)).toThrow(reason);
  });
});

test.each([
  ['/a/plate 1.json', 'plate-1'],
  ['Übersicht 細胞.v2.json', 'Übersicht-細胞.v2'],
  ['$(x)/..json', 'jobs'],
  ['&&&.json', 'jobs'],
])('the run of %s is %s', (path, run) => {
  expect(runNameOf(path)).toBe(run);
});

test.each([
  ['細胞核', 66], // 3 bytes a character
  ['𠮷野', 50], // 4 and 3, as 3 UTF-16 units: the cut falls inside a character, or the bytes are used up
  ['é', 100],
  ['plate', 100],
])('a long run of %s is cut to a name that a disk takes', (text, characters) => {
  const run = runNameOf(`/a/${text.repeat(200)}.json`);
  expect(Buffer.byteLength(run)).toBeLessThanOrEqual(200);
  expect(run).toBe(text.repeat(200).slice(0, run.length));
  expect(run.isWellFormed()).toBe(true);
  expect([...run].length).toBeGreaterThanOrEqual(characters);
  expect(runNameOf(`${run}.json`)).toBe(run);
});
