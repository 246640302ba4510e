#!/bin/sh
# Write .env, with a new password for each role of the database, and hotline.env, for the hotline's settings.
set -eu
cd "$(dirname "$0")"
umask 077
[ ! -e .env ] || { echo ".env is there already: its passwords are the database's." >&2; exit 1; }
{
  echo "DISRUPT_HOSTS=${1:?the name of the portal, for example portal.example.org}"
  for role in OWNER PORTAL CONSOLE EXCHANGE WORKER ANSWERS CHECKER TAKING WATCH; do
    echo "DISRUPT_${role}_PASSWORD=$(openssl rand -hex 24)"
  done
} > .env.new
mv .env.new .env
[ -e hotline.env ] || echo '# Settings of all processes (docs/operating.md), one a line: DISRUPT_HOTLINE_NAME=...' > hotline.env
