# The bot alone, without the sandbox and the tests: `docker build -t reelcast .`, then see README.md.

FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.lock .
# Only wheels whose hashes are in the lock file are installed, and nothing is compiled.
RUN /venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes \
    -r requirements.lock \
    && /venv/bin/pip uninstall --quiet --yes pip
COPY bot bot
COPY cogs cogs
RUN /venv/bin/python -m compileall -q bot cogs \
    && /venv/bin/python -c "from bot.ui.language import read_catalogues; read_catalogues()"

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Reelcast" org.opencontainers.image.licenses="MIT"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
# The code belongs to root. Only /app/data belongs to the bot. The user has a number for hosts that match users by it.
RUN groupadd --gid 10001 reelcast \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin reelcast \
    && install --directory --owner 10001 --group 10001 --mode 0700 /app/data
WORKDIR /app
COPY LICENSE ./
COPY --from=build /venv /venv
COPY --from=build /build/bot bot
COPY --from=build /build/cogs cogs
USER 10001:10001
# The database and the files in progress. Everything else can be read-only (`--read-only --tmpfs /tmp`).
VOLUME /app/data
STOPSIGNAL SIGTERM
# /healthz is on the container's own loopback, so nothing outside can reach it. With port 0, it's off.
# podman and buildah keep the check only with `--format docker`.
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; p = os.environ.get('HTTP_PORT') or '8080'; p == '0' or r.urlopen(f\"http://127.0.0.1:{p}/healthz\", timeout=5)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
