"""A careful Faust agent without our delivery, for comparison: it loses nothing, and a kill makes it write twice.

It acknowledges a batch only after the broker has confirmed every record of it, and starts where the group has
committed. Run as a script, with the settings of a worker.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.derive.pool import DerivationPool
from readout.streams.derive.producer_block import load_producer
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.decoding import decode_article
from readout.streams.log.topics import topic_name
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings, read_settings
from readout.streams.worker.faust_app import create_app


class PlainAgent:
    """Derives and writes, and asks nobody what is there already."""

    def __init__(self, settings: Settings, pool: DerivationPool, producer: RecordProducer) -> None:
        self._settings = settings
        self._pool = pool
        self._producer = producer
        self._planner = BatchPlanner(settings, load_producer(settings))

    async def process(self, records: Sequence[StoredRecord]) -> None:
        """Write everything that is derived from a batch, and wait until it is confirmed."""
        articles = [decode_article(record.key, record.value, record.headers) for record in records]
        for record, article, derived in zip(
            records, articles, await self._pool.derive(articles), strict=True
        ):
            assert isinstance(derived, Derivation)
            await self._write(Processed(record, article, derived))
            # The harness sees by the log who is at work.
            sys.stderr.write(f"{article.article_id} sealed\n")

    async def _write(self, one: Processed) -> None:
        planned = await self._planner.plan([one], _nothing_before, "2022-10-25T00:00:00Z")
        sent = [
            await self._producer.send(r, topic_name(self._settings, r.topic), partition=one.source.partition)
            for r in planned.records
        ]
        await asyncio.gather(*sent)


async def _nothing_before(_: str) -> ManifestSealed | None:
    return None


async def _start_where_committed(_: set[int]) -> dict[int, int]:
    return {}


async def _run(settings: Settings) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    producer = RecordProducer(settings)
    await producer.start()
    async with DerivationPool(settings) as pool:
        agent = PlainAgent(settings, pool, producer)
        app = create_app(
            settings, assign=_start_where_committed, process=agent.process, fail=lambda _: os._exit(1)
        )
        await app.start()
        await stopped.wait()
        await app.stop()
    await producer.close()


if __name__ == "__main__":
    asyncio.run(_run(read_settings(os.environ)))
