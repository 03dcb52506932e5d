"""Everything that can be typed after `readout publish`: read, or refused in one line that names the place."""

import io
from pathlib import Path

import orjson
import pytest

from readout.schemas.ids import text_sha256
from readout.streams.publish.drafts import Limits
from readout.streams.publish.formats import SourceFormat
from readout.streams.publish.sources import Found, Refusal, count_files, read_sources

LIMITS = Limits(max_article_characters=1_000_000, max_record_bytes=8 * 1024 * 1024)
BODY = "The foreign minister said on Monday that the talks had gone well."


def read(path: Path, source_format: SourceFormat = SourceFormat.AUTO) -> list[Found | Refusal]:
    return list(read_sources([str(path)], LIMITS, source_format))


def written(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def only_article(path: Path) -> Found:
    (found,) = read(path)
    assert isinstance(found, Found), found
    return found


def test_text_keeps_its_body_to_the_letter(tmp_path: Path) -> None:
    article = only_article(written(tmp_path, "a.txt", f" date 2022-10-25 {BODY}\r\n\n".encode())).article
    assert article.body == f"{BODY}\r\n\n"
    assert article.published_at == "2022-10-25"
    assert article.article_id == text_sha256(article.body)


def test_a_byte_order_mark_is_not_part_of_the_article(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + f"date 2022-10-25 {BODY}".encode()
    assert only_article(written(tmp_path, "a.txt", data)).article.body == BODY


def test_an_article_is_known_by_its_id_then_by_its_url_then_by_its_body(tmp_path: Path) -> None:
    url = "https://news.example/1"
    lines = [
        {"article_id": "a1", "body": BODY, "source": {"url": url}},
        {"body": BODY, "source": {"url": url}},
        {"body": BODY},
    ]
    found = read(written(tmp_path, "a.jsonl", b"\n".join(map(orjson.dumps, lines))))
    ids = [one.article.article_id for one in found if isinstance(one, Found)]
    assert ids == ["a1", text_sha256(url), text_sha256(BODY)]


NINJS_3 = {
    "uri": "https://news.example/2",
    "standard": {"name": "ninjs", "version": "3.0"},
    "version": "3",
    "pubStatus": "usable",
    "versionCreated": "2022-10-25T09:30:00Z",
    "language": "en-GB",
    "headlines": [{"role": "sub", "value": "Below"}, {"role": "main", "value": "Above"}],
    "bodies": [
        {"contentType": "text/html", "value": f"<p>{BODY}</p>"},
        {"contentType": "text/plain", "value": BODY},
    ],
}


def test_ninjs_of_both_generations_is_read(tmp_path: Path) -> None:
    older = {name.lower(): value for name, value in NINJS_3.items()}
    for name, item in (("3.json", NINJS_3), ("2.json", older)):
        article = only_article(written(tmp_path, name, orjson.dumps(item))).article
        assert (article.article_id, article.revision, article.status) == (item["uri"], 3, "usable")
        assert (article.headline, article.body) == ("Above", BODY)
        assert article.published_at == "2022-10-25T09:30:00Z"


def test_an_html_body_becomes_paragraphs(tmp_path: Path) -> None:
    html = "<div><p>One &amp; two.</p>\n<p>Three<br>four.</p><script>alert(1)</script></div>"
    item = NINJS_3 | {"bodies": [{"value": html}]}
    assert only_article(written(tmp_path, "a.json", orjson.dumps(item))).article.body == (
        "One & two.\n\nThree\n\nfour."
    )


def test_a_canceled_item_needs_no_body(tmp_path: Path) -> None:
    item = {"uri": "urn:1", "version": 2, "pubstatus": "canceled", "ednote": "Wrong person."}
    article = only_article(written(tmp_path, "a.json", orjson.dumps(item))).article
    assert (article.status, article.body, article.reason) == ("canceled", "", "Wrong person.")


def test_a_folder_a_pattern_and_standard_input_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "b.txt", f"date 2022-10-25 {BODY}".encode())
    written(tmp_path, "a.jsonl", orjson.dumps({"body": BODY}))
    written(tmp_path, "notes.md", b"no article")
    names = [Path(found.where.partition(":")[0]).name for found in read(tmp_path)]
    assert names == ["a.jsonl", "b.txt"]
    assert count_files([str(tmp_path)]) == 2
    assert len(list(read_sources([str(tmp_path / "*.txt")], LIMITS))) == 1

    class Stdin:
        buffer = io.BytesIO(orjson.dumps({"body": BODY}) + b"\n" + orjson.dumps({"body": BODY}))

    monkeypatch.setattr("sys.stdin", Stdin)
    assert [found.where for found in read_sources(["-"], LIMITS)] == ["standard input:1", "standard input:2"]


REFUSED_TEXTS = {
    "empty": (b"", "empty"),
    "only white space": (b" \n\t\n ", "empty"),
    "no date line": (BODY.encode(), "no date line"),
    "impossible date": (b"date 2022-13-45 " + BODY.encode(), "no date of the calendar"),
    "a date in words": (b"date October " + BODY.encode(), "no date of the calendar"),
    "no body": (b"date 2022-10-25 \n ", "needs a body"),
    "invalid UTF-8": (b"date 2022-10-25 caf\xe9", "invalid UTF-8 at byte 19"),
    "NUL bytes": (b"date 2022-10-25 one\0two", "NUL character"),
    "too long": (b"date 2022-10-25 " + b"word " * 300_000, "READOUT_MAX_ARTICLE_CHARACTERS"),
    "30 MB": (b"date 2022-10-25 " + b"word " * 6_000_000, "more than one article may have"),
    "German": (
        "date 2022-10-25 Der Minister sagte, dass die Gespräche nicht auf den Dienstag verschoben werden.".encode(),
        "does not look English",
    ),
    "Russian": ("date 2022-10-25 Министр заявил, что переговоры прошли хорошо.".encode(), "not look English"),
}


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_a_bad_text_is_refused_in_one_line_that_names_the_file(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED_TEXTS[name]
    (refusal,) = read(written(tmp_path, "bad.txt", data))
    assert isinstance(refusal, Refusal)
    assert refusal.where.endswith("bad.txt")
    assert reason in refusal.reason
    assert "\n" not in refusal.reason


REFUSED_LINES = {
    "no JSON": (b"{", "no JSON"),
    "no object": (b"[1, 2]", "a JSON object, found list"),
    "missing body": (b'{"article_id": "a"}', "body: Field required"),
    "unknown field": (b'{"body": "x", "publishedat": "2022-10-25"}', "publishedat"),
    "impossible date": (b'{"body": "Words here.", "published_at": "2022-02-30"}', "published_at"),
    "a time without its zone": (b'{"body": "Words.", "published_at": "2022-02-20T10:00:00"}', "time zone"),
    "wrong type": (b'{"body": 7}', "body"),
    "lone surrogate": (b'{"body": "\\ud800"}', "no JSON"),
    "unknown status": (b'{"body": "Words.", "status": "spiked"}', "'spiked' is unknown"),
    "another language": (b'{"body": "Words.", "language": "de"}', "'de' is not supported"),
    "unknown pubStatus": (b'{"uri": "urn:1", "pubStatus": "spiked"}', "'spiked' is unknown"),
    "a version that cannot be ordered": (b'{"uri": "urn:1", "version": "b2"}', "'b2'"),
    "ninjs without a body": (b'{"uri": "urn:1"}', "without bodies"),
}


@pytest.mark.parametrize("name", REFUSED_LINES)
def test_a_bad_line_is_refused_by_number_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    line, reason = REFUSED_LINES[name]
    good = orjson.dumps({"body": BODY})
    first, refusal, last = read(written(tmp_path, "a.jsonl", b"\n".join((good, line, good))))
    assert isinstance(first, Found)
    assert isinstance(last, Found)
    assert isinstance(refusal, Refusal)
    assert refusal.where.endswith("a.jsonl:2")
    assert reason in refusal.reason
    assert "\n" not in refusal.reason


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (refusal,) = read(tmp_path / "nothing.txt")
    assert isinstance(refusal, Refusal)
    assert "no article files here" in refusal.reason
