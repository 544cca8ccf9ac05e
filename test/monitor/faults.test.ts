import { decide } from '../../lib/monitor/decide.ts';
import { BLANK } from '../../lib/monitor/memory.ts';
import { actionsOf, arnOf, brief, idOf, MINUTE, NOW, situation, type Situation } from './situation.ts';

interface Row {
  readonly given: string;
  readonly when: Situation;
  readonly then: Record<string, unknown>;
}

describe('machines that do not work', () => {
  const rows: Row[] = [
    {
      given: 'one did not join in time: named, and replaced while jobs wait',
      when: {
        waiting: 9,
        running: 1,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ tasks: 1 }, { joined: false, age: 16 }],
      },
      then: { replace: [idOf(1)], mails: ['machines ended'] },
    },
    {
      given: 'one still has time to join',
      when: {
        waiting: 9,
        running: 1,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ tasks: 1 }, { joined: false, age: 14 }],
      },
      then: {},
    },
    {
      given: 'an agent has been silent for long and nothing runs there',
      when: {
        waiting: 9,
        running: 1,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ tasks: 1 }, { connected: false, remembered: { silent: NOW - 11 * MINUTE } }],
      },
      then: { replace: [idOf(1)], mails: ['machines ended'] },
    },
    {
      given: 'an agent is silent, but a worker may still run there',
      when: {
        running: 1,
        machines: [{ tasks: 1, connected: false, remembered: { silent: NOW - 60 * MINUTE } }],
      },
      then: {},
    },
    {
      given: 'workers end badly on one machine, again and again',
      when: {
        waiting: 9,
        running: 1,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ tasks: 1 }, { remembered: { badStops: 2 } }],
        state: { badStops: [{ machine: idOf(1), reason: 'no space left on device' }] },
      },
      then: { replace: [idOf(1)], mails: ['machines ended'] },
    },
  ];

  test.each(rows)('$given', ({ when, then }) => {
    expect(brief(decide(situation(when)))).toEqual(then);
  });

  test('the mail names each machine, its type, its zone and why', () => {
    const decision = decide(
      situation({
        waiting: 9,
        settings: { CLUSTER_MACHINES: 2 },
        machines: [{ joined: false, age: 16 }, {}],
      }),
    );
    const mail = actionsOf(decision, 'mail')[0]!.mail;
    expect(mail.subject).toBe('Plates: 1 machine(s) ended that did not work');
    expect(mail.body).toContain(
      'i-0000 (m5.large, us-east-1a): it did not join the cluster in 15 minutes. Ended and replaced.',
    );
  });
});

describe('ghosts', () => {
  const ghost = { ...situation({ machines: [{}] }).nodes[0]!, machine: 'i-gone', connected: false };

  test('a container instance whose machine is gone waits five minutes, then is deregistered', () => {
    const first = decide(situation({ running: 1, machines: [{ tasks: 1 }], state: { nodes: [ghost] } }));
    expect(brief(first)).toEqual({});
    expect(first.memory.ghosts).toEqual({ [arnOf(0)]: NOW });

    const later = situation({
      memory: { ghosts: { [arnOf(0)]: NOW - 5 * MINUTE } },
      state: { nodes: [ghost] },
    });
    expect(brief(decide(later))).toEqual({ deregister: [arnOf(0)] });
    expect(decide(later).memory.ghosts).toEqual({});
  });

  test('one whose agent speaks is left alone: somebody took it out of the group on purpose', () => {
    const speaks = { ...ghost, connected: true };
    const later = situation({
      memory: { ghosts: { [arnOf(0)]: NOW - 60 * MINUTE } },
      state: { nodes: [speaks] },
    });
    expect(brief(decide(later))).toEqual({});
  });
});

describe('an idle minute', () => {
  test('does nothing and has nothing to write', () => {
    const idle = situation({ run: null, memory: BLANK });
    expect(decide(idle)).toEqual({ actions: [], memory: idle.memory });
    expect(decide(idle).memory).toBe(idle.memory);
  });

  test('still warns of dead letters about to expire, once a day', () => {
    const ages = { queue: undefined, deadLetters: 11 * 86_400 };
    const first = decide(situation({ run: null, memory: BLANK, state: { ages, deadLetters: 3 } }));
    expect(brief(first)).toEqual({ mails: ['retention: dead letters'] });
    expect(first.memory.run).toBeNull();
    const again = decide(
      situation({ memory: { ...first.memory }, run: null, state: { ages, deadLetters: 3 } }),
    );
    expect(brief(again)).toEqual({});
  });
});
