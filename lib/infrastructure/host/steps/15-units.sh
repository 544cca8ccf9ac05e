#!/usr/bin/env bash
# What keeps running: the Spot notice watcher and the idle watchdog.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

cp "$here"/units/* "${UNITS:-/etc/systemd/system}/"
systemctl daemon-reload
systemctl enable --now distributed-fiji-spot-notice.service distributed-fiji-idle.timer
