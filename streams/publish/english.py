"""Only English is read: an article in another language is refused where it comes in.

The evidence is that of `text.other_language`, which the reading also uses for single paragraphs.
"""

from readout.streams.text.other_language import is_other_language

__all__ = ["is_other_language"]
