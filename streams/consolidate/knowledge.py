"""What the consolidation knows beforehand, and the producer block that names it: gazetteer, alias file, code.

Reads:  the gazetteer of the package; the alias file of the settings, lines of a name, a tab and an id
"""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from readout.schemas.envelope import canonical_json
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.streams.derive.build import build_digest
from readout.streams.derive.producer_block import DISTRIBUTION
from readout.streams.errors import ConfigurationError
from readout.streams.processors.consolidation.names import fold
from readout.streams.processors.consolidation.reports import Knowledge
from readout.streams.settings import Settings
from readout.streams.text.gazetteer import Gazetteer

_PACKAGE = Path(__file__).parents[2]
_GAZETTEER = _PACKAGE / "streams" / "text" / "gazetteer.json"
_ROOTS = ("streams.processors.consolidation.consolidation", "streams.processors.consolidation.reports")


def load_knowledge(settings: Settings) -> Knowledge:
    """The gazetteer, and the ids of the alias file.

    Raises:
        ConfigurationError: the alias file cannot be read, or a line of it.
    """
    return Knowledge(Gazetteer.from_json(_GAZETTEER.read_bytes()), read_aliases(settings.aliases))


def consolidating_producer(knowledge: Knowledge) -> Producer:
    """Who consolidates: the code by its digest, the alias file by the digest of what it says."""
    return Producer(
        package=DISTRIBUTION,
        version=version(DISTRIBUTION),
        build=build_digest(_PACKAGE, _ROOTS, _GAZETTEER.name),
        models=(),
        configuration=sha256_hex(canonical_json({"aliases": dict(knowledge.aliases)})),
    )


def read_aliases(file: Path | None) -> Mapping[str, str]:
    """Ids by folded name; empty without a file. Empty lines and those that begin with # are passed over.

    Raises:
        ConfigurationError: the file cannot be read, a line is not a name, a tab and an id, or a name has two ids.
    """
    if file is None:
        return {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"READOUT_ALIASES={file} cannot be read: {error}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, alias_id = (part.strip() for part in line.partition("\t"))
        if not name or not alias_id or found.get(fold(name), alias_id) != alias_id:
            complaint = f"{name!r} has two ids" if name and alias_id else "is no name, tab and id"
            raise ConfigurationError(f"READOUT_ALIASES={file} line {number} {complaint}")
        found[fold(name)] = alias_id
    return found
