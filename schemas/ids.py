"""Ids that nobody draws: equal on every replay, and kept when a revision only moves the text."""

import hashlib


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
        self._seen: dict[bytes, int] = {}

    def next_id(self, kind: str, *content: str) -> str:
        """The id of the next record of this kind and content, in reading order."""
        parts = (kind, self._article_id, *map(normalise, content))
        framed = b"".join([_framed(part) for part in parts])
        count = self._seen[framed] = self._seen.get(framed, 0) + 1
        return sha256_hex(framed + _framed(str(count)))


def _framed(part: str) -> bytes:
    data = part.encode()
    return b"%d:%b" % (len(data), data)
