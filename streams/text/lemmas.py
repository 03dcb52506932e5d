"""Lemmas of English words from their form and Penn tag: said -> say, ministers -> minister, was -> be.

Reads:  a word and its tag (VBD, NNS, ...)
Writes: the lemma, in lower case
Deliberately absent: word lists of a size that needs a file, and the pipeline's own lemmatizer, which costs more
than it gives here: rules compare lemmas with short lists of verbs and nouns, so what has to be right is the
vocabulary of news. A word that no rule knows comes back in lower case and unchanged.
"""

import re
from functools import lru_cache

_IRREGULAR_VERBS = """
be am is are was were been being 'm 're|have has had 've|do does did done|go goes went gone|say said
see saw seen|make made|take took taken|come came|become became|give gave given|get got gotten
know knew known|think thought|tell told|find found|leave left|feel felt|bring brought|begin began begun
keep kept|hold held|write wrote written|stand stood|hear heard|mean meant|meet met|run ran|pay paid|sit sat
speak spoke spoken|lie lay lain lying|lead led|grow grew grown|lose lost|fall fell fallen|send sent
build built|understand understood|draw drew drawn|break broke broken|spend spent|rise rose risen
drive drove driven|buy bought|wear wore worn|choose chose chosen|seek sought|teach taught|show shown
fight fought|throw threw thrown|catch caught|deal dealt|win won winning|forget forgot forgotten|lay laid
foresee foresaw foreseen|sell sold|fly flew flown|shoot shot|strike struck stricken|shake shook shaken
swear swore sworn|withdraw withdrew withdrawn|overcome overcame|undergo underwent undergone
undertake undertook undertaken|hide hid hidden|eat ate eaten|drink drank drunk|sing sang sung|ring rang rung
swim swam swum|sink sank sunk|freeze froze frozen|steal stole stolen|wake woke woken|bear bore borne
tear tore torn|bite bit bitten|ride rode ridden|feed fed|flee fled|forbid forbade forbidden
forgive forgave forgiven|forsake forsook forsaken|mistake mistook mistaken|blow blew blown|stick stuck
sweep swept|sleep slept|weep wept|creep crept|bind bound|grind ground|wind wound|hang hung|dig dug|spin spun
cling clung|fling flung|sting stung|swing swung|lend lent|bend bent|light lit|slide slid|breed bred
bleed bled|shine shone|uphold upheld|withhold withheld|withstand withstood|misunderstand misunderstood
retell retold|foretell foretold|rebuild rebuilt|rewrite rewrote rewritten|oversee oversaw overseen
overtake overtook overtaken|overthrow overthrew overthrown|mislead misled|undo undid undone
redo redid redone|arise arose arisen|awake awoke awoken|beat beaten|offset|quit|cut|put|let|set|hit|hurt
cost|shut|split|spread|bid|cast|forecast|broadcast|rid|burst|upset|die died dying dies|tie tied tying ties
vie vied vying vies|will 'll wo|can ca could|would 'd|shall sha should|may might
"""

_IRREGULAR_NOUNS = """
man men|woman women|child children|foot feet|tooth teeth|goose geese|mouse mice|person persons|life lives
wife wives|knife knives|leaf leaves|half halves|self selves|shelf shelves|thief thieves|wolf wolves
loaf loaves|crisis crises|analysis analyses|thesis theses|hypothesis hypotheses|emphasis emphases
basis bases|oasis oases|diagnosis diagnoses|parenthesis parentheses|criterion criteria|phenomenon phenomena
medium media|bus buses|gas gases|axis axes|quiz quizzes|chairman chairmen|spokesman spokesmen
spokeswoman spokeswomen|congressman congressmen|congresswoman congresswomen|businessman businessmen
policeman policemen|gunman gunmen|lawmaker lawmakers|movie movies|tie ties|lie lies|pie pies
"""

_UNCHANGED_NOUNS = frozenset(
    "people police series species news politics economics headquarters media data means".split()
)

# Stems that end as if they had lost an e, and have not: "focused", "developed", "visited", "questioned".
_COMPLETE_STEMS = frozenset(
    """focus bias canvas chorus pilot pivot ballot riot develop gallop envelop worship gossip ship limit
    edit visit credit exit profit audit benefit inhabit prohibit exhibit inhibit solicit elicit posit
    deposit merit inherit orbit discredit vomit format combat hang bang clang bring ring sing belong
    long throng abandon pardon summon pencil custom murmur waltz ring string sling spring wring edit
    total rival equal victim vacuum""".split()
)

