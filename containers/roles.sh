#!/bin/sh
# Run once by the database's image, when its folder is empty: a role for each process, with its own password.
# What each may do is given later, by `disrupt-hotline grants`.
set -eu
for process in portal console exchange worker answers checker taking watch; do
  upper=$(echo "$process" | tr '[:lower:]' '[:upper:]')
  eval "password=\$DISRUPT_${upper}_PASSWORD"
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v role="disrupt-$process" -v password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
SQL
done
