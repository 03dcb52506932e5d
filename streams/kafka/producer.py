"""Write records: acknowledged by all replicas, in a transaction where the producer has a transactional id."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.partitioner import DefaultPartitioner

from readout.schemas.envelope import SALT, Record
from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.kafka.connection import Partition, StoredRecord, broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.kafka.once_producer import OnceProducer
from readout.streams.settings import Settings

# A dead letter is as large as the record that it was, and says why in more headers.
_HEADERS_BYTES = 128 * 1024
# An article has 60 KB of records, and a request for each 16 KB, as aiokafka has it, costs both sides.
_BATCH_BYTES = 256 * 1024
_SALT_BYTES = 16
_CANCEL_ATTEMPTS = 20
_CANCEL_SECONDS = 0.25
_NO_TRANSACTIONS = (kafka_errors.UnknownError, kafka_errors.IncompatibleBrokerVersion)


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
        options = connection(settings) | {
            "acks": "all",
            "max_request_size": settings.max_record_bytes + _HEADERS_BYTES,
            "max_batch_size": min(_BATCH_BYTES, settings.max_record_bytes),
        }
        self._is_transactional = transactional_id is not None
        self._producer = (
            AIOKafkaProducer(**options, transactional_id=transactional_id)
            if self._is_transactional
            else OnceProducer(may_send, **options)
        )

    async def start(self) -> None:
        """Connect; a transactional producer fences the older ones of its id and ends their transaction.

        Raises:
            ConfigurationError: the brokers cannot do what is asked for, or refuse us.
            TransientError: nobody answers.
        """
        try:
            async with connecting("connecting a producer", self._settings):
                with self._no_transactions():
                    await self._producer.start()
        except BaseException:
            await self.abandon()
            raise

    @contextlib.contextmanager
    def _no_transactions(self) -> Iterator[None]:
        """Another way to deliver is never chosen for a person; they are told that there is one."""
        try:
            yield
        except _NO_TRANSACTIONS as error:
            if not self._is_transactional:
                raise
            raise ConfigurationError(
                f"the brokers at {self._settings.bootstrap_servers} refuse transactions ({type(error).__name__}): "
                "use Apache Kafka; on a broker without transactions, such as the embedded one, set "
                "READOUT_DELIVERY=confirmed"
            ) from error

    async def send(
        self, record: Record, topic: str, *, partition: int | None = None
    ) -> Coroutine[Any, Any, StoredRecord]:
        """Queue a record; await the result for the broker's word. Without a partition the key decides."""
        record = _salted(record)
        with broker_errors(f"writing to {topic}"), self._reason_that_a_transaction_ended():
            if record.key is None and record.value is None and partition is not None:
                sent = await self._send_empty(record, topic, partition)
            else:
                sent = await self._producer.send(
                    topic, record.value, record.key, partition=partition, headers=list(record.headers)
                )
        # Whoever gives up a batch because one record failed does not ask for the others.
        sent.add_done_callback(_heard)
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

    async def _send_empty(self, record: Record, topic: str, partition: int) -> asyncio.Future[Any]:
        """Kafka takes a record without key and value, and others write them; aiokafka's `send` does not."""
        batch = self._producer.create_batch()
        batch.append(key=None, value=None, timestamp=None, headers=list(record.headers))
        sent: asyncio.Future[Any] = await self._producer.send_batch(batch, topic, partition=partition)
        return sent

    async def begin(self) -> None:
        """Begin a transaction."""
        with broker_errors("beginning a transaction"):
            await self._producer.begin_transaction()

    async def add_positions(self, positions: Mapping[Partition, int], group: str) -> None:
        """Commit the next offset of partitions for a group with the transaction, for people who look at the lag."""
        offsets = {TopicPartition(*place): offset for place, offset in positions.items()}
        with broker_errors("adding positions to a transaction"):
            await self._producer.send_offsets_to_transaction(offsets, group)

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
        self._hear_of_the_end(sender)

    def _hear_of_the_end(self, sender: asyncio.Future[Any] | None) -> None:
        """Whoever gives a producer up knows that something went wrong; nobody will ask what, of its own futures."""
        manager = self._producer._txn_manager  # noqa: SLF001 - aiokafka tells it nowhere else
        ended = manager.wait_for_transaction_end() if manager else None
        for future in (sender, ended):
            if isinstance(future, asyncio.Future) and future.done():
                _heard(future)


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that a key decides, as every producer of ours has it."""
    numbers = list(range(partitions))
    found: int = DefaultPartitioner()(key, numbers, numbers)
    return found


def _heard(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()


def _salted(record: Record) -> Record:
    """The record with its salt: a new one, unless it is a copy that has to stay what it is."""
    if any(name == SALT for name, _ in record.headers):
        return record
    return replace(record, headers=(*record.headers, (SALT, secrets.token_hex(_SALT_BYTES).encode())))


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
