"""Point into an article: W3C TextPosition and TextQuote selectors in one flat object.

Offsets count Unicode code points of `ArticlePublished.body` exactly as published and are half-open.
Deliberately absent: any normalisation of the text between publication and selection.
"""

from typing import Self

from pydantic import Field, model_validator

from schemas.event import Part

CONTEXT_LENGTH = 16


class Selector(Part):
    """A stretch of the article text, with the words that it must hold."""

    start: int = Field(ge=0, description="First code point of the body.")
    end: int = Field(ge=1, description="One past the last code point of the body.")
    exact: str = Field(min_length=1, description="The words between start and end.")
    prefix: str = Field(description="Up to 16 code points before start.")
    suffix: str = Field(description="Up to 16 code points from end on.")

    @model_validator(mode="after")
    def _length_agrees(self) -> Self:
        if self.end - self.start != len(self.exact):
            message = f"selector {self.start}..{self.end} holds {len(self.exact)} code points"
            raise ValueError(message)
        return self


def select(text: str, start: int, end: int) -> Selector:
    """Make the selector of `text[start:end]`.

    Raises:
        ValueError: the range is empty or leaves the text; the caller has a bug.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no selector for {start}..{end} in a text of {len(text)} code points")
    return Selector.model_construct(
        start=start,
        end=end,
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT_LENGTH) : start],
        suffix=text[end : end + CONTEXT_LENGTH],
    )


def proves(selector: Selector, text: str) -> bool:
    """Does the text hold the selector's words, and its context, where it says?"""
    return select_or_none(text, selector.start, selector.end) == selector


def select_or_none(text: str, start: int, end: int) -> Selector | None:
    """`select`, but None where the range leaves the text."""
    return select(text, start, end) if 0 <= start < end <= len(text) else None
