"""The Faust app of the derive worker: built here, and only here.

Faust gives what a group of consumers needs: membership, assignment, back pressure, and batches without automatic
acknowledgement. It is told where to start by the log (`assignment`), not by the offsets that the group has
committed; those are kept up for people who look at the lag.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, cast

import faust
import structlog
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError
from faust.tables import TableManager
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, AppT, ConsumerT, Message
from mode import Service
from mode.threads import WorkerThread

from streams.errors import ConfigurationError, ReadoutError, TransientError
from streams.kafka.connection import StoredRecord, tls_context
from streams.settings import Settings
from streams.topics import NEWS, topic_name

log = structlog.get_logger(__name__)
_BATCH_WITHIN_SECONDS = 0.05
_STREAM_BUFFER = 64
_POLL_RECORDS = 50
_HEARTBEATS_PER_SESSION = 6
_PRODUCER_OVERHEAD_BYTES = 128 * 1024
_CONSUMER_STOPS_WITHIN_SECONDS = 5.0
_GROUP_LOOK_SECONDS = 1.0
# Each step of opening a writer has a limit of its own; when this one is up Faust would go on without it.
_OPENING_SECONDS = 86_400.0

Assign = Callable[[set[int]], Awaitable[dict[int, int]]]
Process = Callable[[Sequence[StoredRecord]], Awaitable[None]]
Fail = Callable[[BaseException], None]


class RawSchema(faust.Schema[Any, Any]):
    """Hands on the bytes as they are: a decoding error inside Faust would acknowledge the record unseen."""

    def loads_key(self, app: AppT, message: Message, **_: Any) -> bytes | None:  # noqa: ANN401, ARG002
        """The key."""
        key: bytes | None = message.key
        return key

    def loads_value(self, app: AppT, message: Message, **_: Any) -> bytes:  # noqa: ANN401, ARG002
        """The value; the agent reads it from the message, where a missing one is told from an empty one."""
        return message.value or b""


class _EndingThread(WorkerThread):
    """Never keeps a process that wants to end, whatever its connections are waiting for."""

    def __init__(self, service: Any, **options: Any) -> None:  # noqa: ANN401 - its own signature
        super().__init__(service, **options)
        self.daemon = True

    def stop(self) -> None:
        """Wait for the end, but not for ever: this is called in the event loop."""
        self.is_stopped.wait(_CONSUMER_STOPS_WITHIN_SECONDS)


class _ConsumerThread(AIOKafkaConsumerThread):
    app: "DeriveApp"
    Worker = _EndingThread

    @Service.task
    async def _watch_group(self) -> None:
        """Hear what goes wrong in the group: aiokafka waits until somebody has, and Faust never asks."""
        while not self.should_stop:
            await self.sleep(_GROUP_LOOK_SECONDS)
            coordinator = getattr(self._consumer, "_coordinator", None)
            if coordinator is not None:
                failure = group_failure(coordinator, self.app.conf.id)
                if failure is not None:
                    self.parent_loop.call_soon_threadsafe(self.app.fail, failure)
                    return

    async def on_thread_stop(self) -> None:
        """Leave the group, if the brokers answer; without an answer they will notice."""
        # A cancellation that aiokafka has swallowed is repeated by the time-out as well. Without brokers it lets
        # that of a task of its own out: the thread would end without saying so, and be waited for for ever.
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(super().on_thread_stop(), _CONSUMER_STOPS_WITHIN_SECONDS)

    def _create_worker_consumer(self, transport: Any) -> Any:  # noqa: ANN401 - Faust's signature
        consumer = super()._create_worker_consumer(transport)
        # Faust ties this to its own transactions, which we do not use; others may publish in transactions.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        # Faust has one setting for this and for how long `perform_seek` may take, which reads a whole log.
        consumer._client._request_timeout_ms = round(self.app.request_timeout_seconds * 1000)  # noqa: SLF001
        return consumer


def group_failure(coordinator: Any, group: str) -> ReadoutError | None:  # noqa: ANN401 - aiokafka's own
    """Why this worker cannot be a member of its group; None if it can, or if trying again may help."""
    try:
        coordinator.check_errors()
    except GroupAuthorizationFailedError:
        return ConfigurationError(
            f"joining the group {group!r}: the broker refuses; the user needs READ on that consumer group "
            f"(READOUT_APPLICATION_ID)"
        )
    except KafkaError as error:
        if coordinator._coordination_task.done():  # noqa: SLF001 - it tells nobody else
            return TransientError(f"the group {group!r} has lost us: {error}")
        log.warning("group.error", error=f"{type(error).__name__}: {error}")
    return None


class _SealedConsumer(Consumer):
    """Starts each assigned partition at the first offset that the log does not account for."""

    app: "DeriveApp"

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Called whenever partitions have been assigned, before anything is fetched from them."""
        await super().perform_seek()
        places = {tp.partition: tp for tp in self.assignment()}
        try:
            starts = await self.app.assign(set(places))
        except ReadoutError as error:
            self.app.fail(error)
            return
        for number, start in starts.items():
            await self.start_at(places[number], start)

    async def start_at(self, place: TP, offset: int) -> None:
        """Read a partition from an offset on."""
        await self.seek(place, offset)
        # What the group has committed may be ahead of the log; acknowledgements below it would be ignored.
        self._committed_offset[place] = offset or None


