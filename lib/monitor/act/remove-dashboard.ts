/** Takes away the dashboard that the monitor put when a run began. There may be none: no run is on, or a person was first. */
import { type CloudWatchClient, DeleteDashboardsCommand } from '@aws-sdk/client-cloudwatch';

export async function removeDashboard(name: string, cloudWatch: CloudWatchClient): Promise<void> {
  try {
    await cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [name] }));
  } catch (error) {
    if (!(error instanceof Error && /^(DashboardNotFoundError|ResourceNotFound)/.test(error.name)))
      throw error;
  }
}
