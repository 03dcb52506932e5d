"""A plain producer that never writes a record twice: where an answer was lost it stops and says so.

aiokafka's own producer sends again, which without idempotence may write a second time. Deliberately absent: what to
do then; the caller reads in the log what has become of its records.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.errors import KafkaError
from aiokafka.producer.sender import Sender, SendProduceReqHandler

from readout.streams.errors import Fenced

_LOST = (kafka_errors.KafkaConnectionError, kafka_errors.RequestTimedOutError)


class OnceProducer(AIOKafkaProducer):  # type: ignore[misc]
    """A plain producer that reports a lost answer instead of sending again."""

    def __init__(self, may_send: Callable[[], None], **options: Any) -> None:  # noqa: ANN401 - aiokafka's own
        """A producer with aiokafka's options; `may_send` is asked before each request, and raises if it may not."""
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
