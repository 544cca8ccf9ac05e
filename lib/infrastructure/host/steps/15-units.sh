#!/usr/bin/env bash
# What keeps running: the Spot notice watcher and the idle watchdog. Before all that may fail: a machine that cannot take
# jobs must end, too, when there is no monitor to end it.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

cp "$here"/units/* "${UNITS:-/etc/systemd/system}/"
systemctl daemon-reload
systemctl enable --now distributed-fiji-spot-notice.service distributed-fiji-idle.timer
