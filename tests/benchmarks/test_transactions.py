"""The benchmark of transactions runs both ways and counts rightly; what they cost, no test says."""

from pathlib import Path
from typing import Any

from benchmarks.articles import generated_articles
from benchmarks.runs import Rate
from benchmarks.transactions import _medians, compare
from tests.conftest import Broker

_ARTICLES = 40


def test_medians_are_of_rounds() -> None:
    rates = [Rate(10, 1.0, 2.0), Rate(10, 3.0, 5.0), Rate(10, 2.0, 1.0)]
    assert _medians(rates) == {"articles_per_second": 5.0, "cpu_milliseconds_an_article": 200.0}


async def test_both_ways_do_the_same_articles(kafka_broker: Broker, tmp_path: Path) -> None:
    found: dict[str, Any] = await compare(
        generated_articles(_ARTICLES), kafka_broker.bootstrap_servers, 1, tmp_path
    )
    assert found["articles_measured"] == _ARTICLES
    ratios = found["transactional_to_confirmed"]
    for name, ratio in ratios.items():
        assert found["transactional"][name] > 0
        assert abs(ratio - found["transactional"][name] / found["confirmed"][name]) < 0.001
    assert list(ratios) == ["articles_per_second", "cpu_milliseconds_an_article"]
