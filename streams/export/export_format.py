"""What an export format is, and all of them by name.

A format is a small module with one function. `write_file` gets a stream, `write_folder` a folder; both give
back what they had to leave out, by reason, so that nobody takes an export for more than it is.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, cast

from readout.streams.errors import ConfigurationError
from readout.streams.export.store import Store

LeftOut = Counter[str]
"""How many of what were left out, and why: the reason reads after the number."""


class FileFormat(Protocol):
    """A module that writes one file."""

    def write_file(self, store: Store, out: BinaryIO) -> LeftOut:
        """Write all of it; the same state gives the same bytes."""
        ...


class FolderFormat(Protocol):
    """A module that writes files into a folder."""

    def write_folder(self, store: Store, folder: Path, numbers: tuple[int, ...] | None) -> LeftOut:
        """Write all of it, or only what lies in some partitions of the log."""
        ...


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name, what it gives, and where it lives below `streams.export.formats`."""

    name: str
    meaning: str
    gives: Literal["file", "folder", "database", "topic"]
    module: str = ""
    follows: bool = False


FORMATS: Mapping[str, ExportFormat] = {
    one.name: one
    for one in (
        ExportFormat("sqlite", "SQLite with foreign keys and full text search", "database", follows=True),
        ExportFormat("parquet", "Parquet, a folder for each table", "folder", "parquet_folder", follows=True),
        ExportFormat("connect", "a topic for Kafka Connect, with --to-topic", "topic", follows=True),
        ExportFormat("csv", "CSV, a file for each table", "folder", "csv_folder"),
        ExportFormat("ftm", "FollowTheMoney entities, JSON lines", "file", "follow_the_money"),
        ExportFormat("graphml", "GraphML: participants and their contacts", "file", "graphml"),
        ExportFormat("prov", "PROV-JSON: what was derived from what, by which code", "file", "prov_json"),
        ExportFormat("ro-crate", "RO-Crate 1.1: the CSV tables, described", "folder", "ro_crate"),
        ExportFormat("stix", "STIX 2.1 bundle", "file", "stix"),
        ExportFormat("ics", "iCalendar: planned contacts", "file", "icalendar"),
        ExportFormat("rss", "RSS 2.0: the newest contacts", "file", "rss"),
    )
}


def file_format(one: ExportFormat) -> FileFormat:
    """The module of a format that gives a file."""
    return cast(FileFormat, _module(one))


def folder_format(one: ExportFormat) -> FolderFormat:
    """The module of a format that gives a folder.

    Raises:
        ConfigurationError: a package is missing.
    """
    return cast(FolderFormat, _module(one))


def _module(one: ExportFormat) -> object:
    try:
        return import_module(f"readout.streams.export.formats.{one.module}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{one.name} needs the package {error.name}: install readout-streams with the extra `export`"
        ) from None
