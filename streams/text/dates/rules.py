"""The rules of the grammar of dates: a kind, the words it is made of, and the pieces by which to search for it.

Reads and writes nothing: a table, in order of precedence. `grammar` finds what the rules describe, `resolving` says
what each kind means. Named parts such as `count` and `which` are what it goes by; `words` is the expression where a
rule looks at more than that.
"""

from readout.streams.text.dates.holidays import HOLIDAY
from readout.streams.text.dates.vocabulary import (
    CAPITAL,
    COUNT,
    DAY,
    EARLY,
    LONG_MONTH,
    MONTH,
    NUMBERED_DAY,
    ORDINAL,
    SECOND_DAY,
    SHORT_WEEKDAY,
    SOME,
    UNIT,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
)

Rule = tuple[str, str, str, str]

_DAYS = "|".join(WEEKDAYS)
_PART = r"(?:\s+(?:early\s+|late\s+)?(?:morning|afternoon|evening|night|lunchtime)(?!s))?"
_DATED = rf"(?:{SHORT_WEEKDAY},?\s+)?"
_YEARLY = r"(?:,?\s+(?:of\s+)?(?P<which>last|this|next)\s+year)?"
_IN_YEAR = r"\s+(?:of\s+)?(?P<in_year>last|this|next)\s+year"
_TIME = r"day|morning|afternoon|evening|night"
_LONG = r"week|weekend|month|year"
_TO = r"\s?(?:[-\u2013\u2014]|\b(?:to|until|till|through|and)(?:\s+the)?\b)\s?"
_SOONER = r"(?:earlier\s+|later\s+|early\s+|late\s+)?"
_WHICH = r"(?P<which>(?<!the\s)last|this\s+past|this\s+coming|this|(?<!the\s)next)"
_WEEKS_OF = r"(?:the\s+)?(?:first|second|third|last|final|opening)\s+(?:weekend|week|days|half)\s+of\s+"
_FORTNIGHT = r"(?P<unit>week|fortnight)s?"
_THAT = r"(?:(?:earlier|later)\s+)?"
_NEXT = r"(?P<way>next|following|same|previous|preceding)"
# What may follow "on the 3rd" where it is a day: not "on the 3rd floor".
_NO_NOUN = (
    r"(?=\s*(?:$|[.,;:?!)\]\u201d\u201c\"'\u2019\u2014\u2013-]|(?:or|but|at|in|to|for|with|by|after|before|over|when|as"
    r"|about|from|that|while|without|during|because|and(?!\s+(?:final|last|most)\b)|(?:last|this|next)\s+month)\b))"
)
# "The Sunday Times" tells no day.
_PAPER = (
    r"(?:times|telegraph|mirror|express|herald|tribune|mail|post|people|world|business"
    r"|night\s+(?:football|live))"
)
_NO_HOLIDAY = r"(?!\s+(?:agreement|accords?|rising|islands?|disagreement|trees?|cards?|carols?)\b)"

# Pieces of words; "_" is a space. No piece has an i, some of whose capitals do not fold.
_MONTHLY = "jan feb mar apr may jun jul aug ep oct nov dec"
_DIGITS = "0 1 2 3 4 5 6 7 8 9"
_NUMBERED = f"{_DIGITS} rst second th"
_DAILY = "day even ght noon orn"
_LONGER = "week month year"
_COUNTED = "day week month year fortn"
_SEASONS = "spr summer autumn fall"
_FESTIVE = (
    "chr easter new_year thanksg good hallow year's_ year\u2019s_ _day ash_ palm sunday teenth hogm epiph mard"
    " pent corp burns fawkes bonf cyber black wal assover kippur rosh hanuk al-f al-a al_f al_a vesak holy maundy"
    " shrove fat_ wh feast"
)

