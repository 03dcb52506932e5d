"""Records of another build are derived again by the code of that build; what cannot be is never called well."""

import shutil
import sys
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind, Outcome, Status, Tolerance
from readout.streams.audit.log import LiveLog
from readout.streams.audit.verify.older_code import older_code
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, audit, with_value
from tests.audit.conftest import pour
from tests.audit.ledger import PRODUCER, Ledger, MemoryLog, article, derive

PACKAGE = Path(__file__).parents[2] / "src" / "readout"
SETTINGS = Settings()
BODY = (
    "On Monday, Defence Minister Sergei Shoigu spoke by phone with US Defence Secretary Lloyd Austin. "
    '"We agreed on point {number}," Austin said.'
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of another build: this code, with a rule more."""
    folder = tmp_path_factory.mktemp("older")
    shutil.copytree(PACKAGE, folder / "readout", ignore=shutil.ignore_patterns("__pycache__"))
    rules = folder / "readout" / "streams" / "text" / "quotes.py"
    rules.write_text(rules.read_text("utf-8") + "\nOLDER_RULE = 1\n", "utf-8")
    path = folder / "readout_streams-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted((folder / "readout").rglob("*")):
            packed.write(file, str(file.relative_to(folder)))
    return path


async def derived_by(wheel: Path) -> Ledger:
    """A log that the other build has derived."""
    async with older_code("", wheel, SETTINGS) as code:
        articles = [article(f"article-{number}", BODY.format(number=number)) for number in range(6)]
        found = dict(zip([one.article_id for one in articles], await code.derive(articles), strict=True))

        def look_up(wanted: Sequence[ArticlePublished]) -> list[Derivation]:
            return [one for each in wanted if (one := found[each.article_id]) is not None]

        ledger = Ledger(producer=code.producer, derive=look_up)  # type: ignore[arg-type]
        for one in articles:
            ledger.publish(one)
        await ledger.derive()
    return ledger


def forge_speaker(log: MemoryLog) -> None:
    """Somebody else has said it: the record, its hash and its manifest are made to fit."""
    place = next(
        log.place("statements", number) for number in range(2) if log.records[log.place("statements", number)]
    )
    record = log.records[place][0]
    data = orjson.loads(record.value or b"")
    data["source"]["name"] = "Sergei Shoigu"
    forged = with_value(record, canonical_json(data), hashed=True)
    log.records[place][0] = forged
    old, new = sha256_hex(record.value or b"").encode(), sha256_hex(forged.value or b"").encode()
    seals = log.place("manifests", place.number)
    log.records[seals] = [
        with_value(seal, (seal.value or b"").replace(old, new), hashed=True) for seal in log.records[seals]
    ]


async def test_what_another_build_derived_is_derived_again_by_its_wheel(wheel: Path, tmp_path: Path) -> None:
    ledger = await derived_by(wheel)
    await write_archive(ledger.log, tmp_path / "honest")
    without = InstalledCode(PRODUCER, HERE, SETTINGS)
    account, found = await audit(ArchiveLog(tmp_path / "honest"), installed=without)
    assert [one.kind for one in found] == [Kind.PRODUCER]
    assert account.outcomes[Outcome.NOT_CHECKED] == 6
    assert account.outcomes[Outcome.IDENTICAL] == 0
    assert account.status(frozenset(Tolerance)) is Status.NOT_CHECKED
    async with older_code(ledger.producer.build[:12], wheel, SETTINGS) as code:
        installed = replace(without, older={code.producer: code.derive})
        account, found = await audit(ArchiveLog(tmp_path / "honest"), installed=installed)
        assert found == []
        assert account.outcomes == {Outcome.IDENTICAL: 6}
        assert account.status() is Status.WELL
    forge_speaker(ledger.log)
    await write_archive(ledger.log, tmp_path / "forged")
    account, _ = await audit(ArchiveLog(tmp_path / "forged"), installed=without)
    assert account.status(frozenset(Tolerance)) is not Status.WELL
    async with older_code(ledger.producer.build[:12], wheel, SETTINGS) as code:
        installed = replace(without, older={code.producer: code.derive})
        _, found = await audit(ArchiveLog(tmp_path / "forged"), installed=installed)
    (difference,) = [one for one in found if one.kind is Kind.DIFFERS and one.topic == "statements"]
    assert [one.path for one in difference.differences] == ["$.source.name"]


async def test_a_fabrication_under_the_name_of_another_build_is_never_well(live: Settings) -> None:
    """The producer of every record and manifest is another one, and a speaker was changed."""
    ledger = Ledger(MemoryLog(live.topic_prefix), producer=PRODUCER.model_copy(update={"build": "f" * 64}))
    ledger._derive = lambda articles: derive(articles, ledger.producer)
    for number in range(4):
        ledger.publish(article(f"article-{number}", f"“We agreed on point {number},” Austin said to Shoigu."))
    await ledger.derive(gaps=False)
    forge_speaker(ledger.log)
    await pour(ledger.log, live)
    account, _ = await audit(LiveLog(live))
    assert account.status(frozenset(Tolerance)) is not Status.WELL


async def test_a_producer_that_looks_like_ours_in_short_is_another_one() -> None:
    """The account shows twelve digits of a build; somebody may make these fit."""
    likeness = PRODUCER.model_copy(update={"build": PRODUCER.build[:12] + "f" * 52})
    ledger = Ledger(producer=likeness)
    ledger._derive = lambda articles: derive(articles, likeness)
    for number in range(4):
        ledger.publish(article(f"article-{number}", "Shoigu called Austin."))
    await ledger.derive()
    account, found = await audit(ledger.log)
    assert [one.kind for one in found] == [Kind.PRODUCER]
    assert account.status() is Status.NOT_CHECKED


async def test_a_virtual_environment_derives(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(packages)
    # What the other build needs is installed where the tests run.
    (packages / "others.pth").write_text("\n".join(one for one in sys.path if "site-packages" in one))
    article_ = article("a", BODY.format(number=1))
    async with older_code("", wheel, SETTINGS) as one, older_code("", tmp_path / "venv", SETTINGS) as other:
        assert one.producer == other.producer
        assert await one.derive([article_]) == await other.derive([article_])
        (derived,) = await other.derive([article("b", BODY.format(number=2))])
        assert derived is not None
        assert len(derived.records) == len(derived.live) > 2
        assert await other.derive([article("c", "Ceci n’est pas une pipe, dit-il dans la rue.")]) == [None]


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is neither a virtual environment nor a wheel"), (b"no zip", "is no wheel")],
)
async def test_what_is_no_code_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "x.whl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        async with older_code("0" * 12, path, SETTINGS):
            pass


async def test_code_that_ends_or_is_another_build_is_told(wheel: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"holds build .*, not 000000000000"):
        async with older_code("0" * 12, wheel, SETTINGS):
            pass
    broken = tmp_path / "broken.whl"
    with zipfile.ZipFile(broken, "w") as packed:
        packed.writestr("readout/__init__.py", "")
        packed.writestr("readout/__main__.py", "raise SystemExit('it is broken')")
    with pytest.raises(TransientError, match="has ended: it is broken"):
        async with older_code("", broken, SETTINGS):
            pass
