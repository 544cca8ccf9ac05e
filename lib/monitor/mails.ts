/** Every mail that the monitor sends. Subjects are plain ASCII of at most 100 characters: SNS takes no other. */
import { HOW_TO_GO_ON, whereReasonsAre } from './failures.ts';
import type { Memory, Pause, Run } from './memory.ts';
import { misfitInWords } from './policies/misfit.ts';
import type { Expiring } from './policies/retention.ts';
import type { Shortage } from './policies/shortage.ts';
import type { Ending, Mail, State, Suspension } from './state.ts';
import { grouped } from '../plural.ts';

const HOUR = 3600;

export const RUN_ENDED_MAIL = 'run ended';

export function runEndedMail(state: State, run: Run): Mail {
  const jobs = `${grouped(run.done)} done, ${grouped(run.dead)} failed`;
  return mail(state, RUN_ENDED_MAIL, jobs, [
    `Every job of ${state.settings.APP_NAME} has ended, and no machine runs any more.`,
    '',
    `  done           ${grouped(run.done)}`,
    `  failed         ${grouped(run.dead)}`,
    `  dead letters   ${grouped(state.deadLetters)} in the dead-letter queue now`,
    `  machine hours  ${(run.machineSeconds / HOUR).toFixed(1)}, at most ${run.peak} machines at once`,
    `  dollars        ${dollarsOf(run)}`,
    `  interrupted    ${grouped(run.interrupted)} machines taken back by AWS`,
    `  from           ${iso(run.since)} to ${iso(state.now)}`,
    '',
    ...(run.dead > 0 ? [reasons(state), HOW_TO_GO_ON, ''] : []),
    'Disks, public addresses, requests and storage come on top of the machines.',
    'Results and records stay in your bucket. npm run destroy removes the rest.',
  ]);
}

function dollarsOf(run: Run): string {
  const notes = [
    ...(run.onDemandSeconds > 0
      ? [`and ${(run.onDemandSeconds / HOUR).toFixed(1)} On-Demand hours at their list price`]
      : []),
    ...(run.unpricedSeconds > 0
      ? [`and ${(run.unpricedSeconds / HOUR).toFixed(1)} hours whose Spot price is not known`]
      : []),
  ];
  return [`${run.dollars.toFixed(2)} for Spot machines`, ...notes].join(', ');
}

const ADVICE: Readonly<Record<Pause['kind'], string>> = {
  'jobs fail': `Mend the script or the config and deploy. ${HOW_TO_GO_ON}`,
  'tasks do not fit': 'Change config.ts as said above and deploy again.',
  'workers are refused':
    'Those are AWS’s own words. Not authorized: deploy again, which sets anew what the monitor may do; if it stays, ask whoever keeps the account what it forbids.',
  'workers do not start':
    'Could not be pulled: check DOCKERHUB_TAG and the registry’s credentials. Exit code 137: MEMORY is too little. Any other: the log group LOG_GROUP_NAME of config.ts has what the worker said. Mend it and deploy again.',
  'machines do not join':
    'See what one says as it starts: aws ec2 get-console-output --instance-id ID --output text. The network needs a way out (ASSIGN_IP, VPC_ID).',
};

export function pausedMail(state: State, pause: Pause): Mail {
  const tries = pause.kind === 'jobs fail' ? '' : ' One machine will try again in an hour.';
  return mail(state, `paused: ${pause.kind}`, `paused, ${pause.kind}`, [
    `Nothing more is started for ${state.settings.APP_NAME}: ${pause.why}.`,
    '',
    ...(pause.kind === 'jobs fail' ? [reasons(state)] : []),
    `${ADVICE[pause.kind]}${tries}`,
    `${jobsLeft(state)} Machines without work are ended; jobs that run go on.`,
  ]);
}

export function misfitMail(state: State, misfit: NonNullable<Memory['misfit']>): Mail {
  const [key, subject] = misfit.refused
    ? ['workers are refused', 'workers are refused']
    : ['tasks do not fit', 'a task does not fit'];
  return mail(state, key, subject, [
    `Fewer jobs run at once than should: ${misfitInWords(state, misfit)}.`,
    '',
    jobsLeft(state),
  ]);
}

