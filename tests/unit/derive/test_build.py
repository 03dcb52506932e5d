"""The build digest changes when, and only when, something changes that can change a derived byte."""

import re
import shutil
from pathlib import Path

import pytest

from readout.streams.derive.build import build_digest

PACKAGE = Path(__file__).parents[3] / "src" / "readout"
TODAY = build_digest(PACKAGE)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    copy = tmp_path / "readout"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_copy_elsewhere_has_the_same_digest(package: Path) -> None:
    assert build_digest(package) == TODAY


def test_a_comment_a_docstring_and_a_line_break_keep_it(package: Path) -> None:
    quotes = package / "streams" / "text" / "quotes.py"
    text = quotes.read_text("utf-8")
    without = re.sub(r'^"""(?s:.*?)"""', '"""Something else."""', text)
    quotes.write_text(f"{without}\n\n\n# A comment at the end.\n", "utf-8")
    derivation = package / "streams" / "processors" / "derivation.py"
    replace(derivation, "Derive articles in batches;", "Take articles in batches;")
    replace(derivation, "return encode_derivation(", "return (  # apart\n            encode_derivation)(")
    assert text != without
    assert build_digest(package) == TODAY


def test_a_moved_file_keeps_it(package: Path) -> None:
    text = package / "streams" / "text"
    (text / "marks").mkdir()
    shutil.move(text / "quotes.py", text / "marks" / "quotes.py")
    (text / "marks" / "__init__.py").touch()
    moved = 0
    for file in package.rglob("*.py"):
        old = file.read_text("utf-8")
        new = old.replace("readout.streams.text.quotes import", "readout.streams.text.marks.quotes import")
        moved += new != old
        file.write_text(new, "utf-8")
    assert moved
    assert build_digest(package) == TODAY


@pytest.mark.parametrize(
    "place",
    [
        "streams/worker/run.py",
        "streams/settings.py",
        "streams/commands/read.py",
        "schemas/asyncapi.py",
        "streams/audit/findings.py",
    ],
)
def test_what_derives_nothing_keeps_it(package: Path, place: str) -> None:
    file = package / place
    file.write_text(file.read_text("utf-8") + "\nNEW = 1\n", "utf-8")
    assert build_digest(package) == TODAY


@pytest.mark.parametrize(
    "place",
    [
        "schemas/ids.py",
        "schemas/selector.py",
        "streams/processors/sealing.py",
        "streams/text/quotes.py",
        "streams/text/lemmas.py",
        "streams/text/contact_log/contacts.py",
        "streams/text/parser/parsing.py",
        "streams/derive/language.py",
    ],
)
def test_a_changed_rule_changes_it(package: Path, place: str) -> None:
    file = package / place
    file.write_text(file.read_text("utf-8") + "\nNEW = 1\n", "utf-8")
    assert build_digest(package) != TODAY


def test_a_rule_taken_from_another_module_of_the_same_words_changes_it(package: Path) -> None:
    """Two modules may each define a name: which of them is imported decides what is derived."""
    text = package / "streams" / "text"
    shutil.copy(text / "quotes.py", text / "other_quotes.py")
    replace(text / "other_quotes.py", "“", "‘")
    user = package / "streams" / "processors" / "derivation.py"
    user.write_text(f"from readout.streams.text.quotes import quotations\n{user.read_text('utf-8')}", "utf-8")
    before = build_digest(package)
    replace(user, "text.quotes import", "text.other_quotes import")
    assert build_digest(package) != before


def test_a_table_weights_and_the_components_that_run_change_it(package: Path) -> None:
    digests = {TODAY}
    (package / "streams" / "text" / "gazetteer.json").write_bytes(b"{}")
    digests.add(build_digest(package))
    weights = package / "streams" / "text" / "statements" / "models" / "attribution.weights"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    digests.add(build_digest(package))
    replace(package / "streams" / "derive" / "language.py", '"senter"', '"ner"')
    digests.add(build_digest(package))
    assert len(digests) == 4
