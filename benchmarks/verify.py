"""How fast a log is verified, beside how fast the same articles are derived: at least 0.9 times as fast.

    python benchmarks/verify.py [ARTICLES]

In turn in one process, so that the ratio holds on any machine; exits 1 below 0.9. The articles are the seed's
paragraphs in turn, each with a number, so that no two are equal.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Finding
from readout.streams.audit.verify.run import Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.derive.environment import environment_text
from readout.streams.derive.language import load_language
from readout.streams.derive.producer_block import load_producer
from readout.streams.derive.without_broker import derive_lines, deriver
from readout.streams.processors.derivation import derive_batch
from readout.streams.publish.sources import Found, Refusal
from readout.streams.settings import Settings
from tests.audit.ledger import Ledger

_FLOOR = 0.9
_PARAGRAPHS = 3
_ROUNDS = 3
_SEED = Path(__file__).parents[1] / "seeds" / "2022-10-25-dirty-bomb-calls.txt"


def articles(count: int) -> list[ArticlePublished]:
    """Articles of a few paragraphs each."""
    _, _, text = _SEED.read_text("utf-8").strip().partition("date 2022-10-25 ")
    paragraphs = [one for one in text.split("\n") if one.strip()]
    found = []
    for number in range(count):
        chosen = [paragraphs[(number + step) % len(paragraphs)] for step in range(_PARAGRAPHS)]
        body = "\n".join((f"Report {number} of the day.", *chosen))
        found.append(
            ArticlePublished(
                article_id=f"article-{number}",
                revision=1,
                status="usable",
                published_at="2022-10-25",
                body=body,
            )
        )
    return found


async def archived(found: Sequence[ArticlePublished], settings: Settings, folder: Path) -> None:
    """Write the log that a worker leaves of these articles to an archive."""
    language = load_language(settings)
    ledger = Ledger(producer=language.producer, derive=lambda batch: derive_batch(batch, language))
    for one in found:
        ledger.publish(one)
    await ledger.derive()
    await write_archive(ledger.log, folder)


async def derive_all(found: Sequence[ArticlePublished], settings: Settings) -> float:
    """Seconds of processor time that `readout derive` takes."""
    started = time.process_time()
    sources: list[Found | Refusal] = [Found(one.article_id, one) for one in found]
    async for _ in derive_lines(sources, settings):
        pass
    return time.process_time() - started


async def verify_all(folder: Path, settings: Settings) -> float:
    """Seconds of processor time that `readout audit verify` takes."""
    started = time.process_time()
    findings: list[Finding] = []
    installed = InstalledCode(load_producer(settings), environment_text(), settings)
    async with deriver(settings, 1) as derive:
        account = await verify(ArchiveLog(folder), derive, installed, Scope(), findings.append)
    if findings:
        raise SystemExit(f"not all is well: {findings[0]}")
    print(f"verified {account.records} records")
    return time.process_time() - started


async def main() -> int:
    """Measure and print."""
    settings, found = Settings(), articles(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    with tempfile.TemporaryDirectory() as folder:
        await archived(found, settings, Path(folder))
        # In turn, and the best of each: whatever else the machine does then hits both alike.
        rounds = [
            (await derive_all(found, settings), await verify_all(Path(folder), settings))
            for _ in range(_ROUNDS)
        ]
    derived, verified = (min(seconds) for seconds in zip(*rounds, strict=True))
    ratio, count = derived / verified, len(found)
    print(
        f"{count} articles: derive {count / derived:.1f}/s, verify {count / verified:.1f}/s, ratio {ratio:.2f}"
    )
    return 0 if ratio >= _FLOOR else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
