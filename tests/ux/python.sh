#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a check of the screen, or says why it cannot.
for need in python3 tmux; do
    if ! command -v "$need" >/dev/null 2>&1; then
        echo "1..0 # SKIP no $need"
        exit 0
    fi
done
exec python3 "$@"
