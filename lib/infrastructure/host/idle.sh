#!/usr/bin/env bash
# Called every minute. Ending idle machines is the monitor's part; this is for when the monitor has died: a machine that
# has long had no worker ends itself together with its share of the group's desired capacity, or the group would replace it.
set -uo pipefail
here=$(dirname "$0")
# shellcheck source=/dev/null
. "$here/settings.sh"
# shellcheck source=/dev/null
. "$here/metadata.sh"
busy=${BUSY_STAMP:-/run/distributed-fiji-busy}

workers=$(timeout 20 docker ps -q --filter "label=com.amazonaws.ecs.task-definition-family=$TASK_FAMILY")
if [[ -n $workers || ! -e $busy ]]; then
  touch "$busy"
  exit 0
fi

idle=$(($(date +%s) - $(stat -c %Y "$busy")))
((idle >= MACHINE_IDLE_MINUTES * 60)) || exit 0

echo "no worker for $idle s: this machine ends itself"
# A boot that failed may have failed before this was installed.
aws --version >/dev/null 2>&1 || timeout 300 dnf install -y -q awscli-2 || exit 1
instance=$(metadata instance-id) || exit 1
# Until it works: a machine that only shut down would be replaced for ever.
timeout 50 aws autoscaling terminate-instance-in-auto-scaling-group --region "$AWS_REGION" \
  --instance-id "$instance" --should-decrement-desired-capacity
