# One image for the portal, the integrator and the command line.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    LEDGER_DATA=/data \
    LEDGER_HOST=0.0.0.0

WORKDIR /opt/donation-ledger

COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml requirements.in README.md LICENSE ./
COPY ledger/ ledger/
COPY projections/ projections/
COPY receipts/ receipts/
COPY api/ api/
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .

RUN install --directory --mode=0700 --owner=10001 --group=10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]

ENTRYPOINT ["donation-ledger"]
CMD ["serve"]
