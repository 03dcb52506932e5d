"""Write records: acknowledged by all replicas, in a transaction where the producer has a transactional id."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.errors import KafkaError
from aiokafka.producer.sender import Sender, SendProduceReqHandler

from readout.schemas.envelope import Record
from readout.streams.errors import Fenced, TransientError
from readout.streams.kafka.connection import StoredRecord, broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.settings import Settings

# A dead letter is as large as the record that it was, and says why in more headers.
_HEADERS_BYTES = 128 * 1024
# An article has 60 KB of records, and a request for each 16 KB, as aiokafka has it, costs both sides.
_BATCH_BYTES = 256 * 1024
_CANCEL_ATTEMPTS = 20
_CANCEL_SECONDS = 0.25
_LOST = (kafka_errors.KafkaConnectionError, kafka_errors.RequestTimedOutError)


class RecordProducer:
    """Writes records with all acknowledgements; transactional when it has a transactional id."""

    def __init__(
        self,
        settings: Settings,
        *,
        transactional_id: str | None = None,
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        """A producer; without transactions `may_send` is asked before each request, and raises if it may not."""
        self._settings = settings
        self._producer = (AIOKafkaProducer if transactional_id else partial(_OnceProducer, may_send))(
            **connection(settings),
            acks="all",
            max_request_size=settings.max_record_bytes + _HEADERS_BYTES,
            max_batch_size=min(_BATCH_BYTES, settings.max_record_bytes),
            transactional_id=transactional_id,
        )

    async def start(self) -> None:
        """Connect; a transactional producer fences the older ones of its id and ends their transaction."""
        try:
            async with connecting("connecting a producer", self._settings):
                await self._producer.start()
        except BaseException:
            await self.abandon()
            raise

    async def send(
        self, record: Record, topic: str, *, partition: int | None = None
    ) -> Coroutine[Any, Any, StoredRecord]:
        """Queue a record; await the result for the broker's word. Without a partition the key decides."""
        with broker_errors(f"writing to {topic}"), self._reason_that_a_transaction_ended():
            if record.key is None and record.value is None and partition is not None:
                sent = await self._send_empty(record, topic, partition)
            else:
                sent = await self._producer.send(
                    topic, record.value, record.key, partition=partition, headers=list(record.headers)
                )
        return _confirmed(sent, record, topic)

    @contextlib.contextmanager
    def _reason_that_a_transaction_ended(self) -> Iterator[None]:
        """An earlier record failed, or we are fenced: that is the news, and not that there is no transaction."""
        try:
            yield
        except kafka_errors.IllegalOperation:
            manager = self._producer._txn_manager  # noqa: SLF001 - aiokafka tells it nowhere else
            ended = manager.wait_for_transaction_end() if manager else None
            if ended is not None and ended.done():
                ended.result()
            raise

    async def _send_empty(self, record: Record, topic: str, partition: int) -> Awaitable[Any]:
        """Kafka takes a record without key and value, and others write them; aiokafka's `send` does not."""
        batch = self._producer.create_batch()
        batch.append(key=None, value=None, timestamp=None, headers=list(record.headers))
        sent: Awaitable[Any] = await self._producer.send_batch(batch, topic, partition=partition)
        return sent

    async def begin(self) -> None:
        """Begin a transaction."""
        with broker_errors("beginning a transaction"):
            await self._producer.begin_transaction()

    async def commit(self) -> None:
        """Commit the transaction; after an error its outcome is unknown until the id is fenced again."""
        with broker_errors("committing a transaction"):
            await self._producer.commit_transaction()

    async def close(self) -> None:
        """Close after everything queued was delivered or has failed."""
        with broker_errors("closing a producer"):
            await self._producer.stop()

    async def abandon(self) -> None:
        """Close at once: nothing that is still queued is sent any more."""
        # aiokafka's own stop() flushes first, which is what must not happen here.
        sender = self._producer._sender.sender_task  # noqa: SLF001
        self._producer._closed = True  # noqa: SLF001
        # A closed client connects again for a sender that has something to send.
        self._producer._sender.failure = TransientError("the producer was given up")  # noqa: SLF001
        await self._producer.client.close()
        for _ in range(_CANCEL_ATTEMPTS):
            if sender is None or sender.done():
                break
            # It first waits for its requests, which may retry for ever; the next cancellation ends one.
            sender.cancel()
            await asyncio.wait([sender], timeout=_CANCEL_SECONDS)
        # It may have been connecting when the client was closed.
        await self._producer.client.close()


class _OnceHandler(SendProduceReqHandler):  # type: ignore[misc]
    """Does not repeat a request whose answer was lost: without idempotence that would write it twice."""

    def _can_retry(self, error: KafkaError, batch: object) -> bool:
        if isinstance(error, _LOST):
            self._sender.failure = error
            return False
        return bool(super()._can_retry(error, batch))


class _OnceSender(Sender):  # type: ignore[misc]
    """Sends while it may; where one request was lost none follows it, or records would change places."""

    may_send: Callable[[], None]
    failure: Exception | None = None

    async def _send_produce_req(self, node_id: int, batches: Mapping[TopicPartition, Any]) -> None:
        self._look_whether_it_may()
        if self.failure is None:
            await _OnceHandler(self, batches).do(node_id)
        else:
            for batch in batches.values():
                batch.failure(self.failure)
        self._in_flight.remove(node_id)
        for partition in batches:
            self._muted_partitions.remove(partition)

    def _look_whether_it_may(self) -> None:
        try:
            self.may_send()
        except Fenced as fenced:
            self.failure = fenced


class _OnceProducer(AIOKafkaProducer):  # type: ignore[misc]
    """A plain producer that reports a lost answer instead of sending again."""

    def __init__(self, may_send: Callable[[], None], **options: Any) -> None:  # noqa: ANN401 - aiokafka's own
        super().__init__(**options)
        self._sender = _OnceSender(
            self.client,
            acks=-1,
            txn_manager=None,
            retry_backoff_ms=100,
            message_accumulator=self._message_accumulator,
            request_timeout_ms=self._request_timeout_ms,
        )
        self._sender.may_send = may_send


async def _confirmed(sent: Awaitable[Any], record: Record, topic: str) -> StoredRecord:
    with broker_errors(f"writing to {topic}"):
        place = await sent
    return StoredRecord(
        topic=topic,
        partition=place.partition,
        offset=place.offset,
        timestamp=place.timestamp,
        timestamp_type=place.timestamp_type,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )


async def can_transact(settings: Settings) -> bool:
    """Can our client run transactions on these brokers? Asked once, and it cannot hang.

    Raises:
        TransientError: nobody answered in time: neither yes nor no.
    """
    probe = RecordProducer(settings, transactional_id=f"{settings.application_id}-probe")
    # A no is an answer like any other, and no error for the log.
    quiet = logging.getLogger(Sender.__module__)
    quiet.disabled = True
    try:
        async with asyncio.timeout(settings.request_timeout_seconds):
            await probe._producer.start()  # noqa: SLF001 - the error itself is the answer
    except (kafka_errors.UnknownError, kafka_errors.IncompatibleBrokerVersion):
        return False
    except (KafkaError, TimeoutError, OSError) as error:
        raise TransientError(
            f"asking the brokers for transactions: {type(error).__name__}: {error}"
        ) from error
    finally:
        quiet.disabled = False
        with contextlib.suppress(KafkaError, OSError):
            await probe.abandon()
    return True
