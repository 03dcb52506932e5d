"""Point into an article: W3C TextPosition and TextQuote selectors in one flat object.

Offsets count Unicode code points of `ArticlePublished.body` exactly as published and are half-open.
Deliberately absent: any normalisation of the text between publication and selection.
"""

from typing import Self

from pydantic import Field, JsonValue, model_validator

from readout.schemas.event import Part

CONTEXT_LENGTH = 16
# Part of the published meaning: JavaScript and Java count UTF-16 units and have to convert.
_UNIT: dict[str, JsonValue] = {"x-unit": "Unicode code point"}


class Selector(Part):
    """A stretch of the article text, with the words that it must hold."""

    start: int = Field(
        ge=0,
        description="Index of the first code point in the article body, counted from 0.",
        json_schema_extra=_UNIT,
    )
    end: int = Field(
        ge=1,
        description="Index one past the last code point, so that end - start is the length of `exact`.",
        json_schema_extra=_UNIT,
    )
    exact: str = Field(min_length=1, description="The words at start..end of the article body, unchanged.")
    prefix: str = Field(description="Up to 16 code points before start; shorter at the beginning.")
    suffix: str = Field(description="Up to 16 code points from end on; shorter at the end.")

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
    return Selector(
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