_CALENDAR: tuple[Rule, ...] = (
    ("full", r"(?P<year>[12][0-9]{3})-(?P<number>[01][0-9])-(?P<day>[0-3][0-9])(?![-0-9])", "-", _DIGITS),
    (
        "numeric",
        rf"{_DATED}(?P<one>[0-3]?[0-9])(?P<sign>[./-])(?P<two>[0-3]?[0-9])(?P=sign){YEAR}(?![./-]?[0-9])",
        ". / -",
        _DIGITS,
    ),
    ("days", rf"(?:the\s+)?{DAY}{_TO}{SECOND_DAY}(?:\s+of)?\s+{MONTH}(?:,?\s+{YEAR})?", _DIGITS, _MONTHLY),
    (
        "days",
        rf"{MONTH}\s+(?:the\s+)?{DAY}{_TO}{SECOND_DAY}(?:,?\s+{YEAR}|(?!\s+(?-i:[A-Z])|\s+\w{{3,}}s\b))",
        _DIGITS,
        _MONTHLY,
    ),
    (
        "full",
        rf"{_DATED}(?:the\s+)?{DAY}(?:\s+(?:day\s+)?of)?(?:\s+|-){MONTH}(?:,?\s+|-){YEAR}",
        _NUMBERED,
        _MONTHLY,
    ),
    ("full", rf"{_DATED}{MONTH}\s+(?:the\s+)?{DAY},?\s+{YEAR}", _NUMBERED, _MONTHLY),
    ("month_day", rf"{_DATED}(?:the\s+)?{DAY}(?:\s+(?:day\s+)?of)?\s+{MONTH}{_YEARLY}", _NUMBERED, _MONTHLY),
    (
        "month_day",
        rf"{_DATED}{MONTH}\s+(?:the\s+)?{DAY}(?![,.:][0-9]|\s*%|\s+(?:percent|per\s+cent|million)){_YEARLY}",
        _NUMBERED,
        _MONTHLY,
    ),
    (
        "nth",
        rf"(?:the\s+)?(?P<nth>first|second|third|fourth|last)\s+{WEEKDAY}\s+(?:of|in)\s+{LONG_MONTH}"
        rf"(?:,?\s+{YEAR}|{_YEARLY})",
        "day",
        _MONTHLY,
    ),
    (
        "holiday",
        rf"(?P<holiday>{HOLIDAY})(?:,?\s+(?:in\s+|of\s+)?{YEAR}|{_YEARLY}){_NO_HOLIDAY}",
        _FESTIVE,
        _FESTIVE,
    ),
)
_MONTHS_AND_YEARS: tuple[Rule, ...] = (
    ("month_year", rf"(?:{_WEEKS_OF})?{EARLY}{MONTH}(?:,|\s+of)?\s+{YEAR}", _DIGITS, _MONTHLY),
    ("month", rf"(?:in\s+)?{EARLY}{LONG_MONTH}{_IN_YEAR}", "year", _MONTHLY),
    ("month", rf"{_WEEKS_OF}{LONG_MONTH}", "week half days", _MONTHLY),
    (
        "month",
        rf"(?:(?:back|later|earlier)\s+)?(?P<which>last|next|this\s+past|this\s+coming|this|in|during|throughout)\s+{EARLY}"
        rf"(?:{LONG_MONTH})",
        _MONTHLY,
        _MONTHLY,
    ),
    (
        "month",
        rf"in\s+{EARLY}{CAPITAL}(?P<month>(?:jan|feb|mar|apr|aug|sept?|oct|nov|dec)\.)(?!\s*[0-9])",
        "n",
        _MONTHLY,
    ),
    ("month", rf"(?:(?:early|late)\s+|mid-){LONG_MONTH}", "early late m", _MONTHLY),
    (
        "month",
        rf"(?P<words>{LONG_MONTH})(?<!april)(?<!june)(?<!may)(?<!august)(?=['\u2019]s\s+[a-z])",
        "'s \u2019s",
        _MONTHLY,
    ),
    (
        "month",
        rf"(?:an?|the|their|his|her|its|our)\s+(?P<words>(?:(?:early|late)\s+|mid-)?{LONG_MONTH})(?=\s+(?-i:[a-z]))",
        _MONTHLY,
        _MONTHLY,
    ),
    (
        "month",
        rf"(?:since|until|till|by|before|after|from|between)\s+(?P<words>{EARLY}{LONG_MONTH})",
        _MONTHLY,
        _MONTHLY,
    ),
    ("month", rf"(?<=\sto\s)(?P<words>{LONG_MONTH})", _MONTHLY, "from between"),
    ("month", rf"(?<=\sand\s)(?P<words>{LONG_MONTH})", _MONTHLY, "from between"),
    (
        "years",
        rf"(?:between|from)\s+{YEAR}\s+(?:and|to|until|till|through)\s+(?P<last>[12][0-9]{{3}})(?!s)",
        _DIGITS,
        "between from",
    ),
    (
        "year",
        rf"(?:(?:back|early|late)\s+)?(?:in|during|throughout)\s+(?:the\s+year\s+)?{EARLY}{YEAR}"
        r"(?!s|[-\u2013/][0-9]|\s+(?:people|men|women|words|cases))",
        _DIGITS,
        "n dur through",
    ),
    ("year", rf"(?:(?:early|late)\s+|mid-){YEAR}(?!s)", _DIGITS, "early late m"),
    (
        "year",
        rf"(?:an?|the|their|his|her|its|our|whose)\s+(?:early\s+|late\s+|mid-)?(?P<words>{YEAR})(?=\s+(?-i:[a-z]))",
        _DIGITS,
        "a the s r",
    ),
)
_WEEKDAYS: tuple[Rule, ...] = (
    (
        "habit",
        rf"(?:every|each|most)\s+(?:other\s+|second\s+)?(?:{_DAYS}|{_TIME}|weekday|{_LONG})s?",
        "every each most",
        f"{_DAILY} {_LONGER}",
    ),
    ("habit", rf"(?:{_DAYS})s", "days", "days"),
    ("habit", rf"(?:{_DAYS})s?\s+(?:mornings|afternoons|evenings|nights)", "day", _DAILY),
    ("either", rf"(?:{_DAYS})\s+or(?:\s+on)?\s+(?:{_DAYS})", "day", "or"),
    (
        "week_on",
        rf"{SOME}\s+{_FORTNIGHT}\s+(?:on|from|this|come)\s+(?:{WEEKDAY}|(?P<word>today|tomorrow|now))",
        "week fortn",
        "day now tomorrow",
    ),
    ("week_on", rf"{SOME}\s+{_FORTNIGHT}\s+(?P<word>today|tomorrow)", "week fortn", "today tomorrow"),
    ("week_on", rf"{WEEKDAY}\s+(?P<unit>week|fortnight)(?!\s*-|s|['\u2019])", "day", "week fortn"),
    (
        "week_back",
        rf"{SOME}\s+{_FORTNIGHT}\s+(?:ago,?\s+(?:on\s+|this\s+)?(?:(?P<which>last)\s+)?|(?P<last>last)\s+)(?:{WEEKDAY}|(?P<word>today|yesterday))",
        "week fortn",
        "day",
    ),
    ("week_back", rf"{WEEKDAY},?\s+{SOME}\s+{_FORTNIGHT}\s+ago", "day", "ago"),
    (
        "after_next",
        rf"(?:the\s+)?(?:{WEEKDAY}|(?P<unit>{_LONG}))\s+(?P<way>after\s+next|before\s+last)",
        f"day {_LONGER}",
        "next last",
    ),
    ("in_week", rf"{WEEKDAY}{_PART},?\s+(?:of\s+)?{_SOONER}(?P<which>last|next|this)\s+week", "day", "week"),
    ("in_week", rf"{_SOONER}(?P<which>last|next|this)\s+week,?\s+on\s+{WEEKDAY}{_PART}", "day", "week"),
    (
        "shift_weekday",
        rf"(?:the|that)\s+(?P<way>following|next|previous|preceding)\s+{WEEKDAY}{_PART}",
        "day",
        "follow next pre",
    ),
    (
        "shift_weekday",
        rf"the\s+{WEEKDAY}{_PART}\s+(?P<way>after(?:wards?)?|before(?:hand)?|following|prior\s+to)",
        "day",
        "after before follow pr",
    ),
    ("that_weekday", rf"(?:that\s+same|that|the\s+same)\s+{WEEKDAY}", "that same", "day"),
    (
        "weekday",
        rf"(?P<which>last|next|this\s+past|this\s+last|this\s+coming|this|(?:the\s+)?coming|(?:the\s+)?past)\s+{WEEKDAY}{_PART}",
        "last next th com past",
        "day",
    ),
    ("weekday_number", rf"{WEEKDAY},?\s+the\s+(?P<day>{NUMBERED_DAY}|{ORDINAL}){_NO_NOUN}", "day", "the"),
    ("weekday", rf"{WEEKDAY}(?!\s+{_PAPER}){_PART}", "day", "day"),
    ("weekday", rf"on\s+(?P<words>{SHORT_WEEKDAY})(?=[\s,;:)]|$)", "on", "mon tue wed thu fr sat sun"),
)
_COUNTS: tuple[Rule, ...] = (
    (
        "ordinal",
        rf"on\s+(?P<words>the\s+(?P<day>{NUMBERED_DAY})\s+of\s+(?P<which>this|last|next|the)\s+month)",
        "on",
        "month",
    ),
    ("ordinal", rf"on\s+(?P<words>the\s+(?P<day>{NUMBERED_DAY})){_NO_NOUN}", "on", "the"),
    (
        "ago",
        rf"{COUNT}\s+{UNIT}(?:\s+(?:or\s+so|or\s+more))?\s+ago(?P<exact>\s+(?:today|to\s+the\s+day))?",
        "ago",
        _COUNTED,
    ),
    (
        "near_day",
        r"(?P<word>the\s+day\s+before\s+yesterday|the\s+night\s+before\s+last|the\s+day\s+after\s+tomorrow)",
        "yesterday last morrow",
        "day ght",
    ),
    (
        "near_day",
        rf"{_SOONER}(?P<word>yesterday|today|tonight|tomorrow|last\s+night|this\s+(?:morning|afternoon|evening)){_PART}",
        _DAILY + " morrow",
        _DAILY + " morrow",
    ),
    ("from_now", rf"{SOME}\s+{UNIT}\s+(?P<time>from\s+now|hence)", "from hence", "now hence"),
    (
        "from_now",
        rf"in\s+{SOME}\s+{UNIT}(?P<time>['\u2019]?s?['\u2019]?\s+time)?(?!['\u2019]|\s+of\b|\s+since\b)",
        "n",
        _COUNTED,
    ),
    (
        "shift",
        rf"{COUNT}\s+{UNIT}\s+(?P<way>earlier|later|before(?:hand)?|after(?:wards?)?|previously|prior\s+to)",
        _COUNTED,
        "earl later before after prev pr",
    ),
    (
        "shift",
        rf"{_THAT}(?:(?:the|that)\s+)?(?:very\s+)?{_NEXT}\s+(?P<unit>{_TIME})(?!s)",
        _DAILY,
        "next follow same pre",
    ),
    (
        "shift",
        rf"{_THAT}(?:the|that)\s+(?:very\s+)?{_NEXT}\s+(?P<unit>{_LONG})(?!s)",
        _LONGER,
        "next follow same pre",
    ),
    (
        "shift",
        rf"the\s+(?:very\s+)?(?P<unit>{_TIME}|{_LONG})\s+(?P<way>before(?:hand)?|after(?:wards?)?|earlier|prior\s+to|prior)",
        f"{_DAILY} {_LONGER}",
        "before after earl pr",
    ),
    (
        "shift",
        rf"{_THAT}(?P<way>that)\s+(?:same\s+)?(?P<unit>{_TIME}|{_LONG})(?!s)",
        "that",
        f"{_DAILY} {_LONGER}",
    ),
    ("in_the_day", r"(?:earlier|later)\s+(?:in|on\s+in)\s+the\s+day", "earl later", "day"),
)
_LONGER_TIMES: tuple[Rule, ...] = (
    ("week", r"(?:over|at|during)\s+the\s+(?:(?P<which>last|past)\s+)?(?P<unit>weekend)", "week", "the"),
    ("week", rf"{_SOONER}{_WHICH}\s+(?P<unit>weekend|week)(?!s)", "week", "last th next"),
    (
        "period",
        rf"(?:{_SOONER}|the\s+(?:end|beginning|start|middle)\s+of\s+){_WHICH}\s+(?P<unit>month|year)(?!s)",
        "month year",
        "last th next",
    ),
    (
        "season",
        rf"(?:the\s+|early\s+|late\s+)?(?P<season>spring|summer|autumn|fall|winter)\s+(?:of\s+|in\s+)?{YEAR}",
        f"{_SEASONS} wint w",
        _DIGITS,
    ),
    ("season", rf"{_SOONER}{_WHICH}\s+(?P<season>spring|summer|autumn)", _SEASONS, "last th next"),
)

RULES: tuple[Rule, ...] = (*_CALENDAR, *_MONTHS_AND_YEARS, *_WEEKDAYS, *_COUNTS, *_LONGER_TIMES)
