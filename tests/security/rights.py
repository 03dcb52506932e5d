"""The table of least rights in `docs/security.md`, as ACLs: what is granted in tests is what the docs say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import (  # type: ignore[attr-defined] # the names are there, only not exported
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
_ROW = re.compile(r"^\| (\w+) \| (topic|group|transactional id) \| `([^`]+)` \| ([A-Z_, ]+) \|", re.MULTILINE)
_KINDS = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional id": ResourceType.TRANSACTIONAL_ID,
}


@dataclass(frozen=True, slots=True)
class Right:
    """A row of the table."""

    role: str
    kind: str
    name: str
    operations: tuple[str, ...]


def documented_rights() -> list[Right]:
    """All rows of the table."""
    rows = _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return [Right(role, kind, name, tuple(operations.split(", "))) for role, kind, name, operations in rows]


def acls(rights: list[Right], *, prefix: str, application_id: str) -> Iterator[AclBinding]:
    """The ACLs of an installation; every role is a user of that name."""
    for right in rights:
        literal = right.kind == "topic" and right.name != "*"
        names = {"*": prefix, "application id": f"{prefix}:{application_id}"}
        for operation in right.operations:
            yield AclBinding(
                _KINDS[right.kind],
                names.get(right.name, prefix + right.name),
                ResourcePatternType.LITERAL if literal else ResourcePatternType.PREFIXED,
                f"User:{right.role}",
                "*",
                AclOperation[operation],
                AclPermissionType.ALLOW,
            )
