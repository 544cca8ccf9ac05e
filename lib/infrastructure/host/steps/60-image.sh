#!/usr/bin/env bash
# The image, pulled while the machine still boots. Not fatal: the agent pulls again, and says in words what is wrong.
set -uo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"

case $IMAGE_LOGIN in
  secret) exit 0 ;; # only the task's own role may read the secret
  ecr) aws ecr get-login-password --region "$IMAGE_REGION" | docker login --username AWS --password-stdin "${IMAGE%%/*}" || exit 0 ;;
esac

for attempt in 1 2 3; do
  timeout 900 docker pull -q "$IMAGE" && exit 0
  echo "pull failed (attempt $attempt)"
  sleep "$((attempt * 5))"
done
exit 0
