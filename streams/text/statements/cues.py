"""Words that mark an attribution: verbs and nouns of saying, thinking, wanting and judging.

The word lists decide only where no model is at hand (the rules-only mode) and what a "speech" cue is; a
trained model learns its own cues. Deliberately absent: source and content, which `attribution_rules` and
`linking` find.
"""

from spacy.tokens import Token

from readout.streams.text.lemmas import lemma

# Take a clause or a quotation: "Shoigu said he was concerned".
CLAUSE_VERBS = frozenset(
    """say tell add write note announce argue claim report state declare explain acknowledge admit insist
    warn suggest tweet post reply respond continue conclude recall complain testify assert allege
    confirm predict promise vow pledge reveal observe remark contend maintain stress emphasize emphasise
    reiterate indicate estimate think believe hope fear know show find concede caution joke boast quip
    retort shout yell whisper exclaim advise assure inform remind repeat reaffirm affirm speculate agree
    ask demand propose urge read mention deny dispute learn understand realize feel guess doubt worry
    wonder decide determine swear point cry mutter murmur chant counter conjecture imply describe call
    tout lament protest recommend rule certify disclose divulge relay message text email""".split()
)
# Take a noun phrase: "the ministers rejected the allegations".
PHRASE_VERBS = frozenset(
    """reject deny dismiss condemn criticize criticise praise denounce support oppose endorse announce
    describe discuss express demand propose blame accuse cite mention question defend urge call blast
    slam attack mock hail applaud welcome voice reiterate reaffirm deplore decry disavow renounce rebuff
    rebut refute dispute acknowledge admit confirm recommend tout underline underscore highlight stress
    promise pledge reveal echo criticise rebuke chide predict allege claim address""".split()
)
# Take an infinitive: "he refused to say", "they vowed to continue".
INFINITIVE_VERBS = frozenset(
    """promise vow pledge refuse decline agree threaten offer want hope seek ask urge demand claim plan
    intend expect tell order call warn advise encourage beg swear propose""".split()
)
# Take a clause, an infinitive or "of": "Moscow's claims that Kyiv might use a bomb".
NOUN_CUES = frozenset(
    """claim allegation accusation assertion statement suggestion report announcement warning belief
    argument assurance insistence contention promise pledge vow call demand view opinion fear hope
    complaint admission confirmation denial prediction proposal declaration rumor rumour charge
    testimony speculation conclusion acknowledgment remark comment""".split()
)

# Beside those, what somebody may decline to do is to speak: "declined to comment", "refused to elaborate".
ANSWERING = frozenset(
    """comment speak talk answer elaborate specify identify clarify apologise apologize go rule name provide give
    discuss take""".split()
)


def token_lemma(token: Token) -> str:
    """The lemma of a token, found from its form and tag."""
    return lemma(token.text, token.tag_)


def is_speech_verb(token: Token) -> bool:
    """Is the token a verb that reports words? A bare auxiliary never is."""
    if not token.tag_.startswith("VB") or token.dep_ in ("aux", "auxpass"):
        return False
    word = token_lemma(token)
    return word in CLAUSE_VERBS or word in PHRASE_VERBS or word in INFINITIVE_VERBS


def is_telling_verb(token: Token) -> bool:
    """Is the token a verb that takes a clause of what is said or thought?"""
    return is_speech_verb(token) and token_lemma(token) in CLAUSE_VERBS


def is_noun_cue(token: Token) -> bool:
    """Is the token a noun that reports words: claim, allegation?"""
    return token.tag_ in ("NN", "NNS") and token_lemma(token) in NOUN_CUES


def is_according(token: Token) -> bool:
    """Is the token the first word of "according to"?"""
    return token.lower_ == "according" and token.i + 1 < len(token.doc) and token.nbor().lower_ == "to"
