"""Derive with the code of another build, kept in a virtual environment or a wheel.

Reads and writes: pipes of a process that runs `readout derive` of that build, which all builds have
The process gets one article at a time, and after each a probe, so that an article of which nothing comes is
noticed. It says which producer it is, and only records of that producer are compared with what it derives.
"""

import asyncio
import io
import os
import secrets
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from readout.schemas.envelope import Record, canonical_json, encode_value, to_headers
from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.processors.records import Derivation, article_event_id
from readout.streams.settings import Settings

_LINE_BYTES = 64 * 1024 * 1024
_CLOSE_SECONDS = 5
_DECIDE_OUTPUT = ("language_model", "attribution", "max_article_characters")


class OlderCode:
    """One other build, running; `producer` is how it signs what it derives."""

    def __init__(
        self, process: asyncio.subprocess.Process, articles: io.FileIO, errors: Path, where: Path
    ) -> None:
        """Code that runs in a process; it reads `articles` and says what is wrong in the file `errors`."""
        self.producer: Producer
        self._process = process
        self._articles = articles
        self._errors = errors
        self._where = where

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derivation | None]:
        """What the build derives from articles, in order; None where it derives nothing.

        Raises:
            TransientError: its process has ended.
        """
        return [await self._derive_one(article) for article in articles]

    async def _derive_one(self, article: ArticlePublished) -> Derivation | None:
        # It passes over a revision that is not newer than one that it has seen: then it derives nothing.
        lines = await self._answer(encode_value(article))
        manifest = next((one for one in lines if one[0]["type"] == ManifestSealed.event_type), None)
        if manifest is None:
            return None
        sealed = ManifestSealed.model_validate_json(manifest[1])
        records = tuple(_record(*one) for one in lines if _is_derived(one[0]["type"]))
        if sealed.producer != self.producer or sealed.article_event_id != article_event_id(article):
            return None
        return Derivation(article, records, sealed.live)

    async def _answer(self, article: bytes) -> list[tuple[dict[str, str], bytes]]:
        """The lines that an article gives: CloudEvents attributes, and the value's bytes as they are."""
        # Nobody who wrote an article can have known it.
        probe = secrets.token_hex(16)
        await self._send(article)
        await self._send(canonical_json({"article_id": probe, "body": "Nobody said a word."}))
        lines = []
        while True:
            attributes, value = _split(await self._line())
            if attributes.get("subject") != probe:
                lines.append((attributes, value))
            elif attributes["type"] == ManifestSealed.event_type:
                self.producer = ManifestSealed.model_validate_json(value).producer
                return lines

    async def probe(self) -> None:
        """Learn who derives.

        Raises:
            TransientError: nothing comes.
        """
        await self._answer(b"")

    async def _send(self, line: bytes) -> None:
        rest = memoryview(line + b"\n")
        try:
            while rest:
                rest = rest[await asyncio.to_thread(self._articles.write, rest) or 0 :]
        except BrokenPipeError:
            raise self._ended() from None

    async def _line(self) -> bytes:
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise self._ended()
        return line

    def _ended(self) -> TransientError:
        said = self._errors.read_text("utf-8", errors="replace").strip().splitlines()
        return TransientError(
            f"the code in {self._where} has ended: {said[-1] if said else 'it says nothing'}"
        )

    async def close(self) -> None:
        """End the process."""
        self._articles.close()
        try:
            await asyncio.wait_for(self._process.wait(), _CLOSE_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def older_code(build: str, where: Path, settings: Settings) -> AsyncIterator[OlderCode]:
    """Run the code of another build.

    Args:
        build: its build digest, or how that begins.
        where: a virtual environment in which it is installed, or its wheel; a wheel runs on what is installed here.
        settings: which language resources it uses.

    Raises:
        ConfigurationError: it is neither, or holds another build.
        TransientError: its process has ended.
    """
    # Started in a folder of its own, which is empty: Python would import what lies where it starts.
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as empty:
        folder = Path(name)
        python, environment = _interpreter(where, folder, settings)
        # A pipe of our own: that of asyncio may be a socket, which cannot be opened by name.
        reading, writing = os.pipe()
        with (folder / "errors").open("wb") as errors, os.fdopen(reading, "rb", 0) as stdin:
            process = await asyncio.create_subprocess_exec(
                *(python, "-u", "-m", "readout", "derive", "--format", "jsonl", "/dev/stdin"),
                stdin=stdin,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=empty,
                limit=_LINE_BYTES,
            )
        code = OlderCode(process, io.FileIO(writing, "wb"), folder / "errors", where)
        try:
            await code.probe()
            if not code.producer.build.startswith(build):
                raise ConfigurationError(f"{where} holds build {code.producer.build[:12]}, not {build}")
            yield code
        finally:
            await code.close()


def _interpreter(where: Path, folder: Path, settings: Settings) -> tuple[str, dict[str, str]]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("READOUT_")}
    environment.pop("PYTHONPATH", None)
    # An older build knows older settings: it is told those that decide what it derives, and no others.
    environment |= {f"READOUT_{name.upper()}": str(getattr(settings, name)) for name in _DECIDE_OUTPUT}
    environment["READOUT_BATCH_SIZE"] = "1"
    python = where / "bin" / "python"
    if python.exists():
        return str(python.absolute()), environment
    if where.suffix != ".whl" or not where.is_file():
        raise ConfigurationError(f"{where} is neither a virtual environment nor a wheel")
    try:
        with zipfile.ZipFile(where) as wheel:
            wheel.extractall(folder / "wheel")
    except zipfile.BadZipFile as error:
        raise ConfigurationError(f"{where} is no wheel: {error}") from None
    return sys.executable, environment | {"PYTHONPATH": str(folder / "wheel")}


def _split(line: bytes) -> tuple[dict[str, str], bytes]:
    # A quotation mark inside an attribute is escaped: these bytes can only be the member itself.
    attributes, _, value = line.rstrip(b"\n").partition(b',"data":')
    return orjson.loads(attributes + b"}"), value[:-1]


def _is_derived(event_type: str) -> bool:
    return event_type not in {ManifestSealed.event_type, RecordWithdrawn.event_type}


def _record(attributes: dict[str, str], value: bytes) -> Record:
    headers = {name: text for name, text in attributes.items() if name != "datacontenttype"}
    topic = EVENTS_BY_TYPE[attributes["type"]].topic
    return Record(topic, attributes["subject"].encode(), value, to_headers(headers))
