#!/usr/bin/env bash
# Shows that nothing acknowledged is lost when the server is killed, and nothing happens twice:
#
#   scripts/crash-test.sh sqlite                                 # a fresh file in a temporary directory
#   scripts/crash-test.sh postgres://user:pw@host/empty_database # a database of yours; it is migrated and filled
#
# Fires 200 parallel POST /api/admin/tenants, each with its Idempotency-Key, at a server of its own, ends it with kill -9 when
# about a third are acknowledged, starts it again, sends all 200 again with their keys, and checks that
#   - every acknowledged tenant is there, and its repeated request gives the first answer again, byte for byte;
#   - every key made one tenant, with one TENANT_CREATED entry in an audit trail whose chain verifies;
#   - every tenant has one event in the outbox, and its owner one invitation in the development mailbox.
# Exit codes: 0 all of it holds, 1 something does not, 2 wrong use. Needs python3, and psql to look into PostgreSQL's outbox.
# Variables: NEXTCRM (the binary, default target/debug/nextcrm), REQUESTS (200), KILL_AFTER (acknowledgements, a third).
set -euo pipefail

usage() { sed -n '2,5p' "$0" | cut -c3- >&2; exit 2; }
[ $# -eq 1 ] || usage

root=$(cd "$(dirname "$0")/.." && pwd)
binary=${NEXTCRM:-$root/target/debug/nextcrm}
[ -x "$binary" ] || { echo "no binary at $binary: run cargo build, or set NEXTCRM" >&2; exit 2; }
binary=$(realpath "$binary")

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

case $1 in
    sqlite) export DATABASE_URL=sqlite://$work/data/crash.db ;;
    postgres://* | postgresql://*) export DATABASE_URL=$1 ;;
    *) usage ;;
esac

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
export APP_ENV=development DEMO_DATA=false DATA_DIR=$work/data BIND_ADDR=127.0.0.1:$port RUST_LOG=${RUST_LOG:-warn}
export CRASH_BASE=http://127.0.0.1:$port CRASH_WORK=$work CRASH_EMAIL=crash-$$@nextcrm.localhost
export CRASH_PASSWORD="Kill-9-and-$RANDOM-come-Back" CRASH_RUN=$$
export REQUESTS=${REQUESTS:-200}
export KILL_AFTER=${KILL_AFTER:-$((REQUESTS / 3))}
# Away from the repository, so that its .env is not read.
cd "$work"

start() {
    "$binary" serve >>"$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 1 300); do
        if curl -fsS -o "$work/ready" "$CRASH_BASE/health/ready" 2>/dev/null; then return; fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "the server does not get ready:" >&2
    tail -n 20 "$work/server.log" >&2
    exit 1
}

"$binary" migrate up >"$work/migrate.log" 2>&1 || { cat "$work/migrate.log" >&2; exit 1; }
printf '%s' "$CRASH_PASSWORD" | "$binary" create-admin --email "$CRASH_EMAIL" --first-name Crash --last-name Test \
    --role SUPER_ADMIN --password-stdin >"$work/admin.log" 2>&1 || { cat "$work/admin.log" >&2; exit 1; }

echo "== $REQUESTS parallel creations, kill -9 after $KILL_AFTER acknowledgements"
start
CRASH_PID=$server python3 "$root/scripts/crash_test.py" load
wait "$server" 2>/dev/null || true

echo "== the server again"
start
python3 "$root/scripts/crash_test.py" check
kill -TERM "$server"
wait "$server" || { echo "FAILED: the server did not stop cleanly" >&2; exit 1; }
server=
echo "== all of it holds"
