"""The error report about names counts each kind of error and shows its words."""

from tests.quality.entities_report import Difference, Span, differences, report

TEXT = "Ann Lee of Oslo joined the Vale Group in Bergen."
GOLD = [Span(0, 7, "PERSON"), Span(11, 15, "PLACE"), Span(27, 37, "ORG")]
PREDICTED = [Span(0, 3, "PERSON"), Span(11, 15, "ORG"), Span(41, 47, "PLACE")]


def test_every_kind_of_error_is_told_apart() -> None:
    found = {(one.phenomenon, one.words) for one in differences(TEXT, GOLD, PREDICTED)}
    assert found == {
        ("missed PERSON, other extent", "Ann Lee"),
        ("false PERSON, other extent", "Ann"),
        ("missed PLACE, taken for ORG", "Oslo"),
        ("false ORG, is PLACE", "Oslo"),
        ("missed ORG, nothing there", "Vale Group"),
        ("false PLACE, nothing there", "Bergen"),
    }


def test_what_agrees_is_no_difference() -> None:
    assert list(differences(TEXT, GOLD, GOLD)) == []


def test_the_most_frequent_kind_comes_first_with_some_examples() -> None:
    errors = [Difference("rare", "a", "x a y"), *(Difference("common", word, "x") for word in "bcd")]
    assert list(report(errors, 2)) == [
        "    3  common",
        "         'b' in …x…",
        "         'c' in …x…",
        "    1  rare",
        "         'a' in …x a y…",
    ]
