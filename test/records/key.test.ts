import {
  addTallies,
  NOTHING,
  recordsKey,
  recordsPrefix,
  recordsSince,
  tallyOf,
  tallyOfKey,
} from '../../lib/records/key.ts';

const at = new Date('2026-11-22T17:34:55.123Z');

test('the name of a record object says how the jobs in it ended', () => {
  const key = recordsKey('App', 'plate 1', at, 'host ü/7', { done: 8, failed: 2, dead: 1 });
  expect(key).toBe('distributed-fiji/App/plate 1/records/20261122T173455123Z_host---7_8.2.1.jsonl');
  expect(tallyOfKey(key)).toEqual({ done: 8, failed: 2, dead: 1 });
  expect(tallyOfKey('distributed-fiji/App/plate 1/monitor.json')).toBeUndefined();
});

test('names sort by time, and a listing can begin at a moment', () => {
  const keys = [1, 60_000, 3_600_000, 86_400_000].map((later) =>
    recordsKey('App', 'run', new Date(at.getTime() + later), 'w', NOTHING),
  );
  expect([...keys].sort()).toEqual(keys);
  const from = recordsSince('App', 'run', new Date(at.getTime() + 60_000));
  expect(keys.filter((key) => key > from)).toEqual(keys.slice(1));
  expect(from.startsWith(recordsPrefix('App', 'run'))).toBe(true);
});

test('an interruption is neither done nor failed, and only a final failure is dead', () => {
  const tally = tallyOf([
    { outcome: 'success', final: true },
    { outcome: 'script error', final: false },
    { outcome: 'timeout', final: true },
    { outcome: 'interrupted', final: false },
  ]);
  expect(tally).toEqual({ done: 1, failed: 2, dead: 1 });
  expect(addTallies(tally, tally)).toEqual({ done: 2, failed: 4, dead: 2 });
});
