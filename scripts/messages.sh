#!/bin/sh
# Collect new texts into each app's French catalogue, then compile all catalogues.
set -eu
cd "$(dirname "$0")/.."
manage="$(pwd)/.venv/bin/django-admin"
for app in src/disrupt/hotline/*/locale; do
  (cd "$(dirname "$app")" && "$manage" makemessages --locale fr --no-location --no-obsolete && "$manage" compilemessages)
done
