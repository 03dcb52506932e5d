"""Keep the tables and examples in the pages of `docs/topics/` equal to the schemas.

Pure: a page in, the page out. What stands between `<!-- fields PART -->` or `<!-- example EVENT_TYPE -->` and
`<!-- end -->` is made anew; everything else is left to its author.
"""

import re
from collections.abc import Iterator

import orjson
from pydantic import JsonValue

from readout.schemas.contract import JsonObject, example_records, parts
from readout.schemas.registry import EVENT_CLASSES

_BLOCK = re.compile(r"<!-- (fields|example) ([\w.]+) -->\n.*?<!-- end -->", re.DOTALL)
_NULL: JsonObject = {"type": "null"}


def refreshed(page: str) -> str:
    """The page with all its blocks as the schemas are now.

    Raises:
        KeyError: a block names a part or event that there is none of.
    """
    return _BLOCK.sub(_block, page)


def _block(found: re.Match[str]) -> str:
    kind, name = found[1], found[2]
    made = _fields(name) if kind == "fields" else _example(name)
    return f"<!-- {kind} {name} -->\n{made}\n<!-- end -->"


def _fields(name: str) -> str:
    part = parts(EVENT_CLASSES)[name]
    rows = [f"| `{field}` | {kind} | {meaning} |" for field, kind, meaning in _rows(part)]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])


def _rows(part: JsonValue) -> Iterator[tuple[str, str, str]]:
    schema = _object(part)
    required = schema.get("required")
    for name, field in _object(schema.get("properties")).items():
        optional = isinstance(required, list) and name not in required
        meaning = str(_object(field)["description"])
        yield name, _kind(_object(field)) + (", may be absent" if optional else ""), meaning


def _kind(field: JsonObject) -> str:
    """The type of a field in a few words."""
    if choices := field.get("anyOf"):
        wanted = [choice for choice in choices if choice != _NULL] if isinstance(choices, list) else []
        return " or ".join([*(_kind(_object(choice)) for choice in wanted), "null"])
    if reference := field.get("$ref"):
        return f"`{str(reference).rpartition('/')[2]}`"
    if isinstance(values := field.get("enum"), list):
        return " \\| ".join(f"`{value}`" for value in values)
    if field.get("type") == "array":
        return f"list of {_kind(_object(field.get('items')))}"
    return "sha256" if "a-f" in str(field.get("pattern")) else str(field.get("type"))


def _example(event_type: str) -> str:
    record = example_records()[event_type]
    text = orjson.dumps(record, option=orjson.OPT_INDENT_2).decode()
    return f"```json\n{text}\n```"


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
