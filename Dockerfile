# The derive worker, and every other readout command: docker run IMAGE COMMAND
FROM python:3.12-slim

# Nothing is written outside the log, so nobody needs to be root.
RUN useradd --create-home --uid 10001 readout
WORKDIR /srv/readout

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY schemas schemas
COPY streams streams
COPY src src
COPY seeds seeds
COPY seeds_many seeds_many
RUN pip install --no-cache-dir .

USER readout
ENV PYTHONUNBUFFERED=1
# The signal of `docker stop` reaches the worker itself: there is no shell in between.
ENTRYPOINT ["readout"]
CMD ["worker"]
