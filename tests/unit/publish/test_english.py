"""Only clear evidence of another language refuses a text."""

import pytest

from readout.streams.publish.english import is_other_language

OTHER = (
    "Der Außenminister sagte am Montag, dass die Gespräche mit dem Nachbarn nicht einfach waren und das Treffen "
    "auf den Dienstag verschoben wird.",
    "Le ministre a déclaré lundi que les discussions avec la Russie sont difficiles et que la réunion est reportée.",
    "El ministro dijo el lunes que las conversaciones con Rusia no fueron fáciles y que se aplazó la reunión.",
    "Il ministro ha detto che i colloqui con la Russia non sono stati facili e che la riunione è stata rinviata.",
    "外務大臣は月曜日に会談を行ったと述べた。",
    "Министр иностранных дел заявил, что переговоры прошли хорошо.",
)
ENGLISH = (
    "Hold talks.",
    "",
    "Le Pen met De Gaulle's heirs in La Rochelle; Das Auto won.",
    "Leicester 2 Derby 1; Surrey 3 Essex 0; Kent 1 Notts 1; Durham 4 York 2; Leeds 1 Bath 1; Hull 0 Bury 2",
    "The minister said: “Ich bin ein Berliner und das ist nicht von mir.” The crowd in the square cheered for "
    "an hour, and then they went home with the band.",
)


@pytest.mark.parametrize("text", OTHER)
def test_another_language_is_told(text: str) -> None:
    assert is_other_language(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_passes_whatever_names_it_holds(text: str) -> None:
    assert not is_other_language(text)
