"""A derived article as HTML for a notebook: the text with names, statements and contacts marked, and the contacts.

Pure. It brings its own few styles, loads nothing, and shows what a page would obey as escapes.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed
from readout.streams.log.shown_text import visible

Mark = tuple[Selector, str, str]
# Half transparent, so that they do on light pages and on dark ones.
_STYLES = {
    "evidence": "background:rgba(255,190,0,.22)",
    "content": "border-bottom:2px solid rgba(0,140,90,.8)",
    "cue": "border-bottom:2px dotted rgba(0,140,90,.9)",
    "name": "font-weight:600",
    "participant": "font-weight:600;background:rgba(255,150,0,.5)",
}
_WORDS = {
    "evidence": "proves a contact",
    "participant": "took part in one",
    "content": "was said",
    "cue": "says so",
    "name": "is named",
}


def page(
    article: ArticlePublished,
    entities: Sequence[EntityMentioned],
    statements: Sequence[StatementAttributed],
    contacts: Sequence[ContactLogged],
) -> str:
    """The article and what was found in it."""
    marks = [*_of_entities(entities), *_of_statements(statements), *_of_contacts(contacts)]
    headline = f"<h4>{_text(article.headline)}</h4>" if article.headline else ""
    body = "".join(_marked(article.body, marks))
    counts = f"{len(contacts)} contacts, {len(statements)} statements, {len(entities)} entities"
    return (
        f'<div style="max-width:50em;line-height:1.5">{headline}<p>{body}</p>'
        f"<p><small>{_legend()} · {counts}</small></p>{_table(contacts)}</div>"
    )


def _of_entities(entities: Iterable[EntityMentioned]) -> Iterator[Mark]:
    for one in entities:
        for mention in one.mentions:
            if mention.kind == "name":
                yield mention.selector, "name", f"{one.type}: {one.name}"


def _of_statements(statements: Iterable[StatementAttributed]) -> Iterator[Mark]:
    for one in statements:
        who = one.source.name if one.source else "nobody named"
        for selector in one.content.selectors:
            yield selector, "content", f"{one.kind} statement of {who}"
        for selector in one.cue.selectors if one.cue else ():
            yield selector, "cue", f"attributes it to {who}"


def _of_contacts(contacts: Iterable[ContactLogged]) -> Iterator[Mark]:
    for one in contacts:
        told = _told(one)
        for selector in one.evidence:
            yield selector, "evidence", told
        for who in one.participants:
            for selector in who.selectors:
                yield selector, "participant", f"took part: {told}"


def _told(contact: ContactLogged) -> str:
    names = ", ".join(one.name for one in contact.participants)
    return f"{contact.occurred_on.date or 'undated'} {contact.mode} ({contact.status}): {names}"


def _marked(body: str, marks: Sequence[Mark]) -> Iterator[str]:
    """The body, cut wherever a mark begins or ends, each piece with all the marks on it."""
    cuts = {0, len(body)}
    for selector, _, _ in marks:
        cuts |= {selector.start, selector.end}
    for start, end in pairwise(sorted(cuts)):
        on = [mark for mark in marks if mark[0].start <= start and end <= mark[0].end]
        piece = _text(body[start:end]).replace("\n", "<br>")
        if not on:
            yield piece
            continue
        styles = ";".join(_STYLES[kind] for kind in _STYLES if any(kind == one for _, one, _ in on))
        titles = "\n".join(dict.fromkeys(title for _, _, title in on))
        yield f'<span style="{styles}" title="{_text(titles)}">{piece}</span>'


def _legend() -> str:
    return " · ".join(f'<span style="{_STYLES[kind]}">{words}</span>' for kind, words in _WORDS.items())


def _table(contacts: Sequence[ContactLogged]) -> str:
    heads = "".join(f"<th>{name}</th>" for name in ("date", "mode", "status", "participants"))
    return f"<table><tr>{heads}</tr>{''.join(map(_row, contacts))}</table>" if contacts else ""


def _row(contact: ContactLogged) -> str:
    date = _text(contact.occurred_on.date or "?")
    who = _text("; ".join(map(_participant, contact.participants)))
    return (
        f'<tr><td style="white-space:nowrap">{date}</td><td>{contact.mode}</td><td>{contact.status}</td>'
        f'<td style="text-align:left">{who}</td></tr>'
    )


def _participant(who: Participant) -> str:
    return who.name + (f" ({who.country})" if who.country else "")


def _text(text: str) -> str:
    return escape(visible(text))
