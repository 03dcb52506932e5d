"""A derived article in a notebook: its text with every piece of evidence marked, and nothing that a page obeys."""

import re
from html import unescape

from readout import derive

TEXT = "Ann Lee <b>met</b> Bob Ray in Paris on Monday.\n“We agreed,” Lee said.\N{RIGHT-TO-LEFT OVERRIDE}"


def test_the_page_shows_the_text_and_marks_the_evidence() -> None:
    found = derive(
        "Ann Lee met Bob Ray in Paris on Monday. “We agreed,” Lee said.", published_at="2022-10-25"
    )
    html = found._repr_html_()
    spans = re.findall(r'<span style="([^"]*)" title="([^"]*)">(.*?)</span>', html)
    marked = {unescape(text): (style, unescape(title)) for style, title, text in spans}
    assert "rgba(255,150,0" in marked["Ann Lee"][0]
    assert "took part: 2022-10-24 meeting (held): " in marked["Ann Lee"][1]
    assert any("statement of Ann Lee" in title for text, (_, title) in marked.items() if "agreed" in text)
    assert unescape(re.sub(r"<[^>]*>", "", html)).startswith(found.article.body)


def test_markup_in_a_text_is_text() -> None:
    html = derive(TEXT, published_at="2022-10-25")._repr_html_()
    assert "<b>" not in html
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert r"\u202e" in html
