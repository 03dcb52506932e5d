"""The Faust app of the derive worker: built here, and only here.

Faust gives what a group of consumers needs: membership, assignment, back pressure, and batches without automatic
acknowledgement. It is told where to start by the log (`assignment`), not by the offsets that the group has
committed; those are kept up for people who look at the lag.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, cast

import faust
from faust.tables import TableManager
from faust.types import TP, AppT, ConsumerT, Message

from readout.streams.kafka.connection import StoredRecord, tls_context
from readout.streams.log.topics import NEWS, topic_name
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings
from readout.streams.worker.faust_consumer import Assign, Fail, GroupApp, SealedConsumer
from readout.streams.worker.pipelines import Pipelines, Process, Taken

log = EventLogger(__name__)
_BATCH_WITHIN_SECONDS = 0.05
_STREAM_BUFFER = 64
_POLL_RECORDS = 50
_HEARTBEATS_PER_SESSION = 6
_PRODUCER_OVERHEAD_BYTES = 128 * 1024
# Each step of opening a writer has a limit of its own; when this one is up Faust would go on without it.
_OPENING_SECONDS = 86_400.0


class RawSchema(faust.Schema[Any, Any]):
    """Hands on the bytes as they are: a decoding error inside Faust would acknowledge the record unseen."""

    def loads_key(self, app: AppT, message: Message, **_: Any) -> bytes | None:  # noqa: ANN401, ARG002
        """The key."""
        key: bytes | None = message.key
        return key

    def loads_value(self, app: AppT, message: Message, **_: Any) -> bytes:  # noqa: ANN401, ARG002
        """The value; the agent reads it from the message, where a missing one is told from an empty one."""
        return message.value or b""


class _NoTables(TableManager):
    """Starts at once: Faust gives tables a second to be declared, and there are none."""

    async def on_start(self) -> None:
        """As Faust's, without the second."""
        await self._update_channels()
        await self.recovery.start()


class DeriveApp(GroupApp):
    """An app with one agent, which waits for the batch at hand, but not for ever."""

    has_failed = False
    batch_patience_seconds: float
    pipelines: Pipelines

    def _new_consumer(self) -> ConsumerT:
        consumer: ConsumerT = super()._new_consumer()
        cast("SealedConsumer", consumer).callback = self.hand_on
        return consumer

    async def hand_on(self, message: Message) -> None:
        """Give a record to the agent, unless it comes too early.

        Faust fetches from partitions that are new to it before it has made a way to the agent for them, if it had
        none at all until then. Such a record is fetched again: a seek follows every assignment.
        """
        try:
            await self.topics.on_message(message)
        except KeyError as unknown:
            if unknown.args != (message.tp,):
                raise
            log.debug("record.early", partition=message.partition, offset=message.offset)

    async def _consumer_wait_empty(self, consumer: ConsumerT, logger: Any) -> None:  # noqa: ANN401
        """Wait for the batch at hand, but not for ever: a rebalance must not wait for an agent that waits for it.

        Giving up is safe: what is acknowledged later, or never, decides nothing. The log does.
        """
        if self.has_failed:
            return
        self.pipelines.give_up()
        # Its loop swallows a cancellation; without anything to wait for it ends.
        giving_up = asyncio.get_running_loop().call_later(self.batch_patience_seconds, consumer.unacked.clear)
        try:
            await super()._consumer_wait_empty(consumer, logger)
        finally:
            giving_up.cancel()

    def _create_directories(self) -> None:
        """None: all that a worker knows is in the log."""

    async def start_at(self, number: int, offset: int) -> None:
        """Read a partition of news from an offset on."""
        for place in self._places(number):
            await cast("SealedConsumer", self.consumer).start_at(place, offset)

    async def commit_acknowledged(self) -> None:
        """Tell the group how far we are, for people who look at the lag."""
        await self.consumer.commit()

    def hold(self, number: int, is_held: bool) -> None:  # noqa: FBT001 - called by position
        """Fetch nothing more of a partition, or go on with it."""
        for place in self._places(number):
            if is_held:
                self.consumer.on_buffer_full(place)
            else:
                self.consumer.on_buffer_drop(place)

    def _places(self, number: int) -> list[TP]:
        return [place for place in self.consumer.assignment() if place.partition == number]


def create_app(settings: Settings, *, assign: Assign, process: Process, fail: Fail) -> DeriveApp:
    """The app with its one agent.

    Args:
        settings: where the brokers are, and the group's name.
        assign: called with the partitions that are ours from now on; returns the first offset of each.
        process: called with each batch of a partition; what it was given is acknowledged when it returns.
        fail: called with what makes going on impossible; the caller ends the process.
    """
    app = DeriveApp(settings.group_id, **_configuration(settings))
    app.pipelines = Pipelines(
        settings.batch_size, process, commit=app.commit_acknowledged, hold=app.hold, fail=fail
    )
    app.assign = assign
    app.fail = fail
    # Joining the group is one request, answered when all members have joined.
    app.request_timeout_seconds = settings.rebalance_timeout_seconds + settings.request_timeout_seconds
    app.batch_patience_seconds = settings.rebalance_timeout_seconds / 2
    news = app.topic(topic_name(settings, NEWS.stem), schema=RawSchema(), key_type=bytes, value_type=bytes)

    async def derive(stream: Any) -> None:  # noqa: ANN401 - Faust's stream
        async for events in stream.noack_take(settings.batch_size, within=_BATCH_WITHIN_SECONDS):
            for event in events:
                app.pipelines.put(_taken(app, stream, event))

    app.agent(news, name="derive", concurrency=1)(derive)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    session = settings.session_timeout_seconds
    return {
        "broker": [f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")],
        "broker_credentials": _credentials(settings),
        "store": "memory://",
        "TableManager": _NoTables,
        "web_enabled": False,
        "autodiscover": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "stream_wait_empty": True,
        "stream_buffer_maxsize": _STREAM_BUFFER,
        "broker_max_poll_records": _POLL_RECORDS,
        "broker_session_timeout": session,
        "broker_heartbeat_interval": session / _HEARTBEATS_PER_SESSION,
        "broker_rebalance_timeout": settings.rebalance_timeout_seconds,
        "broker_request_timeout": _OPENING_SECONDS,
        "consumer_max_fetch_size": settings.max_record_bytes,
        "consumer_auto_offset_reset": "earliest",
        "producer_request_timeout": settings.request_timeout_seconds,
        "producer_max_request_size": settings.max_record_bytes + _PRODUCER_OVERHEAD_BYTES,
    }


def _credentials(settings: Settings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    context: ssl.SSLContext | None = tls_context(settings)
    if settings.security_protocol.startswith("SASL"):
        password = settings.sasl_password
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=password.get_secret_value() if password else None,
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def _taken(app: DeriveApp, stream: Any, event: Any) -> Taken:  # noqa: ANN401 - Faust's
    return Taken(
        _stored(event.message),
        acknowledge=lambda: stream.ack(event),
        give_up=lambda: app.consumer.unacked.discard(event.message),
    )


def _stored(message: Any) -> StoredRecord:  # noqa: ANN401 - Faust's message
    headers = message.headers or ()
    return StoredRecord(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=round(message.timestamp * 1000),
        timestamp_type=message.timestamp_type,
        key=message.key,
        value=message.value,
        headers=tuple(headers.items() if isinstance(headers, Mapping) else headers),
    )
