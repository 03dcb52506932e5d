"""A bundle: one file with a record, its article, both proofs, the schemas and the encoding, for whoever has no log.

Reads:  a log, to make one; to check one nothing but its bytes and public keys
Writes: nothing
What a bundle shows beyond a proof: the article that the record names was in the log, is the one that it was derived
from, and says the words that the record points to.
"""

from typing import Literal

import orjson
from pydantic import JsonValue, ValidationError

from readout.schemas.contract import contract_files
from readout.schemas.event import DerivedEvent, Event, Part
from readout.schemas.ids import text_sha256
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import proves
from readout.streams.audit.facts import header, selectors_of
from readout.streams.audit.log import Log
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.proof.proof_files import Demands, InclusionProof, check, check_inclusion
from readout.streams.audit.proof.prove import prove_inclusion
from readout.streams.errors import InvalidRecord, ReplayMismatch, describe
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.topics import NEWS

FORMAT: Literal["readout bundle 1"] = "readout bundle 1"
LEAF_ENCODING = (
    'leaf = "readout leaf 1\\n" framed(topic) i32(partition) i64(offset) i8(timestamp_type) i64(timestamp) content',
    'content = sha256("readout content 1\\n" framed(key) framed(value) u32(number of headers) header...)',
    "header = framed(name) framed(value)",
    "framed(bytes) = u32(length) bytes; framed(null) = ff ff ff ff; numbers are big-endian, text is UTF-8",
    "leaf hash = sha256(00 leaf); node hash = sha256(01 left right)",
)
"""How a leaf is made, in the words of docs/formats.md."""


class Bundle(Part):
    """A record with all that is needed to believe it; `article` is null where it was left out or there is none."""

    format: Literal["readout bundle 1"] = FORMAT
    record: InclusionProof
    article: InclusionProof | None
    schemas: dict[str, JsonValue]
    leaf_encoding: tuple[str, ...]


async def make_bundle(
    log: Log, record: StoredRecord, key: PublicKey | None = None, *, with_article: bool = True
) -> Bundle:
    """A bundle of a record; without its article the digest in the record is all that it says of that.

    Raises:
        ReplayMismatch: no checkpoint covers it or its article, or the log is not what was signed.
    """
    article = await _article_of(log, record) if with_article else None
    return Bundle(
        record=await prove_inclusion(log, record, key=key),
        article=await prove_inclusion(log, article, key=key) if article else None,
        schemas=_schemas({header(one, "ce_type") for one in (record, article) if one}),
        leaf_encoding=LEAF_ENCODING,
    )


def bundle_json(bundle: Bundle) -> bytes:
    """A bundle as a JSON file."""
    return orjson.dumps(bundle.model_dump(), option=orjson.OPT_INDENT_2) + b"\n"


def check_file(data: bytes, demands: Demands) -> list[str]:
    """Check a bundle, a proof or a checkpoint; what is proved, a line each.

    Raises:
        ReplayMismatch: nothing is.
        ConfigurationError: the demands cannot be met by anything.
    """
    if not _is_bundle(data):
        return [check(data, demands)]
    try:
        bundle = Bundle.model_validate_json(data)
    except ValidationError as error:
        raise ReplayMismatch(f"no bundle: {describe(error)}") from None
    return _check_bundle(bundle, demands)


def _check_bundle(bundle: Bundle, demands: Demands) -> list[str]:
    if bundle.leaf_encoding != LEAF_ENCODING:
        raise ReplayMismatch("the bundle says that leaves are encoded in a way that is not known here")
    lines = [check_inclusion(bundle.record, demands)]
    if bundle.article is not None:
        lines.append(check_inclusion(bundle.article, demands))
        lines.append(_check_origin(bundle.record.record.stored(), bundle.article.record.stored()))
    types = {header(one.record.stored(), "ce_type") for one in (bundle.record, bundle.article) if one}
    known = bundle.schemas == _schemas(types)
    lines.append(f"schemas: {'those' if known else 'not those'} that are published here")
    return lines


def _check_origin(record: StoredRecord, source: StoredRecord) -> str:
    """That the record was derived from this article, and that its words are there."""
    event, article = _event(record), _event(source)
    if not isinstance(article, ArticlePublished) or not isinstance(event, DerivedEvent):
        raise ReplayMismatch("the bundle does not hold a derived record and an article")
    said = (event.article_id, event.revision, event.text_sha256, header(record, "ce_causationid"))
    if said != (article.article_id, article.revision, text_sha256(article.body), header(source, "ce_id")):
        raise ReplayMismatch("the record was derived from another article or revision than the bundle holds")
    for path, selector in selectors_of(event):
        if not proves(selector, article.body):
            raise ReplayMismatch(
                f"{path}: the article does not say {selector.exact[:60]!r} at {selector.start}"
            )
    return f"derived from article {article.article_id!r} revision {article.revision}, whose words it quotes"


def _event(record: StoredRecord) -> Event:
    try:
        return decode_event(record.value, record.headers)
    except InvalidRecord as error:
        raise ReplayMismatch(f"{record.topic}/{record.partition}@{record.offset}: {error}") from None


async def _article_of(log: Log, record: StoredRecord) -> StoredRecord | None:
    """The record of `news` that a derived record says it follows from; None if it says none."""
    cause, place = header(record, "ce_causationid"), Partition(log.prefix + NEWS.stem, record.partition)
    bounds = (await log.bounds([place]))[place]
    found = None
    async for one in log.read(place, bounds):
        if cause is not None and header(one, "ce_id") == cause:
            found = one
    return found


def _schemas(types: set[str | None]) -> dict[str, JsonValue]:
    wanted = {f"{name}.schema.json": name for name in types if name}
    return {wanted[name]: orjson.loads(content) for name, content in contract_files() if name in wanted}


def _is_bundle(data: bytes) -> bool:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and str(found.get("format")).startswith("readout bundle")
