"""The gate: may this contract replace a released one without breaking those who read the topics?

Reads:  two sets of JSON Schemas, by event type
Writes: nothing; each difference that breaks somebody comes back as a sentence with its remedy

Two kinds of readers can break. Programs written against the release meet what is new; whoever replays the log
with the new schemas meets what is old, for nothing is ever deleted. So a closed set can be neither widened nor
narrowed, and a new field has to be optional. Descriptions and titles may be reworded: what a program relies on
must stand in a keyword (`x-unit`, `x-refers-to`, `pattern`), and those are compared. To say in a new `x-` keyword
what always was is harmless.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from readout.schemas.fields import Field, JsonObject, fields

_PROGRAMS = "programs written against the released schema"
_REPLAYS = "whoever reads the records that are already stored"
_MEANINGS = {"type": "type", "x-unit": "meaning (unit)", "x-refers-to": "meaning (reference)"}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Breach:
    """A change that breaks readers; fields are paths such as `participants[].part`, none for a whole event."""

    event_type: str
    fields: tuple[str, ...]
    change: str
    breaks: str

    def __str__(self) -> str:
        return (
            f"{self.event_type}{self._where} {self.change}. This breaks {self.breaks}. "
            f"Leave {self.event_type} as it was and publish {next_version(self.event_type)} "
            "with an upcaster in schemas/upcasts.py."
        )

    @property
    def _where(self) -> str:
        shown = " and ".join(f"`{field}`" for field in self.fields[:_SHOWN])
        more = f" and {len(self.fields) - _SHOWN} more" if len(self.fields) > _SHOWN else ""
        return f": field {shown}{more}" if shown else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What breaks, and what was added without harm (events, and fields by path)."""

    breaches: tuple[Breach, ...]
    additions: tuple[str, ...]


def compare(
    released: Mapping[str, JsonObject], current: Mapping[str, JsonObject], *, lifted: Collection[str] = ()
) -> Comparison:
    """Compare two contracts, each the JSON Schemas of its event types.

    Args:
        released: what readers were promised.
        current: what shall replace it.
        lifted: event types that no code writes any more, but that an upcaster reads.
    """
    gone = [kind for kind in released if kind not in current and kind not in lifted]
    breaches = [Breach(kind, (), "is gone", _REPLAYS) for kind in gone]
    additions = [kind for kind in current if kind not in released]
    for kind in sorted(released.keys() & current.keys()):
        old, new = fields(released[kind]), fields(current[kind])
        breaches += _grouped(kind, _findings(old, new))
        additions += [f"{kind}: {path}" for path in _topmost(new, old) if not new[path].required]
    return Comparison(tuple(breaches), tuple(sorted(additions)))


def next_version(event_type: str) -> str:
    """The event type that follows: `readout.contact.logged.v2` after `.v1`."""
    name, _, version = event_type.rpartition(".v")
    return f"{name}.v{int(version) + 1}"


_Finding = tuple[str, str, str]


def _grouped(kind: str, findings: Iterator[_Finding]) -> list[Breach]:
    """A change in a part that many fields share, such as a selector, is one breach."""
    paths: dict[tuple[str, str], list[str]] = {}
    for path, change, breaks in findings:
        paths.setdefault((change, breaks), []).append(path)
    return [Breach(kind, tuple(sorted(paths[change])), *change) for change in sorted(paths)]


def _findings(old: Mapping[str, Field], new: Mapping[str, Field]) -> Iterator[_Finding]:
    added = _topmost(new, old)
    for path in _topmost(old, new):
        yield path, _removal(path, old, new, added), _PROGRAMS
    for path in added:
        if new[path].required:
            yield path, "is new and required, and stored records do not have it", _REPLAYS
    for path in old.keys() & new.keys():
        yield from ((path, change, breaks) for change, breaks in _changes(old[path], new[path]))


def _topmost(these: Mapping[str, Field], others: Mapping[str, Field]) -> list[str]:
    """The paths of these that others lack; not those below them, which go without saying."""
    lacking = [path for path in these if path not in others]
    return [path for path in lacking if not any(_is_below(path, upper) for upper in lacking)]


def _is_below(path: str, upper: str) -> bool:
    return path.startswith((f"{upper}.", f"{upper}[]"))


def _removal(path: str, old: Mapping[str, Field], new: Mapping[str, Field], added: list[str]) -> str:
    parent = path.rpartition(".")[0]
    for candidate in added:
        if candidate.rpartition(".")[0] == parent and new[candidate] == old[path]:
            return f"was renamed to `{candidate}`"
    return "was removed"


def _changes(old: Field, new: Field) -> Iterator[tuple[str, str]]:
    if old.required and not new.required:
        yield "may now be absent", _PROGRAMS
    if new.required and not old.required:
        yield "is now required, and stored records may lack it", _REPLAYS
    if new.nullable and not old.nullable:
        yield "may now be null", _PROGRAMS
    if old.nullable and not new.nullable:
        yield "may no longer be null, and stored records may be", _REPLAYS
    yield from _set_changes(old.values, new.values)
    for keyword in sorted(old.keywords.keys() | new.keywords.keys()):
        before, after = old.keywords.get(keyword), new.keywords.get(keyword)
        if before != after and not (before is None and keyword.startswith("x-")):
            yield _keyword_change(keyword, before, after), f"{_PROGRAMS}, or {_REPLAYS}"


def _set_changes(old: frozenset[str] | None, new: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    if old is None or new is None:
        if old != new:
            yield (
                ("is now a closed set" if new else "is no longer a closed set"),
                f"{_PROGRAMS}, or {_REPLAYS}",
            )
        return
    if new - old:
        yield f"may now also hold {', '.join(sorted(new - old))}", _PROGRAMS
    if old - new:
        yield f"may no longer hold {', '.join(sorted(old - new))}, and stored records do", _REPLAYS


def _keyword_change(keyword: str, before: JsonValue, after: JsonValue) -> str:
    what = _MEANINGS.get(keyword, f"limits ({keyword})")
    return f"changed its {what}: was {before}, is {after}"
