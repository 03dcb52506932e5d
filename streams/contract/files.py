"""The published contract, whole: schemas and examples of the events, and the topics as AsyncAPI.

Reads:  the declarations of events and topics, with the settings' defaults and no environment
Writes: nothing; names and bytes come back
"""

from collections.abc import Mapping

from readout.schemas.asyncapi import Channel, asyncapi_document
from readout.schemas.contract import contract_files
from readout.schemas.envelope import SALT
from readout.schemas.headers import SALT_MEANING
from readout.schemas.yaml_text import to_yaml
from readout.streams.log.dead_letters import PREFIX
from readout.streams.log.topics import CHECKPOINTS, DEAD_LETTERS, SEALS, TOPICS, Topic, topic_config
from readout.streams.settings import Settings

ASYNCAPI = "asyncapi.yaml"

_OF_DEAD_LETTERS = {
    "topic": "Topic of the original record.",
    "partition": "Partition of the original record.",
    "offset": "Offset of the original record.",
    "connector.name": "Application id of the worker that gave up.",
    "stage": "VALUE_CONVERTER: unreadable; TRANSFORMATION: readable, but it could not be processed.",
    "exception.class.name": "Kind of error.",
    "exception.message": "The error in one line.",
    "exception.stacktrace": "Where it broke, if our code did; absent where the data alone is to blame.",
}

_OF_CHECKPOINTS = {
    "ce_type": "readout.checkpoint.signed.v1",
    "ce_id": "sha256 of the note.",
    "ce_source": "Who signed.",
    "ce_subject": "The partition that was signed, such as news-0.",
    "ce_time": "When it was signed.",
    "ce_specversion": "1.0",
    "ce_treesize": "How many records the tree has.",
    "ce_nextoffset": "One past the offset of the last record that is covered, as the note says.",
    "ce_frontier": "The roots of the tree's complete subtrees, to go on from where the records before are gone.",
    SALT: SALT_MEANING,
    "content-type": "text/plain: a signed note in the form of C2SP tlog-checkpoint.",
}

_OF_SEALS = {
    "ce_type": "readout.seals.paged.v1",
    "ce_id": "sha256 of the value.",
    "ce_source": "Who wrote the page.",
    "ce_subject": "The offset of the first manifest, as the key.",
    "ce_specversion": "1.0",
    SALT: SALT_MEANING,
    "content-type": "application/json: a page as docs/formats.md has it.",
}


def published_files() -> dict[str, bytes]:
    """Name and content of every file of the contract."""
    document = asyncapi_document([_channel(topic) for topic in TOPICS])
    return {**dict(contract_files()), ASYNCAPI: to_yaml(document)}


def _channel(topic: Topic) -> Channel:
    defaults = Settings.model_validate({})
    return Channel(
        stem=topic.stem,
        key=topic.key,
        events=topic.events,
        meaning=topic.meaning,
        partitions=defaults.partitions,
        replicas=defaults.replication_factor,
        config=topic_config(defaults, topic),
        headers=_headers(topic),
    )


def _headers(topic: Topic) -> Mapping[str, str]:
    if topic == CHECKPOINTS:
        return _OF_CHECKPOINTS
    if topic == SEALS:
        return _OF_SEALS
    if topic == DEAD_LETTERS:
        return {PREFIX + name: meaning for name, meaning in _OF_DEAD_LETTERS.items()} | {SALT: SALT_MEANING}
    return {}
