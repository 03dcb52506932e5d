"""Tables of results: teams, competitors and datelines, and prose that only looks like one."""

import pytest

from readout.streams.text.entities.tables import competitors, datelines, teams

TEAMS = [
    ("Arden 107 Stour County 10", ["Arden", "Stour County"]),
    ("Moss 6 4 1 1 9 5 13\nBryne 6 3 2 1 8 6 11", ["Moss", "Bryne"]),
    ("OSLO 80 53 .602 -", ["OSLO"]),
    ("OSLO 3 BERGEN 1\nOSLO AT BODO", ["OSLO", "BERGEN", "OSLO"]),
    ("Oslo 3 Bergen 1\nPostponed\nMoss v Bryne", ["Oslo", "Bergen", "Moss", "Bryne"]),
]
NO_TEAMS = [
    "OSLO AT WAR",
    "On May 3 Oslo voted.",
    "The vote was 53 to 12 in the Senate.",
    "Brown v Board of Education",
]
PEOPLE = [
    ("1. Brigitte Holm (Norway) 12.92", ["Brigitte Holm"]),
    ("2 - Luc Petit (14 - Jean van der Roy)", ["Luc Petit", "Jean van der Roy"]),
    ("Jan Novak (Czech Republic) beat Per Holm (Sweden) 6-2", ["Jan Novak", "Per Holm"]),
    ("In Oslo (Norway) it rained.", []),
    ("1994 - Queen Elizabeth opened it.", []),
]
FILED = [
    ("GENEVA (Reuters) - Talks began.", ["GENEVA"]),
    ("Headline\nCAPE TOWN 2019-05-02\nTalks began.", ["CAPE TOWN"]),
    ("BEIRUT, Lebanon — Talks began.", ["BEIRUT"]),
    ("LONDON, March 3 (AP) Talks began.", ["LONDON"]),
    ("SOCCER - NORWAY WIN", []),
    ("NATO said so.", []),
]


@pytest.mark.parametrize(("body", "expected"), TEAMS)
def test_lines_of_results_name_teams(body: str, expected: list[str]) -> None:
    assert [body[slice(*span)] for span in teams(body)] == expected


@pytest.mark.parametrize("body", NO_TEAMS)
def test_other_lines_name_no_teams(body: str) -> None:
    assert list(teams(body)) == []


@pytest.mark.parametrize(("body", "expected"), PEOPLE)
def test_lists_of_competitors_name_people(body: str, expected: list[str]) -> None:
    assert [body[slice(*span)] for span in competitors(body)] == expected


@pytest.mark.parametrize(("body", "expected"), FILED)
def test_a_dateline_names_a_place(body: str, expected: list[str]) -> None:
    assert [body[slice(*span)] for span in datelines(body)] == expected
