"""Is a text written in another language than English? Told by its letters and its commonest words.

Careful on purpose: short texts, tables of results and lists of names have few function words of any language
and pass. Only clear evidence of another language refuses a text.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_MOST_CHARACTERS = 20_000
_ENOUGH = 8
_FEWEST = 3
_PLAINLY_ENGLISH = (" the ", " of ", " and ", " to ", "The ", " was ", " said", " is ")
# "a", "in", "as", "on", "he", "is" and "at" are words of other languages too, so they prove nothing.
_ENGLISH = frozenset(
    "the of and to that was for with it his from not had but they are said who which were their has would "
    "she been or will we all there about after this have you by its be could than more when what our no".split()
)
# Function words that English text does not hold, or hardly.
_OTHER = frozenset(
    "der die das und ist nicht ein eine mit für auf den dem von zu sich auch des im einen einem einer eines bei "
    "nach wird wurde wurden werden haben sei seine seiner seinen ihre ihrer zum zur vom über aus dass oder nur "
    "noch zwischen gegen sagte habe hatte waren durch wenn sind "
    "le la les des une est dans pour que qui sur pas avec sont du au aux par ce cette ses leur ont été mais plus "
    "et el los las una por con para del se su sus como más pero esta este fue han entre sobre "
    "il che non di della dei delle per sono una gli nel con anche è ha al alla dal "
    "het een van niet dat zijn voor met aan ook maar werd heeft naar uit bij wordt worden zei hij deze door de "
    "os da em um uma não ao dos mais foi com na pelo pela "
    "och att det som på är inte av har för till från med om ett "
    "til ikke og en ja ei että oli nie się że jest na do w z oraz przez "
    "ve bir bu için ile olarak".split()
)


def is_other_language(text: str) -> bool:
    """Is there clear evidence that the text is not English?"""
    sample = text[:_MOST_CHARACTERS]
    return _foreign_script(sample) or _foreign_words(_WORD.findall(sample))


def is_foreign_passage(passage: str) -> bool:
    """Is a paragraph of an English article plainly in another language? One with any English in it is not."""
    if any(word in passage for word in _PLAINLY_ENGLISH):
        return False
    return is_other_language(passage)


def _foreign_script(text: str) -> bool:
    """Are most letters not Latin? The Latin blocks of European languages end before U+0250."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= _ENOUGH and 2 * sum(letter >= "\u0250" for letter in letters) > len(letters)


def _foreign_words(words: list[str]) -> bool:
    english = sum(word.casefold() in _ENGLISH for word in words)
    # Only in lower case: "Le Pen" and "Das Auto" are names.
    other = sum(word in _OTHER for word in words)
    return len(words) >= _ENOUGH and other >= _FEWEST and other > 2 * english and 6 * other > len(words)
