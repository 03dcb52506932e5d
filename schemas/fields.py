"""Lay out a JSON Schema as a flat list of fields by path, so that two schemas can be compared field by field.

Knows as much of JSON Schema as our own schemas use: objects, arrays of one kind, `$ref` into `$defs`, `enum`, and
`anyOf` with null. Whatever else stands in a schema is kept as a keyword and so compared as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

_FOR_PEOPLE = frozenset({"title", "description", "examples", "$comment"})
_WALKED = frozenset({"$schema", "$id", "$defs", "$ref", "properties", "required", "items", "enum", "const"})
_NULL: JsonObject = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Field:
    """What a program may rely on in a field; `values` is its closed set, each as JSON text, if it has one."""

    required: bool
    nullable: bool
    values: frozenset[str] | None
    keywords: Mapping[str, JsonValue]


def fields(schema: JsonObject) -> dict[str, Field]:
    """All fields of a schema, by paths such as `participants[].selectors[].start`; the event itself is ``.

    Raises:
        ValueError: the schema refers to itself; our events have no depth without end.
    """
    return dict(_walk(schema, schema, "", required=True, above=()))


def _walk(
    node: JsonObject, root: JsonObject, path: str, *, required: bool, above: tuple[str, ...]
) -> Iterator[tuple[str, Field]]:
    node, nullable = _without_null(node)
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in above:
            raise ValueError(f"{path}: {reference} holds itself")
        above = (*above, reference)
        node = _definition(root, reference) | {key: node[key] for key in node if key != "$ref"}
    yield path, _field(node, required=required, nullable=nullable)
    needed = _list(node.get("required"))
    for name, child in _object(node.get("properties")).items():
        below = f"{path}.{name}" if path else name
        yield from _walk(_object(child), root, below, required=name in needed, above=above)
    if "items" in node:
        yield from _walk(_object(node["items"]), root, f"{path}[]", required=True, above=above)


def _without_null(node: JsonObject) -> tuple[JsonObject, bool]:
    choices = [_object(choice) for choice in _list(node.get("anyOf"))]
    if _NULL not in choices or len(choices) != 2:
        return node, False
    (only,) = (choice for choice in choices if choice != _NULL)
    return only | {key: node[key] for key in node if key != "anyOf"}, True


def _field(node: JsonObject, *, required: bool, nullable: bool) -> Field:
    keywords = {key: node[key] for key in node if key not in _FOR_PEOPLE | _WALKED}
    closed = [node["const"]] if "const" in node else _list(node.get("enum"))
    return Field(required, nullable, frozenset(map(str, closed)) or None, keywords)


def _definition(root: JsonObject, reference: str) -> JsonObject:
    name = reference.removeprefix("#/$defs/")
    return _object(_object(root["$defs"])[name])


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
