"""Run facts: headers of a record that say when, on what and from where it was made.

They stand beside the value because they differ from run to run, while a value is a function of its article and
producer alone.

Pure: no clock; who writes says what time it is.
"""

from readout.schemas.envelope import Header, Record
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import DEAD_LETTERS, MANIFESTS

RECORDED_TIME = "ce_recordedtime"
SOURCE_PARTITION = "ce_sourcepartition"
SOURCE_OFFSET = "ce_sourceoffset"
ENVIRONMENT = "ce_environment"
APPLICATION = "ce_application"
# Added by whoever traces.
TRACE_CONTEXT = ("traceparent", "tracestate")
# In this order, each at most once.
RUN_FACTS = (
    RECORDED_TIME,
    SOURCE_PARTITION,
    SOURCE_OFFSET,
    APPLICATION,
    ENVIRONMENT,
    *TRACE_CONTEXT,
)


def with_run_facts(
    record: Record,
    source: StoredRecord,
    recorded_time: str,
    environment: str | None = None,
    application: str | None = None,
) -> Record:
    """Say beside the value when and where the record was made; of manifests also by which application, and on what.

    A dead letter keeps the headers that it came with and has its own way to say where that was.
    """
    if record.topic == DEAD_LETTERS.stem:
        return record
    facts: tuple[Header, ...] = (
        (RECORDED_TIME, recorded_time.encode()),
        (SOURCE_PARTITION, str(source.partition).encode()),
        (SOURCE_OFFSET, str(source.offset).encode()),
    )
    if record.topic == MANIFESTS.stem:
        more = ((APPLICATION, application), (ENVIRONMENT, environment))
        facts = (*facts, *((name, text.encode()) for name, text in more if text))
    return Record(record.topic, record.key, record.value, (*record.headers, *facts))
