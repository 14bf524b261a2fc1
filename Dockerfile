# Safe Return, without a database: set SAFE_RETURN_DATABASE_URL. compose.yaml shows a whole installation.
# BASE is a Debian 13, or one of its own that an organisation keeps.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/runtime.txt /tmp/runtime.txt
RUN pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --only-binary=:all: -r /tmp/runtime.txt
COPY . /app
WORKDIR /app
# The service runs from /app, where its migrations lie beside it; Python's compiled files are made now, because /app
# cannot be written later.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable . \
    && python -m compileall -q service migrations

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin safe-return \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SAFE_RETURN_EMBEDDED=false \
    SAFE_RETURN_VAR=/data
# The one place that is written: the key file and the mark beside it. Everything else may be mounted read-only, with a tmpfs on /tmp.
VOLUME ["/data"]
WORKDIR /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["safe-return", "serve", "--host", "0.0.0.0", "--port", "8000"]