class _SealedTransport(Transport):
    Consumer: ClassVar[type[_SealedConsumer]] = _SealedConsumer


class _NoTables(TableManager):
    """Starts at once: Faust gives tables a second to be declared, and there are none."""

    async def on_start(self) -> None:
        """As Faust's, without the second."""
        await self._update_channels()
        await self.recovery.start()


class DeriveApp(faust.App):
    """A Faust app that asks `assign` where to start, and calls `fail` when it cannot go on."""

    assign: Assign
    fail: Fail
    has_failed = False
    request_timeout_seconds: float
    batch_patience_seconds: float

    def _new_transport(self) -> _SealedTransport:
        return _SealedTransport(self.conf.broker_consumer, self)

    def _new_consumer(self) -> ConsumerT:
        consumer: ConsumerT = super()._new_consumer()
        cast("_SealedConsumer", consumer).callback = self.hand_on
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
        consumer = cast("_SealedConsumer", self.consumer)
        for place in consumer.assignment():
            if place.partition == number:
                await consumer.start_at(place, offset)


def create_app(settings: Settings, *, assign: Assign, process: Process, fail: Fail) -> DeriveApp:
    """The app with its one agent.

    Args:
        settings: where the brokers are, and the group's name.
        assign: called with the partitions that are ours from now on; returns the first offset of each.
        process: called with each batch; what it was given is acknowledged when it returns.
        fail: called with what makes going on impossible; the caller ends the process.
    """
    app = DeriveApp(settings.application_id, **_configuration(settings))
    app.assign = assign
    app.fail = fail
    # Joining the group is one request, answered when all members have joined.
    app.request_timeout_seconds = settings.rebalance_timeout_seconds + settings.request_timeout_seconds
    app.batch_patience_seconds = settings.rebalance_timeout_seconds / 2
    news = app.topic(topic_name(settings, NEWS.stem), schema=RawSchema(), key_type=bytes, value_type=bytes)

    async def derive(stream: Any) -> None:  # noqa: ANN401 - Faust's stream
        async for events in stream.noack_take(settings.batch_size, within=_BATCH_WITHIN_SECONDS):
            try:
                await process([_stored(event.message) for event in events])
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - Faust would acknowledge the batch and go on
                fail(error)
                # Faust waits for its agents when it stops, and cancels none of them.
                await app.wait_until_stopped()
                return
            for event in events:
                await stream.ack(event)
            await app.consumer.commit()

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
