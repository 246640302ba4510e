#!/bin/sh
# Collect new texts into each app's French catalogue, then compile all catalogues.
# The portal's other languages keep what is translated into them: no guesses, and nothing that no page says any more.
set -eu
cd "$(dirname "$0")/.."
manage="$(pwd)/.venv/bin/django-admin"
for app in src/disrupt/hotline/*/locale; do
  (cd "$(dirname "$app")" && "$manage" makemessages --locale fr --no-location --no-obsolete --keep-pot)
  for catalogue in "$app"/*/LC_MESSAGES/django.po; do
    case "$catalogue" in "$app"/fr/*) continue ;; esac
    msgmerge --quiet --no-fuzzy-matching "$catalogue" "$app/django.pot" |
      msgattrib --no-obsolete --translated --output-file "$catalogue.new"
    mv "$catalogue.new" "$catalogue"
  done
  rm "$app/django.pot"
  (cd "$(dirname "$app")" && "$manage" compilemessages)
done
