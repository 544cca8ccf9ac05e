#!/usr/bin/env bash
# What the ECS image lacks. dnf can meet the Systems Manager agent's own dnf at boot: tried again.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"

packages=(awscli-2 unzip xfsprogs)
[[ -n $MOUNT_BUCKET ]] && packages+=(mount-s3)

for attempt in 1 2 3 4 5 6; do
  dnf install -y -q "${packages[@]}" && exit 0
  echo "dnf failed (attempt $attempt)"
  sleep "$((attempt * 5))"
done
exit 1
