/** A group that starts nothing since its launching is suspended: by AWS, which is resumed, or by a person, which is not. */
import { SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decide } from '../../lib/monitor/decide.ts';
import type { Group, Suspension } from '../../lib/monitor/state.ts';
import { motoIsMissing } from '../fixtures/moto.ts';
import { type AwsServer, kindsOf, minutes, startAws } from './aws-server.ts';
import { RunOnAws } from './run-on-aws.ts';
import { actionsOf, brief, MINUTE, NOW, situation, some, type Situation } from './situation.ts';

const BY_AWS = 'Suspended by AWS after repeated failures to launch';
const BY_PERSON = 'User suspended at 2026-11-22T09:30:00Z';

const suspended = (...suspensions: Suspension[]): Partial<Group> => ({ suspended: suspensions });
const launch = (reason: string): Suspension => ({ process: 'Launch', reason });
const terminate = (reason: string): Suspension => ({ process: 'Terminate', reason });

/** A situation whose group has something more to say. */
function given(when: Situation, group: Partial<Group>): ReturnType<typeof situation> {
  const state = situation(when);
  return { ...state, group: { ...state.group, ...group } };
}

describe('launching that is suspended', () => {
  const rows: { given: string; when: Situation; group: Partial<Group>; then: Record<string, unknown> }[] = [
    {
      given: 'by AWS, while three machines are wanted and none comes: resumed, and told',
      when: { waiting: 3, desired: 3 },
      group: suspended(launch(BY_AWS)),
      then: { resume: ['Launch'], mails: ['launching resumed'] },
    },
    {
      given: 'by AWS, before a new run asks for machines: resumed before they are asked for',
      when: { waiting: 3 },
      group: suspended(launch(BY_AWS)),
      then: { resume: ['Launch'], desired: 3, mails: ['launching resumed'] },
    },
    {
      given: 'by AWS, with what machines end by',
      when: { waiting: 3, desired: 3 },
      group: suspended(launch(BY_AWS), terminate(BY_AWS), { process: 'AZRebalance', reason: BY_PERSON }),
      then: { resume: ['Launch', 'Terminate'], mails: ['launching resumed'] },
    },
    {
      given: 'by AWS again in the same run: resumed again, and not told again',
      when: { waiting: 3, desired: 3, memory: { mailed: { 'launching resumed': NOW - 60 * MINUTE } } },
      group: suspended(launch(BY_AWS)),
      then: { resume: ['Launch'] },
    },
    {
      given: 'by AWS, and no job wants a machine: left as it is',
      when: { running: 2, machines: some(2, { tasks: 1 }) },
      group: suspended(launch(BY_AWS)),
      then: {},
    },
    {
      given: 'by AWS, while nothing more is to be started',
      when: {
        waiting: 3,
        desired: 3,
        memory: {
          pause: {
            kind: 'jobs fail',
            since: NOW - MINUTE,
            why: 'because',
            taskDefinition: situation().settings.TASK_DEFINITION,
            probing: false,
          },
        },
      },
      group: suspended(launch(BY_AWS)),
      then: { desired: 0 },
    },
    {
      given: 'by a person: left as it is, and told',
      when: { waiting: 3, desired: 3 },
      group: suspended(launch(BY_PERSON), terminate(BY_PERSON)),
      then: { mails: ['launching suspended'] },
    },
    {
      given: 'by a person, and told before in this run',
      when: { waiting: 3, desired: 3, memory: { mailed: { 'launching suspended': NOW - MINUTE } } },
      group: suspended(launch(BY_PERSON)),
      then: {},
    },
    {
      given: 'by AWS, and the ending of machines by a person: each for itself',
      when: { waiting: 3, desired: 3 },
      group: suspended(launch(BY_AWS), terminate(BY_PERSON)),
      then: { resume: ['Launch'], mails: ['launching resumed', 'launching suspended'] },
    },
    {
      given: 'not: other processes are nobody’s business here',
      when: { waiting: 3, desired: 3 },
      group: suspended({ process: 'HealthCheck', reason: BY_AWS }),
      then: {},
    },
  ];

  test.each(rows)('$given', ({ when, group, then }) => {
    expect(brief(decide(given(when, group)))).toEqual(then);
  });

  test('the mail says what AWS did and why, what the monitor did, and what helps', () => {
    const decision = decide(given({ waiting: 3, desired: 3 }, suspended(launch(BY_AWS))));
    const { subject, body } = actionsOf(decision, 'mail')[0]!.mail;
    expect(subject).toBe('Plates: AWS had stopped starting machines');
    expect(body).toContain('AWS starts no machine for Plates any more');
    expect(body).toContain(`Launch: ${BY_AWS}`);
    expect(body).toContain('3 jobs wait and 0 run. So the monitor resumes it now');
    expect(body).toMatch(/MACHINE_PRICE.*MACHINE_TYPE/);
  });

  test('what a person did is undone by the command in the mail', () => {
    const decision = decide(given({ waiting: 3, desired: 3 }, suspended(launch(BY_PERSON))));
    const { subject, body } = actionsOf(decision, 'mail')[0]!.mail;
    expect(subject).toBe('Plates: somebody has suspended the machines');
    expect(body).toContain(`Launch: ${BY_PERSON}`);
    expect(body).toContain(
      'aws autoscaling resume-processes --region us-east-1 --auto-scaling-group-name PlatesGroup --scaling-processes Launch',
    );
  });
});

const missing = motoIsMissing();
const whereMotoIs = missing ? describe.skip : describe;

whereMotoIs(`launching that is suspended, on AWS's calls${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: AwsServer;
  const { look } = minutes();
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());

  test('by AWS: no machine comes until the monitor has resumed it; one mail says so', async () => {
    const { strict } = server;
    const run = await RunOnAws.make(strict.endpoint, 'Stopped', { machines: 2 });
    strict.suspended.set('Stopped', new Map([['Launch', BY_AWS]]));
    await run.sendJobs(4);

    strict.denied.add('autoscaling:ResumeProcesses');
    await expect(look(run, 4)).rejects.toThrow('not authorized to perform: autoscaling:ResumeProcesses');
    strict.denied.clear();
    expect(await run.group()).toMatchObject({ desired: 2, machines: [] });

    expect(kindsOf(await look(run))).toEqual(['resume launching']);
    expect((await run.group()).machines).toHaveLength(2);
    expect((await run.group()).suspended).toEqual(['AZRebalance']); // the monitor's own
    expect(kindsOf(await look(run))).toEqual([]);
    const mails = await run.mails();
    expect(mails.map(({ subject }) => subject)).toEqual(['Stopped: AWS had stopped starting machines']);
    expect(mails[0]?.body).toContain(BY_AWS);
    run.close();
  });

  test('by a person: it stays, until they resume it themselves', async () => {
    const { strict } = server;
    const run = await RunOnAws.make(strict.endpoint, 'OnPurpose', { machines: 2 });
    await run.aws.autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: 'OnPurpose', ScalingProcesses: ['Launch'] }),
    );
    await run.sendJobs(4);
    for (let minute = 0; minute < 5; minute++) await look(run, minute === 0 ? 4 : undefined);
    expect(await run.group()).toMatchObject({ desired: 2, machines: [] });
    const mails = await run.mails();
    expect(mails.map(({ subject }) => subject)).toEqual(['OnPurpose: somebody has suspended the machines']);
    expect(mails[0]?.body).toMatch(/Launch: User suspended at 20/);
    run.close();
  });
});
