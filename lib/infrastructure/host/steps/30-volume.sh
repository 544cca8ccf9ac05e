#!/usr/bin/env bash
# Docker's folder on the data volume, with project quotas: only XFS with pquota lets overlay2 limit what each container
# writes, so that one job that fills its disk cannot fill the others'. Docker already runs at this point: stopped first.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"
folder=${DOCKER_FOLDER:-/var/lib/docker}
daemon=${DOCKER_DAEMON_JSON:-/etc/docker/daemon.json}

# NVMe numbers shift where the machine has disks of its own: the data volume is the one EBS disk that does not hold /.
# On Xen machines disks have no model, and the volume keeps the name it was given.
data_disk() {
  local root TYPE NAME MODEL
  root=$(lsblk -ndo PKNAME "$(findmnt -nvo SOURCE /)")
  while read -r line; do
    eval "$line" # NAME="nvme1n1" TYPE="disk" MODEL="Amazon Elastic Block Store", quoted by lsblk
    [[ $TYPE == disk && $NAME != "$root" ]] || continue
    [[ $MODEL == 'Amazon Elastic Block Store' || $NAME == xvdcz ]] && echo "/dev/$NAME"
  done < <(lsblk -dnPo NAME,TYPE,MODEL)
}

mountpoint -q "$folder" && exit 0

mapfile -t found < <(data_disk)
if ((${#found[@]} != 1)); then
  echo "expected one data volume, found ${#found[@]}: ${found[*]-}"
  lsblk
  exit 1
fi
disk=${found[0]}

systemctl stop ecs docker.socket docker containerd
[[ $(blkid -o value -s TYPE "$disk") == xfs ]] || mkfs.xfs -q -f "$disk"
mkdir -p "$folder"
mount -o pquota "$disk" "$folder"
echo "UUID=$(blkid -o value -s UUID "$disk") $folder xfs pquota,nofail 0 2" >>"${FSTAB:-/etc/fstab}"

mkdir -p "$(dirname "$daemon")"
# Merged: the GPU image's file names the NVIDIA runtime.
python3 - "$daemon" "$CONTAINER_DISK_BYTES" <<'EOF'
import json, os, sys
path, size = sys.argv[1:]
settings = json.load(open(path)) if os.path.exists(path) else {}
settings["storage-driver"] = "overlay2"
settings["storage-opts"] = [f"overlay2.size={size}"]
json.dump(settings, open(path, "w"), indent=2)
EOF
systemctl start containerd docker

# Docker's newer image store drops the limit without a word.
driver=$(docker info --format '{{.Driver}}')
if [[ $driver != overlay2 ]]; then
  echo "Docker uses the storage driver '$driver', which cannot limit a container's disk: overlay2 is needed"
  exit 1
fi
