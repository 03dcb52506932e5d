"""Text from a log as a person may safely see it: what a terminal or a page would obey is written as an escape.

Pure. Text that comes from a log may be anybody's.
"""

import unicodedata

# Controls, formats (directions among them), line and paragraph separators, halves of surrogate pairs.
_OBEYED = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
# What words are written with: a soft hyphen, and what joins or parts letters in Persian or Hindi.
_OF_WORDS = frozenset("\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")


def visible(text: str, keep: str = "\t\n") -> str:
    """The text with every character that a terminal might obey written as an escape; those in `keep` are left."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one in keep or not _is_obeyed(one) else _escape(one) for one in text)


def one_line(text: str) -> str:
    """The text as one cell of one line: tabs and line ends are escaped too."""
    return visible(text, keep="")


def _is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in _OBEYED and character not in _OF_WORDS


def _escape(character: str) -> str:
    return character.encode("unicode-escape").decode()
