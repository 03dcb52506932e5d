"""Who "I" and "my client" are in a quotation: the subject of the verb of saying beside it, and whom he speaks for.

Reads:  a pronoun of the first person, or a noun that belongs to one, in a scene
Writes: the party that speaks or is spoken for; nobody if the text does not tell
"""

from readout.streams.text.contact_log.clauses import children, objects_of, own_subjects
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_sets import parties_in
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token

_SAYING = frozenset(
    "say tell add write tweet state explain recall announce declare note claim insist".split()
)
_CLOSING = frozenset(("”", "''", '"', "»"))
# A verb of saying stands this near behind the closing mark; a quotation runs over so many tokens at most.
_NEAR = 8
_LONGEST = 400


def speaker_of(pronoun: Token, scene: Scene) -> tuple[Party, ...]:
    """The person who is quoted saying I."""
    return tuple(party for party in parties_in(_speaking(pronoun), scene) if party.kind == "person")


def is_client(noun: Token) -> bool:
    """As in "my client", "our client"."""
    return lemma_of(noun) == "client" and any(child.lower_ in ("my", "our") for child in noun.lefts)


def client_of(noun: Token, scene: Scene) -> tuple[Party, ...]:
    """Whom the quoted lawyer speaks for: "said Judith Abeyta, lawyer for the curator Stellan Wahl"."""
    offices = [child for head in _speaking(noun) for child in (head, *children(head, "appos", "compound"))]
    return parties_in([owner for office in offices for owner in objects_of(office, "for", "of")], scene)


def _speaking(pronoun: Token) -> list[Token]:
    before = [verb for verb in pronoun.ancestors if verb.i < pronoun.i]
    for verb in (*_behind_quotation(pronoun), *before):
        subjects = own_subjects(verb) if lemma_of(verb) in _SAYING else []
        if subjects and pronoun not in subjects:
            return subjects
    return []


def _behind_quotation(pronoun: Token) -> list[Token]:
    doc = pronoun.doc
    last = min(len(doc), pronoun.i + _LONGEST)
    closing = next((position for position in range(pronoun.i, last) if doc[position].text in _CLOSING), None)
    return [] if closing is None else list(doc[closing + 1 : closing + 1 + _NEAR])
