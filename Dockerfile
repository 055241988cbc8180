FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home leadhouse \
    && install --directory --owner leadhouse /leadhouse /data

USER leadhouse
WORKDIR /leadhouse
ENV LEADHOUSE_HOME=/data \
    PATH=/leadhouse/.venv/bin:$PATH \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    RUNTIME__DLTHUB_TELEMETRY=false

COPY --chown=leadhouse . .
RUN make setup && rm -rf ~/.cache

VOLUME /data
CMD ["leadhouse", "--help"]
