#!/bin/sh
# Run a command with a PostgreSQL of its own: a private folder, a private port, loopback only, gone afterwards.
# Where DISRUPT_TEST_DATABASE is set already, that server is used instead.
set -eu
if [ -n "${DISRUPT_TEST_DATABASE:-}" ]; then exec "$@"; fi
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
home=$(mktemp -d /tmp/disrupt-postgres.XXXXXX)
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown postgres "$home"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$as "$bin/initdb" --pgdata "$home/data" --username disrupt --auth trust --no-sync >/dev/null
$as "$bin/pg_ctl" --pgdata "$home/data" --log "$home/log" --wait --silent \
  --options "-c listen_addresses=127.0.0.1 -p $port -k $home -c fsync=off -c full_page_writes=off" start
stop() {
  $as "$bin/pg_ctl" --pgdata "$home/data" --mode immediate --silent stop || true
  rm -rf "$home"
}
trap stop EXIT INT TERM
DISRUPT_TEST_DATABASE="postgresql://disrupt@127.0.0.1:$port/postgres" "$@"
