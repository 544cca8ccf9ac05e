#!/usr/bin/env bash
# Makes a new machine ready for worker containers: each step in order, once. The ECS agent starts after this script, so
# a machine on which a step fails never joins the cluster: no job can fail on it. The monitor ends such a machine and
# names it; why it failed is in the log group of the machines, under the machine's id.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
log=${BOOT_LOG:-/var/log/distributed-fiji.log}

fail() {
  local step=$1
  {
    echo "distributed-fiji: boot failed at $step; this machine takes no jobs"
    systemctl mask ecs
    systemctl stop --no-block ecs
  } >>"$log" 2>&1
  bash "$here/report.sh" "$log"
  tail -n 40 "$log" >&2
  exit 1
}

for step in "$here"/steps/*.sh; do
  echo "distributed-fiji: $(basename "$step")" >>"$log"
  bash "$step" >>"$log" 2>&1 || fail "$(basename "$step")"
done

# Queued, not awaited: ecs is ordered after cloud-init, which is what runs this script.
systemctl start --no-block ecs
echo "distributed-fiji: ready" | tee -a "$log"
