"""The passages of a body, as they are parsed: what stands above the article, the article, and what is behind."""

from typing import NamedTuple


class Passages(NamedTuple):
    """A body in passages that are parsed apart: what stands around the article never changes how it is parsed.

    Joined as they are they give the body.

    Attributes:
        above: headings, one each.
        article: what stands below them.
        behind: parts that are no sentences of the article, such as captions, one each.
    """

    above: tuple[str, ...]
    article: str
    behind: tuple[str, ...]
