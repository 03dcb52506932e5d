"""What `readout doctor` looks at, a function each; every one says in a line what it found, and what to do."""

import asyncio
import shutil
import stat
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.wording import count_of
from readout.streams.commands.views import place
from readout.streams.deliver.ownership import require_own_log
from readout.streams.derive.producer_block import load_producer
from readout.streams.errors import InvalidRecord, ReadoutError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.reader import Reader, committed_offsets
from readout.streams.log.decoding import decode_event
from readout.streams.log.last import last_records
from readout.streams.log.partition_report import PartitionReport, describe_topics
from readout.streams.log.subscribe import partitions_of
from readout.streams.log.topics import MANIFESTS, NEWS, TOPICS, require_topics, topic_name
from readout.streams.settings import Origins, Settings

_LITTLE_DISK = 1024**3
_MOVES_WITHIN_SECONDS = 3.0
_SECRETS = ("sasl_password", "registry_password")


class Outcome(StrEnum):
    """What a check came to."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what it came to, and what was found, in one line."""

    name: str
    outcome: Outcome
    text: str


def _versions(_: Origins) -> Iterator[Check]:
    told = f"readout {version('readout-streams')}, Python {python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiokafka", "faust-streaming", "spacy"))
    yield Check("versions", Outcome.OK, f"{told}, {libraries}")


def _settings(origins: Origins) -> Iterator[Check]:
    file = origins.file
    where = "no readout.toml" if file.path is None else f"{file.path}"
    profile = f", profile {file.profile}" if file.profile else ""
    yield Check("settings", Outcome.OK, f"{where}{profile}; {len(origins.origins)} set, the rest defaults")
    secrets = [name for name in _SECRETS if name in file.values]
    if file.path is not None and secrets and _others_can_read(file.path):
        yield Check(
            "settings",
            Outcome.WARNING,
            f"others can read {file.path}, and {secrets[0]} is in it: chmod 600 {file.path}",
        )


def _others_can_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _model(origins: Origins) -> Iterator[Check]:
    producer = _installed(origins.settings)
    models = ", ".join(f"{one.name} {one.version} ({one.sha256[:12]})" for one in producer.models)
    yield Check("model", Outcome.OK, f"{models}; build {producer.build[:12]}")


@lru_cache(maxsize=1)
def _installed(settings: Settings) -> Producer:
    """What would derive here; all files of the model are read for it."""
    return load_producer(settings)


def _disk(_: Origins) -> Iterator[Check]:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    told = f"{free / 1024**3:.1f} GiB free in {folder}"
    if free < _LITTLE_DISK:
        yield Check(
            "disk", Outcome.WARNING, f"{told}: audits keep their notes there; make room, or set TMPDIR"
        )
    else:
        yield Check("disk", Outcome.OK, told)


OF_THIS_MACHINE: Mapping[str, Callable[[Origins], Iterator[Check]]] = {
    "versions": _versions,
    "settings": _settings,
    "model": _model,
    "disk": _disk,
}


async def reaches(settings: Settings) -> Check:
    """Can the brokers be reached? Nothing else about them can be told without."""
    try:
        async with Administration(settings) as administration:
            cluster, brokers = await administration.cluster()
    except ReadoutError as error:
        return Check("brokers", Outcome.PROBLEM, str(error))
    told = f"{count_of(brokers, 'broker')} of cluster {cluster} at {settings.bootstrap_servers}"
    if settings.replication_factor > brokers:
        return Check(
            "brokers",
            Outcome.PROBLEM,
            f"{told}, but READOUT_REPLICATION_FACTOR={settings.replication_factor}: no topic can be created",
        )
    return Check("brokers", Outcome.OK, told)


async def _topics(settings: Settings) -> list[Check]:
    await require_topics(settings)
    return [
        Check(
            "topics",
            Outcome.OK,
            f"all {len(TOPICS)} are there and fit: settings, {settings.partitions} partitions each",
        )
    ]


async def _rights(settings: Settings) -> list[Check]:
    """Reading is tried with all topics at once, and if that is refused with each, so that it can be named."""
    refused = await _unreadable([topic.stem for topic in TOPICS], settings)
    found = []
    for topic in TOPICS if refused else ():
        error = await _unreadable([topic.stem], settings)
        if error:
            found.append(Check("rights", Outcome.PROBLEM, f"{topic.stem} cannot be read: {error}"))
    try:
        await committed_offsets(settings, settings.group_id, await partitions_of([NEWS.stem], settings))
    except ReadoutError as error:
        found.append(Check("rights", Outcome.PROBLEM, f"group {settings.group_id!r}: {error}"))
    return found or [
        Check("rights", Outcome.OK, "all topics and the workers' group can be read; writing is not tried")
    ]


