"""HTML to text: what a person would read of a body, block by block.

Reads:  an HTML fragment or page
Writes: its text; blocks (paragraphs, headings, list items, table cells, captions, asides) apart by an empty line

The tree is built by lexbor, as browsers do it, so that tags that nobody closed and tables in paragraphs are read
as a browser shows them. Deliberately absent: which blocks are news (the reading tells parts of an article).
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from readout.streams.errors import InvalidRecord

_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hl2 hr li main nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_SILENT = frozenset(
    "script style head title template noscript iframe object svg math button select textarea".split()
)
_BREAK = "\n\n"
_TEXT = "-text"
# The parser takes time with the square of the depth: beyond this no page was written by people.
_DEEPEST = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# What holds nothing, or is closed by the next of its kind.
_FLAT = frozenset(
    "area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td tfoot th thead "
    "tr track wbr".split()
)


def html_to_text(html: str) -> str:
    """The text of some HTML: white space collapsed, blocks and lines apart by an empty line.

    Raises:
        InvalidRecord: it is nested without end.
    """
    check_depth(html)
    root = LexborHTMLParser(html).root
    words = "".join(_words(root)) if root is not None else ""
    blocks = (" ".join(block.split()) for block in words.split("\0"))
    return _BREAK.join(block for block in blocks if block)


def check_depth(html: str) -> None:
    """Refuse HTML that is nested without end, before any parser sees it.

    Raises:
        InvalidRecord: it is.
    """
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _FLAT:
            depth = max(0, depth - 1 if tag[1] else depth + 1)
            if depth > _DEEPEST:
                raise InvalidRecord(f"the HTML is nested more than {_DEEPEST} elements deep: not read")


def _words(node: LexborNode) -> Iterator[str]:
    """The words of a node; NUL, which no HTML text holds, divides blocks."""
    waiting: list[LexborNode | str] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif one.tag == _TEXT:
            yield (one.text_content or "").replace("\0", "")
        elif one.tag not in _SILENT:
            edge = "\0" if one.tag in _BLOCKS else ""
            waiting += [edge, *reversed(list(one.iter(include_text=True))), edge]
