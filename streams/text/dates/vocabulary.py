"""The words of dates: weekdays, months, counts and ordinals, as numbers and as pieces of patterns.

Reads and writes nothing: tables. Names of months need their capital ("they march", "it may"), and so do short forms
of weekdays ("Sat." but not "sat").
"""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ONES = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = """tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth
nineteenth""".split()
ORDINALS = {
    word: number
    for number, word in enumerate(
        [
            *_ONES,
            *_TEENS,
            "twentieth",
            *(f"twenty-{one}" for one in _ONES),
            "thirtieth",
            "thirty-first",
        ],
        start=1,
    )
}
COUNTS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "the": 1, "a couple of": 2, "couple of": 2, "fourteen": 14, "twenty": 20, "thirty": 30}

CAPITAL = r"(?-i:(?=[A-Z]))"
LONG_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
MONTH = (
    CAPITAL + r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?"
    r"|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![a-z])"
)
LONG_MONTH = rf"{CAPITAL}(?P<month>{LONG_MONTHS})"
_NUMBER = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"
NUMBERED_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"
ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
DAY = rf"(?P<day>{_NUMBER}|{ORDINAL})(?![0-9])"
SECOND_DAY = rf"(?P<last>{_NUMBER})(?![0-9])"
YEAR = r"(?P<year>(?:1[89]|20)[0-9]{2})(?![0-9])"
WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
SHORT_WEEKDAY = (
    rf"(?P<weekday>{'|'.join(WEEKDAYS)}|{CAPITAL}(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?![a-z])\.?)"
)
COUNT = (
    r"(?P<count>a\s+couple\s+of|an?|the|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty"
    r"|thirty|[0-9]{1,3})"
)
# A count that no article tells: "in the week" is not "in a week".
SOME = COUNT.replace("|the|", "|")
UNIT = r"(?P<unit>day|week|fortnight|month|year)s?"
EARLY = r"(?:(?:early|late|mid)[\s-]+(?:in\s+)?|(?:the\s+)?(?:start|beginning|middle|end)\s+of\s+)?"


def month_number(word: str) -> int:
    """The month of a name or its short form, January is 1."""
    return MONTHS.index(word[:3]) + 1


def weekday_number(word: str) -> int:
    """The weekday of a name or its short form, Monday is 0."""
    return next(number for number, name in enumerate(WEEKDAYS) if name.startswith(word.rstrip(".")[:3]))


def day_number(word: str) -> int:
    """The day of the month: "3", "3rd", "third"."""
    return ORDINALS[word] if word in ORDINALS else int(word.rstrip("stndrh"))


def count_of(word: str) -> int:
    """The number of days or weeks that a word counts; none counts one ("Monday week")."""
    return COUNTS[word] if word in COUNTS else int(word or 1)
