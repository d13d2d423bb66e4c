# syntax=docker/dockerfile:1
# The server in a small image: one binary with its static assets inside, a user without rights, nothing to write to but /data.

FROM rust:1-slim-bookworm AS build
WORKDIR /source
COPY . .
# The caches stay on the building machine; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --bin nextcrm && cp target/release/nextcrm /nextcrm

FROM debian:bookworm-slim
# Certificates for calls to the outside; the numeric user lets an orchestrator see that it is not root.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin nextcrm \
    && install -d -o nextcrm -g nextcrm -m 0700 /data
COPY --from=build /nextcrm /usr/local/bin/nextcrm
USER 10001:10001
WORKDIR /
# Production from the start: what is missing (database, secrets, addresses) is named, and nothing is open in the meantime.
ENV APP_ENV=production BIND_ADDR=0.0.0.0:8080 DATA_DIR=/data LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
# bash opens the connection itself, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${BIND_ADDR##*:} && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["nextcrm"]
CMD ["serve"]
