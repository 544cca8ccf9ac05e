#!/usr/bin/env bash
# The bucket of images as a read-only folder, before the agent starts: it passes no later mounts on to containers.
# Mountpoint finds the bucket's region itself. A unit, so that a mount that dies comes back for the next container.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/../settings.sh"
[[ -n $MOUNT_BUCKET ]] || exit 0

options=(--read-only --allow-other)
# Without it Mountpoint may take 95% of the memory that containers were promised. Since 1.24.
known=$(mount-s3 --help)
[[ $known == *--memory-target* ]] && options+=(--memory-target "$MOUNT_MEMORY_MIB")

mkdir -p "$MOUNT_FOLDER"
cat >"${UNITS:-/etc/systemd/system}/distributed-fiji-mount.service" <<EOF
[Unit]
Description=Bucket $MOUNT_BUCKET for Distributed-Fiji
Wants=network-online.target
After=network-online.target
[Service]
Type=forking
ExecStart=/usr/bin/mount-s3 ${options[*]} $MOUNT_BUCKET $MOUNT_FOLDER
ExecStopPost=-/usr/bin/umount -l $MOUNT_FOLDER
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now distributed-fiji-mount.service || journalctl -u distributed-fiji-mount.service -n 20 --no-pager

if ! mountpoint -q "$MOUNT_FOLDER"; then
  echo "the bucket $MOUNT_BUCKET could not be mounted: does it exist, and may this account read it?"
  exit 1
fi
