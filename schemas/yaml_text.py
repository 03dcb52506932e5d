"""Write plain data as YAML that people like to read; reading YAML is deliberately absent.

Strings are written as JSON strings, which YAML understands, unless they are plain words; a string of several
lines becomes a block. So nothing depends on which words a YAML reader takes for numbers or truth values.
"""

import re
from collections.abc import Iterator

import orjson
from pydantic import JsonValue

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$./-]*")
_TAKEN = frozenset("true false null yes no on off y n".split())
# Lines that neither begin nor end with a space, the first and the last of them with words.
_BLOCK = re.compile(r"[!-~](?:[ -~]*[!-~])?\n(?:\n*[!-~](?:[ -~]*[!-~])?\n)+")
# YAML wants these escaped; JSON does not.
_UNPRINTABLE = re.compile("[^ -~\u00a0-\u2027\u202a-\ud7ff]")
_INDENT = "  "


def to_yaml(data: JsonValue) -> bytes:
    """A YAML document, ending in a newline."""
    return "\n".join(_lines(data, "")).encode() + b"\n"


def _lines(node: JsonValue, indent: str) -> Iterator[str]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _entry(f"{indent}{_string(key)}:", value, indent)
    elif isinstance(node, list) and node:
        for value in node:
            yield from _entry(f"{indent}-", value, indent)
    else:
        yield indent + _scalar(node)


def _entry(head: str, value: JsonValue, indent: str) -> Iterator[str]:
    if isinstance(value, str) and _BLOCK.fullmatch(value):
        yield f"{head} |"
        yield from (f"{indent}{_INDENT}{line}".rstrip() for line in value[:-1].split("\n"))
    elif isinstance(value, dict | list) and value:
        yield head
        yield from _lines(value, indent + _INDENT)
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: JsonValue) -> str:
    return _string(value) if isinstance(value, str) else orjson.dumps(value).decode()


def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _TAKEN:
        return text
    return _UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08X}", orjson.dumps(text).decode())
