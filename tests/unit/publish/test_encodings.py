"""Bytes that are not UTF-8: told by name, decoded when asked to, never guessed."""

from pathlib import Path

import orjson
import pytest

from readout.streams.publish.drafts import Limits
from readout.streams.publish.formats import Encoding
from readout.streams.publish.sources import Found, Refusal, read_sources

LIMITS = Limits(max_article_characters=1_000_000, max_record_bytes=8 * 1024 * 1024)
BODY = "The minister said: “The café’s owner met us on Tuesday.”"
FORMS = {
    "a.txt": f"date 2023-03-14 {BODY}",
    "a.json": orjson.dumps({"body": BODY, "published_at": "2023-03-14"}).decode(),
    "a.jsonl": orjson.dumps({"body": BODY, "published_at": "2023-03-14"}).decode() + "\n",
}
BYTES = [("windows-1252", "cp1252"), ("utf-16", "utf-16"), ("utf-16", "utf-16-le")]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(("asked", "written"), BYTES)
def test_an_encoding_that_is_asked_for_is_decoded(
    name: str, asked: str, written: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(FORMS[name].encode(written))
    (found,) = read_sources([str(tmp_path)], LIMITS, encoding=Encoding(asked))
    assert isinstance(found, Found), found
    assert found.article.body == BODY


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(("asked", "written"), BYTES)
def test_one_that_is_not_asked_for_is_refused_and_named(
    name: str, asked: str, written: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(FORMS[name].encode(written))
    found = list(read_sources([str(tmp_path)], LIMITS))
    assert found
    assert all(isinstance(one, Refusal) for one in found)
    assert any(f"--encoding {asked}" in one.reason for one in found if isinstance(one, Refusal))


def test_the_wrong_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(FORMS["a.txt"].encode("utf-16"))
    (found,) = read_sources([str(tmp_path / "a.txt")], LIMITS, encoding=Encoding.WINDOWS_1252)
    assert isinstance(found, Refusal)
