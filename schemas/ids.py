"""Ids that nobody draws: equal on every replay, and kept when a revision only moves the text."""

import hashlib
from collections import Counter


def sha256_hex(data: bytes) -> str:
    """Lower-case hexadecimal sha256."""
    return hashlib.sha256(data).hexdigest()


def text_sha256(text: str) -> str:
    """Digest of the UTF-8 bytes of a text."""
    return sha256_hex(text.encode())


def normalise(text: str) -> str:
    """Case folded, white space collapsed: what stays when a sentence is only moved or set anew."""
    return " ".join(text.casefold().split())


class RecordIds:
    """Hands out the ids of one article's records; equal content is told apart by its n-th occurrence."""

    def __init__(self, article_id: str) -> None:
        self._article_id = article_id
        self._seen: Counter[tuple[str, ...]] = Counter()

    def next_id(self, kind: str, *content: str) -> str:
        """The id of the next record of this kind and content, in reading order."""
        parts = (kind, self._article_id, *(normalise(part) for part in content))
        self._seen[parts] += 1
        framed = [f"{len(part.encode())}:{part}" for part in (*parts, str(self._seen[parts]))]
        return sha256_hex("".join(framed).encode())
