# The everyday commands; `just` alone lists them.

set dotenv-load := false

_default:
    @just --list --unsorted

# Start the server in development mode; made-up data and a sign-in are printed
run *arguments:
    cargo run -- {{ arguments }}

# All tests, on SQLite and, where its programs are installed, on PostgreSQL
test *arguments:
    cargo test --workspace {{ arguments }}

# The tests of one crate: `just test-crate tenancy subdomain`
test-crate crate *filter:
    cargo test -p {{ crate }} {{ filter }}

# Format, lints, house rules: what to run before a commit
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test -p test-support --test architecture

# Everything that continuous integration runs
ci:
    .ci/run

# Load a release build on PostgreSQL and print requests/s, p50, p99 and memory next to the floor
bench *arguments:
    cargo build --release -p nextcrm
    cargo run --release -p nextcrm-bench -- {{ arguments }}

# Count the instructions of the hottest paths, against their limits (needs valgrind and gungraun-runner; `.ci/run` installs both)
bench-instructions:
    cargo bench -p kernel -p auth --bench hot_paths

# What bodies that are hard to read cost a release build, by size: the cost of each KiB must not grow
bench-bodies:
    cargo build --release -p nextcrm
    cargo run --release -p nextcrm-bench -- --bodies

# Write docs/openapi.json anew from the handlers
openapi:
    APP_ENV=production cargo run --quiet -- openapi > docs/openapi.json.new
    mv docs/openapi.json.new docs/openapi.json

# Migrate the configured database: `just migrate`, `just migrate status`, `just migrate down`
migrate *arguments="up":
    cargo run --quiet -- migrate {{ arguments }}

# Fill the configured database with made-up data: `just seed --tenants 1000 --users-per-tenant 5`
seed *arguments:
    cargo run --release -- seed {{ arguments }}

# PostgreSQL, Redis and a mail catcher for local work
services action="up -d --wait":
    docker compose {{ action }}

# Known holes, licences, duplicates and sources of the dependencies (needs cargo-deny)
deny:
    cargo deny check