# Stems that have lost an e although most of their kind have not: "restored", "postponed", "competed".
_CLIPPED_STEMS = frozenset(
    """ignor explor restor scor ador deplor stor implor bor shor postpon phon telephon condon aton clon ston
    interfer adher rever conven interven contraven welcom probe scal inhal exhal consol parol compet
    delet complet deplet creat cit invit unit ignit excit recit incit expedit reunit bath breath sooth
    cloth hing cring infring imping ting recreat writ rewrit""".split()
)

_LOST_E = re.compile(
    r"""(?: [cuvz]                                  # announce, argue, serve, criticize
        |   [aeiour]s | [nlp]s                      # accuse, endorse, condense, collapse
        |   [drl]g | [aeiou]g | (?:a|e|u)ng         # pledge, urge, indulge, engage, change, plunge
        |   [bcdfgkpstz]l                           # handle, settle
        |   (?:^|[^aeiou])(?:at|ot|ut|ir|ar|ur|in|um|im|am|ib|ub|ak|ik|ok|uk|il|ul|od|ed|ud|ap|op|ip|os)
        |   (?:^|[^aeio])(?:id|ad|ot)               # decide, guide, persuade, quote
        |   [iu]at | quir                           # associate, evaluate, require
        )$""",
    re.VERBOSE,
)
_KEPT_DOUBLES = frozenset({"ll", "ss", "zz", "ff"})
_DOUBLE_BY_NATURE = frozenset({"add", "err", "egg", "butt", "purr", "putt"})
_LONG_WITH_DOUBLE_L = frozenset(
    {"install", "enroll", "fulfill", "recall", "instill", "unroll", "stonewall", "overspill"}
)
_VOWEL = re.compile(r"[aeiouy]+")


def _table(lines: str) -> dict[str, str]:
    entries = [entry.split() for line in lines.strip().splitlines() for entry in line.split("|")]
    return {form: forms[0] for forms in entries for form in forms}


_VERB_FORMS = _table(_IRREGULAR_VERBS)
_NOUN_FORMS = _table(_IRREGULAR_NOUNS)


def _verb_stem(stem: str) -> str:
    """Undo what -ed and -ing do to a verb: stopp -> stop, announc -> announce, call -> call."""
    if stem in _COMPLETE_STEMS or not _VOWEL.search(stem):
        return stem
    if stem in _CLIPPED_STEMS:
        return stem + "e"
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "aeiou":
        return _single_consonant(stem)
    return stem + "e" if _LOST_E.search(stem) else stem


def _single_consonant(stem: str) -> str:
    if stem in _DOUBLE_BY_NATURE:
        return stem
    if stem.endswith("ll"):
        short = len(_VOWEL.findall(stem)) == 1
        return stem if short or stem in _LONG_WITH_DOUBLE_L else stem[:-1]
    return stem if stem[-2:] in _KEPT_DOUBLES else stem[:-1]


def _past(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("eed"):
        return word[:-1] if word.endswith(("reed", "teed")) else word
    if word.endswith("ed") and len(word) > 3:
        return _verb_stem(word[:-2])
    return word


def _gerund(word: str) -> str:
    return _verb_stem(word[:-3]) if word.endswith("ing") and len(word) > 4 else word


def _without_s(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word


def _verb(word: str, tag: str) -> str:
    if word == "'s":
        return "be"
    if word in _VERB_FORMS:
        return _VERB_FORMS[word]
    if tag == "VBZ":
        return _without_s(word)
    if tag == "VBG":
        return _gerund(word)
    return _past(word) if tag in ("VBD", "VBN") else word


def _plural(word: str) -> str:
    if word in _UNCHANGED_NOUNS:
        return word
    return _NOUN_FORMS.get(word) or _without_s(word)


@lru_cache(maxsize=1 << 16)
def lemma(word: str, tag: str) -> str:
    """The lemma of a word, in lower case.

    Args:
        word: the word as printed; a curly apostrophe counts as a straight one.
        tag: its Penn tag. Verbs (VB*, MD) and plural nouns (NNS, NNPS) change; others only lose their capitals.
    """
    plain = word.lower().replace("’", "'")
    if tag.startswith("VB") or tag == "MD":
        return _verb(plain, tag)
    if tag in ("NNS", "NNPS"):
        return _plural(plain)
    return "not" if plain == "n't" else plain
