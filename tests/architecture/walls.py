"""The walls of the house: who may import whom, and what the pure core and the audit may never do.

Reads:  the import graph of a package `readout`, and the source below it
Writes: a line for every breach: who, what, and which wall

`LAYERS` is the article's way turned upside down: whoever stands higher may import whoever stands lower.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp

STREAMS = "readout.streams"

# From the top down; what stands on one line knows nothing of its neighbours, unless `NEIGHBOURS` says so.
LAYERS = (
    ("testing",),
    ("streams.cli",),
    ("streams.commands",),
    ("streams.worker", "streams.rederive", "streams.repartition", "streams.report", "streams.export"),
    ("streams.audit",),
    ("streams.consolidate",),
    ("streams.derive", "streams.deliver"),
    ("streams.publish", "streams.contract"),
    ("streams.log",),
    ("streams.kafka",),
    ("streams.settings", "streams.logs"),
    ("streams.settings_file",),
    ("streams.errors",),
    ("streams.processors",),
    ("streams.text",),
    ("schemas",),
)
# What only one folder may import, of ours or of others.
ONLY = {
    "aiokafka": "streams.kafka",
    "faust": "streams.worker",
    "mode": "streams.worker",
}
CORE = ("schemas", "streams.text", "streams.processors")
# The core reads values and gives values: these can do nothing else, or are kept from it by `core_calls`.
CORE_LIBRARIES = frozenset(
    "base64 binascii bisect calendar collections dataclasses datetime difflib enum functools hashlib html itertools "
    "math numpy operator orjson pydantic rapidfuzz re rensa spacy string struct thinc traceback types typing unicodedata zlib".split()
)
_CLOCKS = frozenset({"now", "today", "utcnow", "localtime", "time", "monotonic"})
_FILES = frozenset(
    {"open", "print", "input", "exec", "eval", "write_text", "write_bytes", "read_text", "read_bytes"}
)
_WRITES = frozenset(
    {"write_text", "write_bytes", "mkdir", "unlink", "rename", "replace_file", "rmdir", "touch"}
)
# An audit writes checkpoints (with the keys for them) and archives, and copies of topics where it is told to.
AUDIT_WRITES = frozenset({"archive", "proof", "replay/copy_out.py", "scratch.py"})


def breaches(root: Path) -> list[str]:
    """Every breach of a wall in the package `readout` that lies in `root` and is first on the import path."""
    graph = grimp.build_graph("readout", include_external_packages=True, cache_dir=None)
    package = root / "readout"
    return [*import_breaches(graph), *_core_calls(package), *_audit_writes(package)]


def import_breaches(graph: grimp.ImportGraph) -> Iterator[str]:
    """Imports that run up, sideways, or to what only others may use."""
    for importer in sorted(graph.modules):
        if not importer.startswith("readout."):
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            wall = _wall_between(importer.removeprefix("readout."), imported)
            if wall:
                yield f"{importer} imports {imported}: {wall}"


def _wall_between(importer: str, imported: str) -> str | None:
    owner = ONLY.get(imported)
    if owner and not _is_in(importer, owner):
        return f"only {owner} may"
    if not imported.startswith("readout."):
        outside = imported not in CORE_LIBRARIES and any(_is_in(importer, folder) for folder in CORE)
        return "the core is pure" if outside else None
    here, there = _floor(importer), _floor(imported.removeprefix("readout."))
    if here is None or there is None or here[1] == there[1]:
        return None
    return None if here[0] < there[0] else f"{here[1]} stands below {there[1]}, or beside it"


def _floor(module: str) -> tuple[int, str] | None:
    for floor, folders in enumerate(LAYERS):
        for folder in folders:
            if _is_in(module, folder):
                return floor, folder
    return None


def unplaced(graph: grimp.ImportGraph) -> list[str]:
    """Modules that stand on no floor; only packages' own faces may."""
    names = [name.removeprefix("readout.") for name in graph.modules if name.startswith("readout.")]
    return [name for name in sorted(names) if _floor(name) is None and name not in {"streams", "__main__"}]


def _is_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


def _core_calls(package: Path) -> Iterator[str]:
    """Calls in the core that ask a clock, touch a file or talk to somebody."""
    for folder in CORE:
        for file in sorted((package / folder.replace(".", "/")).rglob("*.py")):
            for line, name in _calls(file):
                if name in _CLOCKS | _FILES:
                    yield f"{file.relative_to(package)}:{line} calls {name}: the core is pure"


def _audit_writes(package: Path) -> Iterator[str]:
    """Writing in the audit, outside the few places that make checkpoints and archives."""
    audit = package / "streams" / "audit"
    for file in sorted(audit.rglob("*.py")):
        place = file.relative_to(audit)
        if AUDIT_WRITES & {place.as_posix(), place.parts[0]}:
            continue
        for line, name in _calls(file):
            if name in _WRITES or name == "RecordProducer":
                yield f"{file.relative_to(package)}:{line} calls {name}: an audit writes checkpoints and archives only"


def _calls(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func
            if isinstance(name, ast.Name):
                yield node.lineno, name.id
            elif isinstance(name, ast.Attribute):
                yield node.lineno, name.attr
