/** RunTask's reason why it started no task, in words, with the option to change. */
import type { Memory } from '../memory.ts';
import type { State } from '../state.ts';

type Misfit = NonNullable<Memory['misfit']>;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
export function misfitInWords(state: State, { reason, refused }: Misfit): string {
  if (refused) return `ECS refuses to start workers: ${reason.replace(/\.$/, '')}`;
  const { MEMORY, TASKS_PER_MACHINE } = state.settings;
  const registered = Math.min(...state.nodes.flatMap(({ memory }) => memory ?? []));
  const has = Number.isFinite(registered) ? `; the smallest has ${registered} MiB for them` : '';

  switch (reason.replace(/^RESOURCE:(PORTS|ENI).*/, 'RESOURCE:$1')) {
    case 'RESOURCE:MEMORY':
      return `${TASKS_PER_MACHINE} x ${MEMORY} MiB of memory do not fit on a machine${has} (${reason}). Lower MEMORY or TASKS_PER_MACHINE, or choose a larger MACHINE_TYPE`;
    case 'RESOURCE:CPU':
      return `the CPU that a container asks for is not free on any machine (${reason}). Leave CPU_SHARES out, or lower it`;
    case 'RESOURCE:GPU':
      return `no machine has a GPU free for a container (${reason}). Lower TASKS_PER_MACHINE to the machine's GPUs`;
    case 'AGENT':
      return `the ECS agent of the machines does not answer (${reason}). Look at /var/log/ecs on one of them through Session Manager`;
    case 'ATTRIBUTE':
      return `the machines lack something that the task asks for (${reason}), such as a log driver. Deploy again, so that new machines are set up for it`;
    default:
      return `ECS finds no place for a task: ${reason}`;
  }
}
