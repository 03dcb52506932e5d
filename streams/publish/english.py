"""Is a text written in another language than English? Told by its letters and its commonest words.

Careful on purpose: short texts, tables of results and lists of names have few function words of any language
and pass. Only clear evidence of another language refuses a text.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_MOST_CHARACTERS = 20_000
_ENOUGH = 8
# "a", "in", "as", "on", "he", "is" and "at" are words of other languages too, so they prove nothing.
_ENGLISH = frozenset(
    "the of and to that was for with it his from not had but they are said who which were their has would "
    "she been or will we all there about after this have you by".split()
)
# Function words that English text does not hold, or hardly.
_OTHER = frozenset(
    "der die das und ist nicht ein eine mit für auf den dem von zu sich auch des "
    "le la les des une est dans pour que qui sur pas avec sont du au par ce "
    "el los las una por con para del se su como más pero esta "
    "il che non di della per sono una gli nel con anche è "
    "het een van niet dat zijn voor met aan ook maar werd "
    "os da em um uma não ao dos mais foi com na "
    "och att det som på är inte av til ikke og en ja ei että oli nie się że jest na do w z "
    "ve bir bu için ile".split()
)


def is_other_language(text: str) -> bool:
    """Is there clear evidence that the text is not English?"""
    sample = text[:_MOST_CHARACTERS]
    return _foreign_script(sample) or _foreign_words(_WORD.findall(sample))


def _foreign_script(text: str) -> bool:
    """Are most letters not Latin? The Latin blocks of European languages end before U+0250."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= _ENOUGH and 2 * sum(letter >= "\u0250" for letter in letters) > len(letters)


def _foreign_words(words: list[str]) -> bool:
    english = sum(word.casefold() in _ENGLISH for word in words)
    # Only in lower case: "Le Pen" and "Das Auto" are names.
    other = sum(word in _OTHER for word in words)
    return len(words) >= _ENOUGH and other >= _ENOUGH // 2 and other > 2 * english and 10 * other > len(words)
