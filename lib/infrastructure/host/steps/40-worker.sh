#!/usr/bin/env bash
# The worker, its Node and the C library that both run on, in a folder named after their digest, which containers mount
# read-only: the user's image need bring none of them. Moved into place whole: Docker would make a folder that is missing.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"
# shellcheck source=/dev/null
. "$(dirname "$0")/../metadata.sh"
target=$WORKER_ROOT/$WORKER_DIGEST
[[ -d $target ]] && exit 0

mkdir -p "$WORKER_ROOT"
work=$(mktemp -d "$WORKER_ROOT/new.XXXXXX")

fetch() {
  local attempt
  for attempt in 1 2 3 4 5; do
    aws s3 cp --region "$AWS_REGION" --only-show-errors "$1" "$work/asset.zip" && break
    ((attempt < 5)) || return 1
    sleep "$((attempt * 3))"
  done
  unzip -q -o "$work/asset.zip" -d "$work"
  rm "$work/asset.zip"
}

fetch "$WORKER_ASSET"
fetch "$NODE_ASSET"
chmod 755 "$work/node"

mkdir "$work/lib"
for library in "$LOADER" libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 libstdc++.so.6 libgcc_s.so.1; do
  # Read to its end: an awk that left early would break ldconfig's pipe, and pipefail makes that an error now and then.
  path=$(ldconfig -p | awk -v name="$library" '$1 == name && !found { print $NF; found = 1 }')
  if [[ -z $path ]]; then
    echo "the machine's system has no $library"
    exit 1
  fi
  cp -L "$path" "$work/lib/$library"
done
chmod -R a+rX "$work"

# Containers cannot ask for these: the hop limit of 1 keeps them from the machine's metadata.
printf '{"machine_type":"%s","zone":"%s","instance":"%s"}\n' \
  "$(metadata instance-type)" "$(metadata placement/availability-zone)" "$(metadata instance-id)" >"$work/machine.json"

"$work/lib/$LOADER" --library-path "$work/lib" "$work/node" --version
mv "$work" "$target"
