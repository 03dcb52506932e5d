"""The worker's port: metrics that say what was done, and whether the worker lives and is ready."""

import asyncio
import time
from typing import get_args

import pytest
from aiohttp import ClientSession

from readout.streams.deliver.batch_plan import Processed
from readout.streams.errors import ConfigurationError
from readout.streams.log.dead_letters import PROCESSING, Reason
from readout.streams.settings import Settings
from readout.streams.worker.health import health_port
from readout.streams.worker.metrics import MEANINGS, MetricName, Metrics
from tests.agents.made import PRODUCER, article, derived, stored_article
from tests.brokers.kafka import free_ports


def _metrics() -> Metrics:
    """As after one derived article, one that was taken back, and one dead letter."""
    metrics = Metrics(PRODUCER)
    one, gone, broken = article(1), article(2, status="canceled"), article(3)
    batch = [
        Processed(stored_article(one, 0), one, derived(one)),
        Processed(stored_article(gone, 1), gone),
        Processed(stored_article(broken, 2), broken, reason=Reason(PROCESSING, "ValueError", "odd")),
    ]
    with metrics.timed("derive"):
        pass
    metrics.delivered(batch, now_seconds=batch[0].source.timestamp / 1000 + 2)
    metrics.assigned({0: 7, 1: None})
    return metrics


def test_every_metric_has_a_meaning_and_shows_it() -> None:
    text = _metrics().text().decode()
    assert set(get_args(MetricName)) == set(MEANINGS)
    for name, meaning in MEANINGS.items():
        assert name in text
        assert meaning in text


@pytest.mark.parametrize(
    "line",
    [
        'readout_articles_total{outcome="derived"} 1.0',
        'readout_articles_total{outcome="withdrawn"} 1.0',
        'readout_articles_total{outcome="dead-lettered"} 1.0',
        'readout_records_total{topic="entities"} 2.0',
        'readout_dead_letters_total{error="ValueError"} 1.0',
        'readout_stage_seconds_count{stage="derive"} 1.0',
        "readout_batch_articles_sum 3.0",
        "readout_lag_seconds_sum 6.0",
        'readout_consumer_lag{partition="0"} 7.0',
        "readout_partitions 2.0",
    ],
)
def test_a_batch_is_counted(line: str) -> None:
    assert line in _metrics().text().decode().splitlines()


def test_a_lag_that_nobody_knows_is_not_shown() -> None:
    assert 'partition="1"' not in _metrics().text().decode()


async def test_a_blocked_loop_shows() -> None:
    metrics = Metrics(PRODUCER)
    watch = asyncio.create_task(metrics.watch_loop())
    await asyncio.sleep(0)
    time.sleep(0.2)  # noqa: ASYNC251 - this is what is to be noticed
    async with asyncio.timeout(10):
        while "readout_loop_delay_seconds_count 0.0" in metrics.text().decode():  # noqa: ASYNC110 - what is waited for
            await asyncio.sleep(0)
    watch.cancel()
    assert 'readout_loop_delay_seconds_bucket{le="0.1"} 0.0' in metrics.text().decode()


async def test_the_port_answers_what_is_asked() -> None:
    (port,) = free_ports(1)
    ready: list[bool] = []
    settings = Settings(metrics_port=port)
    async with (
        health_port(settings, _metrics(), is_alive=lambda: True, is_ready=lambda: bool(ready)),
        ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        assert [await _status(client, path) for path in ("/healthz", "/readyz", "/")] == [200, 503, 404]
        ready.append(True)
        assert await _status(client, "/readyz") == 200
        async with client.get("/metrics") as answer:
            assert "readout_producer_info{" in await answer.text()


async def test_a_taken_port_is_a_clear_error() -> None:
    (port,) = free_ports(1)
    settings = Settings(metrics_port=port)
    async with health_port(settings, _metrics(), is_alive=bool, is_ready=bool):
        with pytest.raises(ConfigurationError, match=f"READOUT_METRICS_PORT={port} cannot be used"):
            async with health_port(settings, _metrics(), is_alive=bool, is_ready=bool):
                pass


async def test_without_a_port_nobody_listens() -> None:
    async with health_port(Settings(), _metrics(), is_alive=bool, is_ready=bool):
        pass


async def _status(client: ClientSession, path: str) -> int:
    async with client.get(path) as answer:
        return answer.status
