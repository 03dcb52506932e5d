"""The reading of a body: what each step does, and the map that leads back to the body as published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.streams.text.reading.anchors import anchors
from readout.streams.text.reading.reading import read
from readout.streams.text.spans import Span

READINGS = {
    "entities": (
        "Fish &amp; chips, he&#8217;d say &amp;quot;now&amp;quot;.",
        "Fish & chips, he'd say “now”.",
    ),
    "markup": ("<p>One <b>bold</b> word.</p><p>Two.</p>", "One bold word.\n\nTwo."),
    "no markup": ("If x < y and y > z, <name> goes.", "If x < y and y > z, <name> goes."),
    "windows-1252": ("\x93Ready\x94 \x96 she said.", "“Ready” – she said."),
    "invisible": ("\ufeffThe min\xadis\u200bter \u200espoke.", "The minister spoke."),
    "line ends": ("One.\r\n\r\nTwo.\u2029Three.", "One.\n\nTwo.\n\nThree."),
    "spaces": ("It\xa0is\t10\u202fkm  away.", "It is 10 km away."),
    "composed": ("Jose\u0301 met Zoe\u0308.", "José met Zoë."),
    "ligatures": ("The of\ufb01ce", "The office"),
    "a wrap in front of a name": (
        "Anna Berg met\nOle Holm in Oslo on Monday.",
        "Anna Berg met Ole Holm in Oslo on Monday.",
    ),
    "a wrap of a long word": ("The nego-\ntiations in Oslo went on.", "The negotiations in Oslo went on."),
    "a headline": (
        "Ministers meet in Oslo\nAnna Berg met Ole Holm.",
        "Ministers meet in Oslo\n\nAnna Berg met Ole Holm.",
    ),
    "a list": ("They want:\n- ports\n- grain\n- peace", "They want:\n\nports\n\ngrain\n\npeace"),
    "signs in front of paragraphs": ("• One went.\n▪ Two stayed.", "One went.\n\nTwo stayed."),
    "who said it, below a quotation": ("“We are ready.”\n— Anna Berg", "“We are ready.”\n\n— Anna Berg"),
    "entities that were encoded again": ("It&amp;amp;#8217;s 10&amp;nbsp;km.", "It's 10 km."),
    "tags of other spaces": ("<![CDATA[<p>One<o:p></o:p>.</p>]]>", "One."),
    "UTF-8 read as Windows-1252": ("Itâ€™s Ã©lan â€” â€œnowâ€\x9d.", "It's élan — “now”."),
    "a next line that is none of Windows-1252": ("One.\x85Two\x85 and", "One.\n\nTwo… and"),
    "Markdown": (
        "# Talks\n\nThe **old** minister met [Berg](https://example.org/berg) in _Oslo_. F*** no, 2*3*4.",
        "Talks\n\nThe old minister met Berg in Oslo. F*** no, 2*3*4.",
    ),
    "escaped marks": ('He said \\"no\\".', "He said “no”."),
    "a quoted mail": (
        "> Anna Berg met\n> Ole Holm.\n>\n> They spoke.",
        "Anna Berg met Ole Holm.\n\nThey spoke.",
    ),
    "hyphens that are none of ASCII": (
        "A long\u2011term, well\u2010known plan",
        "A long-term, well-known plan",
    ),
    "other apostrophes": ("It´s the minister′s, isnʼt it", "It's the minister's, isn't it"),
    "French marks": ("Il a dit «\u00a0oui\u00a0» to her.", "Il a dit “oui” to her."),
    "German marks in books": ("He said »yes« to her.", "He said “yes” to her."),
    "marks of another house inside ones that nobody closes": (
        'It goes on, "he said. „We will go,“ she said.',
        'It goes on, “he said. "We will go,” she said.',
    ),
    "lines set in below the first one of a paragraph": (
        "Anna Berg met the minister for the harbours in the old town of\n  Arden on Monday.\n\n"
        "“We have agreed on a plan for the year,” she told reporters.\n  “It is long.”",
        "Anna Berg met the minister for the harbours in the old town of Arden on Monday.\n\n"
        "“We have agreed on a plan for the year,” she told reporters. “It is long.”",
    ),
    "a table": ("Arden 2 Leys 1\nHolt 3 Marsh 0", "Arden 2 Leys 1\n\nHolt 3 Marsh 0"),
    "rows of results below a line that was full": (
        "Anna Berg met Ole Holm in the old town\nof Arden before the last games on Friday\nArden 2 Leys 1\nHolt 3 Marsh 0",
        "Anna Berg met Ole Holm in the old town of Arden before the last games on Friday\n\n"
        "Arden 2 Leys 1\n\nHolt 3 Marsh 0",
    ),
    "a day that is no item of a list": (
        "She will stay in the old town of Arden until the fair on Sept.\n5. Beauty queens are much in the news of"
        "\nthese weeks.",
        "She will stay in the old town of Arden until the fair on Sept. 5. Beauty queens are much in the news of"
        " these weeks.",
    ),
    "speakers": ("BERG: We go.\nHOLM:\nWe stay.", "BERG: We go.\n\nHOLM: We stay."),
    "single marks alone": ("‘We will go,’ she said. ‘Now.’", "“We will go,” she said. “Now.”"),
    "marks inside marks": ("«He said ‹no›», she added.", "“He said ‘no’”, she added."),
    "apostrophes": ("The workers’ pay in the ’90s, ’tis said", "The workers' pay in the '90s, 'tis said"),
    "measures": ("He is 6'2\" tall.", "He is 6'2\" tall."),
}


@pytest.mark.parametrize("name", READINGS)
def test_a_body_is_read_so(name: str) -> None:
    body, text = READINGS[name]
    assert read(body).text == text


PARTS = {
    "subheading": "The minister spoke.\n\nWho pays\n\nShe left.",
    "dateline": "OSLO, June 16, 2021 (Agency) - The minister spoke.",
    "byline": "By Ann Lee\n\nThe minister spoke.",
    "updated": "Updated 4:10 PM, June 16, 2021\n\nThe minister spoke.",
    "caption": "FILE PHOTO: Boats in Oslo\n\nThe minister spoke.",
    "credit": "The minister spoke.\n\nPhoto: Ann Lee / Getty Images",
    "advertisement": "The minister spoke.\n\nADVERTISEMENT",
    "correction": "The minister spoke.\n\nCorrection: An earlier version named another minister.",
    "entry": "14:35 GMT — The minister spoke.",
    "ending": "The minister spoke.\n\n* * *",
    "foreign": "The minister spoke.\n\nDe minister sprak maandag met zijn ambtgenoot over de oorlog in het oosten.",
}


DATELINES = (
    "(Reuters) - ",
    "(CNN)",
    "Oct 25 (Reuters) - ",
    "KYIV, Ukraine — ",
    "Tallinn - ",
    "Tallinn, Oct. 25 (CNA) ",
    "Tallinn, Oct 25, IRNA - ",
    "TALLINN | ",
    "LONDON/PARIS, June 5 (Reuters) - ",
    "MOSCOW, October 25. /TASS/. ",
    "SAN JOSÉ, Costa Rica (AP) — ",
)


@pytest.mark.parametrize("words", DATELINES)
def test_a_dateline_is_told_by_its_shape(words: str) -> None:
    sentence = "The minister met the pilots in the harbour on Monday."
    reading = read(words + sentence)
    assert [part.kind for part in reading.parts] == ["dateline"]
    assert reading.passages.article.strip() == sentence


@pytest.mark.parametrize("line", ["Who pays", "Share", "Save", "More from Northern Wire"])
def test_a_short_line_between_two_sentences_is_set_apart(line: str) -> None:
    reading = read(f"One spoke.\n\n{line}\n\nTwo spoke.")
    assert [part.kind for part in reading.parts] in (["subheading"], ["advertisement"])
    assert reading.passages.article.strip() == "One spoke.\n\nTwo spoke."


def test_headings_above_the_article_are_parsed_apart() -> None:
    passages = read("Pilots meet\n\nMinister in Oslo\n\nThe minister spoke.\n\nBy Ann Lee").passages
    assert [one.strip() for one in (*passages.above, passages.article, *passages.behind)] == [
        "Pilots meet",
        "Minister in Oslo",
        "The minister spoke.",
        "By Ann Lee",
    ]


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_is_no_word_of_a_sentence_and_stands_where_it_says(kind: str) -> None:
    body = PARTS[kind]
    reading = read(body)
    assert [part.kind for part in reading.parts] == [kind]
    (part,) = reading.parts
    assert body[part.span.start : part.span.end] == part.text
    assert reading.passages.article.strip().split("\n\n")[0] == "The minister spoke."


SENTENCES = (
    "By Monday the talks were over.",
    "NATO - the alliance - said no.",
    "He told the story to Reuters.",
    "“Non, ce n’est pas possible pour les ministres de la France,” he said.",
    "Read more slowly, the teacher said.",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_no_part(sentence: str) -> None:
    assert read(sentence).parts == ()


def test_an_advertisement_inside_a_passage_is_none_of_its_words() -> None:
    body = "“One.\n\nADVERTISEMENT\n\n“Two,” she said."
    reading = read(body)
    spans = reading.spans(Span(0, len(reading.text)))
    assert [body[span.start : span.end] for span in spans] == ["“One.", "“Two,” she said."]


def test_entries_tell_from_where_on_their_time_holds() -> None:
    reading = read("Live\n\n14:35 GMT\n\nThe minister spoke.\n\n3 p.m. — She left.")
    found = [(reading.text[one.start :].split("\n")[0], one.time) for one in anchors(reading, None)]
    assert found == [("The minister spoke.", "14:35"), ("She left.", "15:00")]


LAYOUT = st.lists(
    st.sampled_from(
        [
            "Ann Lee",
            " met ",
            "\n",
            "\n\n",
            "\r\n",
            "“",
            "”",
            "''",
            '"',
            "’s",
            "&amp;",
            "<p>",
            "</b>",
            "\xad",
            "é",
            "-\n",
            "OSLO (AP) — ",
            "By Bo Ek",
            "ADVERTISEMENT",
            "said.",
            "\u200b",
            "  ",
            "\xa0",
            "12:30",
            "ﬁ",
            "a",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(LAYOUT, st.text(st.characters(exclude_categories=["Cs"]), max_size=60)))
def test_every_code_point_of_a_reading_stands_for_words_of_the_body(body: str) -> None:
    reading = read(body)
    assert len(reading.text) == len(reading.printed)
    for place, letter in enumerate(reading.printed):
        if letter.isspace():
            continue
        (span,) = reading.spans(Span(place, place + 1))
        assert 0 <= span.start < span.end <= len(body)
        if (
            letter.isalnum()
            and letter.isascii()
            and span.end - span.start == 1
            and body[span.start].isascii()
        ):
            assert body[span.start] == letter
            assert reading.place_of(span.start) == place


@given(LAYOUT)
def test_a_reading_is_read_as_it_stands(body: str) -> None:
    once = read(body)
    if not once.parts and once.text.strip():
        assert letters(read(once.text).text) == letters(once.text)


def letters(text: str) -> str:
    """The text without its marks: idle ones are not read the same way twice."""
    return "".join(filter(str.isalnum, text))
