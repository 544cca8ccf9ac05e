#!/usr/bin/env bash
# The ECS agent's settings, first of all: whatever fails later, the agent never joins another cluster.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"
config=${ECS_CONFIG:-/etc/ecs/ecs.config}

# Appended, for the GPU image has lines of its own; once, should cloud-init run again.
grep -qs "^ECS_CLUSTER=$ECS_CLUSTER\$" "$config" && exit 0
mkdir -p "$(dirname "$config")"
cat >>"$config" <<EOF
ECS_CLUSTER=$ECS_CLUSTER
ECS_INSTANCE_ATTRIBUTES=$ECS_ATTRIBUTES
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
ECS_CONTAINER_STOP_TIMEOUT=${STOP_TIMEOUT_SECONDS}s
ECS_RESERVED_MEMORY=$RESERVED_MEMORY_MIB
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true
ECS_DISABLE_PRIVILEGED=true
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=2m
EOF