async def _unreadable(stems: list[str], settings: Settings) -> ReadoutError | None:
    try:
        places = await partitions_of(stems, settings)
        async with Reader(settings) as reader:
            await reader.bounds(places)
    except ReadoutError as error:
        return error
    return None


async def _application(settings: Settings) -> list[Check]:
    await require_own_log(settings)
    return [Check("writer", Outcome.OK, f"no application but {settings.application_id!r} seals this log")]


async def _neighbours(settings: Settings) -> list[Check]:
    """Other installations on the cluster, and groups of other applications on this log."""
    async with Administration(settings) as administration:
        topics, groups = set(await administration.topics()), await administration.groups()
    mine = settings.topic_prefix
    prefixes = sorted(
        name.removesuffix(NEWS.stem)
        for name in topics
        if name.endswith(NEWS.stem) and name.removesuffix(NEWS.stem) + MANIFESTS.stem in topics
    )
    others = [one for one in prefixes if one != mine]
    nested = [one for one in others if one and mine and (one.startswith(mine) or mine.startswith(one))]
    found = [
        Check(
            "prefixes",
            Outcome.WARNING,
            f"prefix {one!r} and {mine!r} begin alike: a prefixed ACL of one reaches into the other",
        )
        for one in nested
    ]
    named = f": {', '.join(repr(one) for one in others)}" if others else ""
    found.append(Check("prefixes", Outcome.OK, f"{count_of(len(others), 'other installation')} here{named}"))
    rivals = [one for one in groups if one != settings.group_id and one.startswith(f"{mine}:") and mine]
    if rivals:
        found.append(
            Check(
                "groups", Outcome.WARNING, f"other applications have groups on this log: {', '.join(rivals)}"
            )
        )
    return found


async def _workers(settings: Settings) -> list[Check]:
    reports = [one for one in await describe_topics(settings) if one.lag is not None]
    hidden = [
        Check(
            "workers",
            Outcome.WARNING,
            f"an open transaction hides {count_of(one.hidden, 'offset')} of {one.topic} partition {one.partition}",
        )
        for one in reports
        if one.hidden
    ]
    lag = sum(one.lag or 0 for one in reports)
    alone = [one for one in reports if one.is_orphan]
    if alone:
        waiting = sum(one.lag or 0 for one in alone)
        numbers = ", ".join(str(one.partition) for one in alone)
        outcome = Outcome.PROBLEM if waiting else Outcome.WARNING
        text = f"no worker has partition {numbers} of news; {count_of(waiting, 'article')} to derive there"
        return [*hidden, Check("workers", outcome, f"{text}: start `readout worker`")]
    return [
        *hidden,
        Check("workers", Outcome.OK, f"{count_of(lag, 'article')} to derive"),
        *await _stalled(settings, reports),
    ]


async def _stalled(settings: Settings, before: list[PartitionReport]) -> list[Check]:
    """Partitions with articles to derive that do not move: looked at twice, and only if there are any."""
    if not any(one.lag for one in before):
        return []
    await asyncio.sleep(_MOVES_WITHIN_SECONDS)
    after = {one.partition: one.lag for one in await describe_topics(settings) if one.lag is not None}
    stuck = [one for one in before if one.lag and (after.get(one.partition) or 0) >= one.lag]
    return [
        Check(
            "stalled",
            Outcome.WARNING,
            f"news partition {one.partition}: {count_of(one.lag or 0, 'article')} to derive, none within "
            f"{_MOVES_WITHIN_SECONDS:.0f} s; look at the log of {one.owner or 'its worker'}",
        )
        for one in stuck
    ]


async def _code(settings: Settings) -> list[Check]:
    """Is the log's newest record of the code that is installed?"""
    name = topic_name(settings, MANIFESTS.stem)
    async with Reader(settings) as reader:
        bounds = await reader.bounds(await partitions_of([MANIFESTS.stem], settings))
        last = await last_records(reader, bounds, 1, lambda: lambda _: True)
    if not last:
        return [Check("code", Outcome.NOTE, f"{name} is empty: nothing was derived yet")]
    try:
        manifest = decode_event(last[-1].value, last[-1].headers)
    except InvalidRecord as error:
        return [Check("code", Outcome.PROBLEM, f"{place(last[-1])} is no manifest: {error}")]
    installed = _installed(settings)
    if isinstance(manifest, ManifestSealed) and manifest.producer != installed:
        text = f"build {manifest.producer.build[:12]} derived last, {installed.build[:12]} is installed here"
        return [Check("code", Outcome.NOTE, f"{text}: `readout rederive --dry-run` shows what differs")]
    return [Check("code", Outcome.OK, "what is installed here derived last")]


OF_BROKERS: Mapping[str, Callable[[Settings], Awaitable[list[Check]]]] = {
    "topics": _topics,
    "rights": _rights,
    "writer": _application,
    "prefixes": _neighbours,
    "workers": _workers,
    "code": _code,
}
