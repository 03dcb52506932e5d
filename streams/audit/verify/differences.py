"""Compare two values field by field.

Pure: bytes in, differences out.
"""

from collections.abc import Iterator

import orjson

from readout.streams.audit.findings import Difference

_MOST = 5
_SHOWN = 60

Fields = dict[str, str]


def differences(expected: bytes, found: bytes | None) -> tuple[Difference, ...]:
    """The first fields in which two JSON values differ; the whole value if one cannot be read."""
    try:
        left, right = _fields(orjson.loads(expected)), _fields(orjson.loads(found or b""))
    except orjson.JSONDecodeError:
        return (Difference("$", _short(expected.decode()), _short((found or b"").decode(errors="replace"))),)
    paths = [path for path in left | right if left.get(path) != right.get(path)]
    if not paths:
        return (Difference("$", "canonical JSON", "the same fields, written otherwise"),)
    return tuple(
        Difference(path, _shorten(left.get(path)), _shorten(right.get(path))) for path in paths[:_MOST]
    )


def differing_names(expected: bytes, found: bytes | None) -> frozenset[str]:
    """The names of the top-level fields in which two JSON objects differ; `$` if one is none."""
    try:
        left, right = orjson.loads(expected), orjson.loads(found or b"")
    except orjson.JSONDecodeError:
        return frozenset("$")
    if not isinstance(left, dict) or not isinstance(right, dict):
        return frozenset("$")
    return frozenset(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def _fields(data: object) -> Fields:
    return dict(_leaves("$", data))


def _leaves(path: str, data: object) -> Iterator[tuple[str, str]]:
    match data:
        case dict() if data:
            for name, value in data.items():
                yield from _leaves(f"{path}.{name}", value)
        case list() if data:
            for index, value in enumerate(data):
                yield from _leaves(f"{path}[{index}]", value)
        case _:
            yield path, orjson.dumps(data).decode()


def _shorten(text: str | None) -> str | None:
    return None if text is None else _short(text)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
