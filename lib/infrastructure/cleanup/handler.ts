/**
 * The Lambda that CloudFormation calls when the clean-up resource is made, changed or removed. Removal empties the fleet and
 * takes away the dashboard that the monitor may have put; a change takes away one that is not to be the monitor's any more.
 */
import { autoScalingClient, cloudWatchClient, ecsClient } from '../../aws/control-clients.ts';
import { DistributedFijiError, messageOf } from '../../errors.ts';
import { removeDashboard } from '../../monitor/act/remove-dashboard.ts';
import { emptyFleet, type Fleet } from './empty.ts';

/** What CloudFormation sends: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: CleanupProperties & { readonly ServiceToken: string };
  /** Of an update: what they were. */
  readonly OldResourceProperties?: CleanupProperties;
}

/** CloudFormation hands every value over as text. */
export interface CleanupProperties {
  readonly Group: string;
  readonly Cluster: string;
  readonly TaskFamily: string;
  /** Empty: the cluster is ours, with all that is in it. */
  readonly Machines: string;
  /** The monitor's dashboard; empty: there is none, or the stack has it. */
  readonly Dashboard: string;
}

interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Kept back for the answer to CloudFormation: without one it would wait an hour. */
const RESERVE_MS = 30_000;

export async function handler(request: Request, context: LambdaContext): Promise<void> {
  await answer(request, await perform(request, context).then(() => undefined, words));
}

async function perform(request: Request, context: LambdaContext): Promise<void> {
  const { Group, Cluster, TaskFamily, Machines, Dashboard } = request.ResourceProperties;
  const before = request.OldResourceProperties?.Dashboard ?? '';
  if (before !== '' && before !== Dashboard) await removeDashboard(before, cloudWatchClient());
  // Another cluster is never refused: CloudFormation, going back, asks for the reverse, and would be refused again.
  if (request.RequestType !== 'Delete') return;

  const fleet: Fleet = {
    group: Group,
    cluster: Cluster,
    taskFamily: TaskFamily,
    machines: Machines === '' ? undefined : Machines,
  };
  await emptyFleet(fleet, {
    autoScaling: autoScalingClient(),
    ecs: ecsClient(),
    log: console.log,
    pause: 5000,
    deadline: Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS,
  });
  if (Dashboard !== '') await removeDashboard(Dashboard, cloudWatchClient());
}

/** What the user reads in the stack's events. */
function words(error: unknown): string {
  const fix = error instanceof DistributedFijiError && error.fix !== undefined ? ` ${error.fix}` : '';
  return messageOf(error) + fix;
}

async function answer(request: Request, failure: string | undefined): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = request;
  if (failure !== undefined) console.error(failure);
  await fetch(request.ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' }, // the address is signed for none
    body: JSON.stringify({
      Status: failure === undefined ? 'SUCCESS' : 'FAILED',
      Reason: failure ?? 'done',
      // Always the same: at another, CloudFormation would have the old one removed, and its group is the new one's.
      PhysicalResourceId: request.PhysicalResourceId ?? `${StackId}/${LogicalResourceId}`,
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  });
}
