/** What people are told, and how often: each kind of news once a run, warnings of expiring messages once a day. */
import type { Fleet } from './fleet.ts';
import {
  endedMachinesMail,
  expiringMail,
  launchingResumedMail,
  launchingSuspendedMail,
  misfitMail,
  pausedMail,
  runEndedMail,
  shortageMail,
  stalledMail,
} from './mails.ts';
import type { Pause, Run } from './memory.ts';
import { isStalled, wasReal } from './policies/end-of-run.ts';
import { expiring } from './policies/retention.ts';
import { shortageOf } from './policies/shortage.ts';
import type { Suspensions } from './policies/suspension.ts';
import type { Ending, Mail, State } from './state.ts';

const DAY = 86_400_000;

/** Looks in a row at which tasks did not fit before it is news. */
const MISFITS = 2;

interface Judged {
  readonly fleet: Fleet;
  readonly run: Run;
  readonly pause: Pause | null;
  readonly endings: readonly Ending[];
  readonly ended: boolean;
  readonly suspensions: Suspensions;
}

export function newsOf(state: State, { fleet, run, pause, endings, ended, suspensions }: Judged): Mail[] {
  const { memory } = state;
  const shortage = shortageOf(state, fleet);
  const unsound = endings.filter(({ faulty }) => faulty);
  const newlyPaused = pause !== null && !pause.probing && pause.since === state.now;

  return [
    ...(newlyPaused ? [pausedMail(state, pause)] : []),
    ...[
      ...(memory.misfit !== null && memory.misfit.looks >= MISFITS && pause === null
        ? [misfitMail(state, memory.misfit)]
        : []),
      ...(shortage ? [shortageMail(state, shortage)] : []),
      ...(suspensions.byAws.length > 0 ? [launchingResumedMail(state, suspensions.byAws)] : []),
      ...(suspensions.byPeople.length > 0 ? [launchingSuspendedMail(state, suspensions.byPeople)] : []),
      ...(isStalled(state, run) && pause === null ? [stalledMail(state, run)] : []),
    ].filter(notSince(state, Infinity)),
    ...(unsound.length > 0 ? [endedMachinesMail(state, unsound)] : []),
    ...expiringNews(state),
    ...(ended && wasReal(run) ? [runEndedMail(state, run)] : []),
  ];
}

/** Told once a day, in a run and between runs. */
export function expiringNews(state: State): Mail[] {
  return expiring(state)
    .map((each) => expiringMail(state, each))
    .filter(notSince(state, DAY));
}

/** Whether the same news was not told yet, or so long ago that it is told again. */
function notSince({ now, memory }: State, milliseconds: number): (mail: Mail) => boolean {
  return ({ key }) => {
    const told = memory.mailed[key];
    return told === undefined || now - told > milliseconds;
  };
}
