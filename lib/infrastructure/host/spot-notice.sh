#!/usr/bin/env bash
# Two minutes before AWS takes a Spot machine back its metadata say so. ECS draining leaves standalone tasks alone, so
# the workers are told from here: on TERM each gives its job back at once, and another machine does it.
set -uo pipefail
here=$(dirname "$0")
# shellcheck source=/dev/null
. "$here/settings.sh"
# shellcheck source=/dev/null
. "$here/metadata.sh"

declare -A told

while sleep "${POLL_SECONDS:-5}"; do
  notice=$(metadata spot/instance-action) || continue # 404: no notice
  # Looked at again each time: a container may have been starting when the notice came.
  for container in $(docker ps -q --filter "label=com.amazonaws.ecs.task-definition-family=$TASK_FAMILY"); do
    [[ -n ${told[$container]-} ]] && continue
    echo "Spot notice $notice: TERM to $container"
    docker kill --signal TERM "$container" && told[$container]=1
  done
done
