"""HTML pages: the article of a page without menus, comments and advertisements, found by trafilatura.

Read: text, title, day of publication, byline, site, canonical address; no more. The body is what was extracted, and
`news` keeps it for ever: a later version of the extractor changes nothing that was published.
"""

import codecs
import re

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document, one_line, required, source_of
from readout.streams.publish.html_text import check_depth

_EXTRACTOR = "trafilatura"
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_SEARCHED_BYTES = 4096
_TEXT_ENCODINGS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252"}
)


def read_page(document: Document) -> Draft:
    """The article of a page.

    Raises:
        InvalidRecord: broken encoding, nested without end, or no article in it.
    """
    html = _decoded(document)
    check_depth(html)
    page = trafilatura.bare_extraction(
        html,
        url=document.url,
        with_metadata=True,
        include_comments=False,
        # Without a search of the whole text: a day that it mentions is not the day of publication.
        date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"},
    )
    if page is None or isinstance(page, dict):
        raise InvalidRecord("no article was found in the page")
    url = page.url or document.url
    return Draft(
        unnumbered=True,
        article_id=url,
        headline=one_line(page.title),
        body=required("\n\n".join((page.text or "").split("\n")), "a page"),
        published_at=page.date,
        language=_language(html),
        source=source_of(document, _EXTRACTOR, name=page.sitename or page.hostname, url=url),
        byline=one_line(page.author),
    )


def _decoded(document: Document) -> str:
    data = document.data
    declared = _DECLARED.search(data[:_SEARCHED_BYTES])
    name = document.encoding or (declared[1].decode() if declared else "utf-8")
    if data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    try:
        known = codecs.lookup(name).name
        if known not in _TEXT_ENCODINGS | {"utf-8-sig", "utf-16"}:
            raise InvalidRecord(f"encoding {name!r} is not read: save the page as UTF-8")
        # As browsers do: what calls itself Latin 1 or ASCII is Windows-1252.
        return data.decode("cp1252" if known in {"iso8859-1", "ascii"} else known)
    except LookupError:
        raise InvalidRecord(f"encoding {name!r} is unknown: save the page as UTF-8") from None
    except UnicodeDecodeError as error:
        raise InvalidRecord(
            f"invalid {name} at byte {error.start}: the page is damaged; if it says its encoding wrongly, "
            "say --encoding"
        ) from None


def _language(html: str) -> str | None:
    """The language that the page declares."""
    root = LexborHTMLParser(html).root
    declared = (root.attributes.get("lang") or "") if root is not None else ""
    return declared.strip() or None