export function endedMachinesMail(state: State, endings: readonly Ending[]): Mail {
  const where = new Map(state.group.machines.map((machine) => [machine.id, machine]));
  return mail(state, 'machines ended', `${endings.length} machine(s) ended that did not work`, [
    ...endings.map(({ machine, why, replace }) => {
      const { type, zone } = where.get(machine) ?? { type: '?', zone: '?' };
      return `${machine} (${type}, ${zone}): ${why}. Ended${replace ? ' and replaced' : ''}.`;
    }),
    '',
    'What a machine said as it started: aws ec2 get-console-output --instance-id ID --output text',
  ]);
}

export function shortageMail(state: State, { missing, lines }: Shortage): Mail {
  return mail(state, 'shortage', `${missing} of ${state.group.desired} machines are missing`, [
    `AWS has not given ${missing} of ${state.group.desired} machines:`,
    ...lines.map((line) => `  - ${line}.`),
    '',
    `${jobsLeft(state)} Work goes on with the machines that are there.`,
  ]);
}

export function launchingResumedMail(state: State, suspensions: readonly Suspension[]): Mail {
  const { APP_NAME } = state.settings;
  return mail(state, 'launching resumed', 'AWS had stopped starting machines', [
    `AWS starts no machine for ${APP_NAME} any more: when a group could not start any for about 24 hours, AWS suspends the starting by itself.`,
    ...suspensions.map(inAwsWords),
    '',
    `${jobsLeft(state)} So the monitor resumes it now, and again if AWS stops it once more: as soon as AWS has a machine, it comes.`,
    'What helps: a higher MACHINE_PRICE, or more types in MACHINE_TYPE. Change config.ts and deploy (npm run deploy); no job is lost by that.',
  ]);
}

export function launchingSuspendedMail(state: State, suspensions: readonly Suspension[]): Mail {
  const { APP_NAME, AWS_REGION, AUTO_SCALING_GROUP } = state.settings;
  const processes = suspensions.map(({ process }) => process);
  return mail(state, 'launching suspended', 'somebody has suspended the machines', [
    `Somebody in your account has suspended what the machines of ${APP_NAME} need: ${processes
      .map((process) => WITHOUT[process] ?? process)
      .join('; ')}.`,
    ...suspensions.map(inAwsWords),
    '',
    `${jobsLeft(state)} The monitor leaves it as it is, since it was done on purpose. This lets machines come and go again:`,
    `aws autoscaling resume-processes --region ${AWS_REGION} --auto-scaling-group-name ${AUTO_SCALING_GROUP} --scaling-processes ${processes.join(' ')}`,
  ]);
}

/** What a group does not do while one of its processes is suspended. */
const WITHOUT: Readonly<Record<string, string>> = {
  Launch: 'AWS starts no machine (Launch)',
  Terminate: 'AWS may end no machine, and those without work go on costing money (Terminate)',
};

function inAwsWords({ process, reason }: Suspension): string {
  return `  - ${process}: ${reason || 'AWS gives no reason'}`;
}

export function expiringMail(state: State, { what, daysLeft }: Expiring): Mail {
  const left = daysLeft <= 0 ? 'now' : `in ${daysLeft.toFixed(1)} days`;
  return mail(state, `retention: ${what}`, `${what} are about to expire`, [
    `SQS keeps a message for ${state.settings.RETENTION_DAYS} days. The oldest of your ${what} is thrown away ${left}.`,
    '',
    ...(what === 'jobs'
      ? ['Allow more machines (CLUSTER_MACHINES), or wait until they are gone and begin the rest anew:']
      : ['Nothing is lost with them: records and logs stay in your bucket.', reasons(state)]),
    HOW_TO_GO_ON,
  ]);
}

export function stalledMail(state: State, run: Run): Mail {
  const minutes = Math.round((state.now - run.lastEnded) / 60_000);
  return mail(state, 'stalled', `no job has ended for ${minutes} minutes`, [
    `${jobsLeft(state)} None has ended for ${minutes} minutes.`,
    '',
    'If your jobs take that long, raise STALLED_AFTER_MINUTES. If not, look at what a worker prints: its log group in CloudWatch begins with LOG_GROUP_NAME of config.ts.',
  ]);
}

function reasons({ settings }: State): string {
  return whereReasonsAre(settings.DESTINATION, settings.APP_NAME);
}

function jobsLeft({ queue }: State): string {
  return `${grouped(queue.visible + queue.delayed)} jobs wait and ${grouped(queue.inFlight)} run.`;
}

function mail(state: State, key: string, subject: string, lines: readonly string[]): Mail {
  const whole = `${state.settings.APP_NAME}: ${subject}`.replaceAll(/[^\x20-\x7e]/g, '?');
  return { key, subject: whole.slice(0, 100), body: lines.join('\n') };
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
