"""Clauses: who does it and to whom, read from Penn tags and dependencies of one parsed sentence.

Reads:  spaCy tokens
Writes: the heads of the noun phrases that fill a role; empty where nobody is told

The subject of a verb without one is found where grammar puts it: "Bolton is expected to hold talks", "Merkel,
who met Modi", "after meeting Modi, Merkel said", "forced her to see them" (the object of the higher verb).
"""

from collections.abc import Iterator

from readout.streams.text.calling import is_main_after_all
from readout.streams.text.contact_log.party_words import GROUPS, OFFICES
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.tokens import Token, Tokens
from readout.streams.text.modality.word_lists import NOBODY, PREVENTING

_SUBJECTS = ("nsubj", "nsubjpass")
_RELATIVES = ("who", "which", "that", "whom")
# "Rome asked the envoy to meet them": the object of these verbs is who acts in the infinitive.
_OBJECT_CONTROL = frozenset(
    """ask urge invite tell allow send force order leave let make help press dispatch get want expect
    instruct persuade convince pressure lead prompt cause encourage""".split()
)
_NOUN_PHRASE = frozenset(("DT", "JJ", "NN", "NNS", "PRP$", "NNP"))
_MEANS = frozenset(("by", "over", "on", "in", "via"))
_CALLING = frozenset(("call", "ring", "phone", "telephone", "dial", "diall"))
_INVITING = frozenset("convey extend issue send deliver pass make renew repeat".split())
_DEEPEST = 12
# How the parser may hang a preposition on a verb or noun.
PHRASES = ("prep", "agent", "dative")


def is_verb(token: Token) -> bool:
    """Is it a verb form, a modal included?"""
    return token.tag_.startswith("VB") or token.tag_ == "MD"


def conjuncts(head: Token) -> list[Token]:
    """The head and everything coordinated with it, in reading order."""
    found = [*_named_before(head), head]
    for child in head.rights:
        if child.dep_ == "conj" and not is_verb(child):
            found.extend(conjuncts(child))
        elif child.dep_ == "appos" and head.tag_ in ("NN", "NNP"):
            # "the prime minister, Sarraj, and General Haftar": the parser coordinates the name
            found.extend(
                part for other in children(child, "conj") for part in conjuncts(other) if not is_verb(other)
            )
        elif child.dep_ == "conj" and child.lower_ == "visiting":
            # "Castro and visiting Vietnamese party chief Trong": no second verb
            found.extend(part for guest in children(child, "dobj") for part in conjuncts(guest))
    return found


def _named_before(head: Token) -> list[Token]:
    """As in "Prime Minister Ron Dayan and Greek President Nico Kouris": the parser makes a title of the first."""
    if head.tag_ != "NNP":
        return []
    titles = [child for child in head.lefts if child.dep_ == "nmod" and child.tag_ == "NNP"]
    names = [name for title in titles for name in children(title, "appos") if name.tag_ == "NNP"]
    return [name for name in names if any(children(name, "cc"))]


def children(token: Token, *deps: str) -> Iterator[Token]:
    """The children with one of the dependencies, in reading order."""
    return (child for child in token.children if child.dep_ in deps)


def objects_of(token: Token, *prepositions: str) -> list[Token]:
    """The objects of some prepositions below a token, coordinated ones included.

    "spoke by telephone with A": the parser hangs what follows on the telephone.
    """
    found: list[Token] = []
    phrases = children(token, *PHRASES)
    for preposition in (link for phrase in phrases for link in _coordinated_phrases(phrase)):
        nouns = [part for child in children(preposition, "pobj", "pcomp") for part in conjuncts(child)]
        if preposition.lower_ in prepositions:
            found.extend(nouns)
        elif preposition.lower_ in _MEANS:
            found.extend(
                part for noun in nouns for part in objects_of(noun, *prepositions) if _is_of_means(noun)
            )
    return found


def _coordinated_phrases(preposition: Token) -> list[Token]:
    """As in "wrote to Novak and to the French president"."""
    return [preposition, *(link for link in children(preposition, "conj") if link.tag_ in ("IN", "TO"))]


def _is_of_means(noun: Token) -> bool:
    if noun.lower_ in ("link", "call", "conference") and any(child.lower_ == "video" for child in noun.lefts):
        return True
    return noun.lower_ in ("phone", "telephone", "person", "videolink", "video") or noun.ent_type_ in (
        "DATE",
        "GPE",
    )


def direct_objects(verb: Token) -> list[Token]:
    """The direct objects of a verb, coordinated ones included; "the man whom he met" is the man."""
    found = [part for child in children(verb, "dobj") for part in conjuncts(child)]
    if found and found[0].lower_ in _RELATIVES and verb.dep_ == "relcl":
        return [verb.head]
    shared = next((child for child in children(verb, "conj") if is_verb(child)), None)
    if not found and shared is not None and not own_subjects(shared) and verb.doc[verb.i + 1].dep_ == "cc":
        return direct_objects(shared)  # "did not phone or meet the general"
    if not found and lemma_of(verb) in _CALLING:
        # "called the president on Monday", "rang the premier": the parser expects a name or a likeness
        return [
            child
            for child in children(verb, "oprd", "attr")
            if any(part.lower_ == "the" for part in child.lefts)
        ]
    return found


def continued(heads: list[Token]) -> list[Token]:
    """The heads of a list, with what the parser has lost of it: "activists, aid workers and their clients".

    As in "talks with the US secretary, Tillerson, and the French foreign minister", who hangs on another verb.
    """
    found = list(heads)
    while found:
        following = _next_in_list(found[-1])
        if following is None or following in found:
            break
        found.append(following)
    return found


def _next_in_list(head: Token) -> Token | None:
    doc = head.doc
    end = max([head.i, *(child.right_edge.i for child in children(head, "appos"))]) + 1
    first = _skip(doc, end, words=(",", "and"))
    last = doc[_skip(doc, first, tags=_NOUN_PHRASE) - 1]
    if first == end or last.i < first or lemma_of(last) not in OFFICES | GROUPS:
        return None
    is_torn = last.dep_ == "conj" and is_verb(last.head)
    is_listed = last.tag_ == "NNS" and last.dep_ in ("attr", "conj", "appos", "dobj", "dep")
    return last if is_torn or is_listed else None


def _skip(doc: Tokens, position: int, words: tuple[str, ...] = (), tags: frozenset[str] = frozenset()) -> int:
    while position < len(doc) and (doc[position].text in words or doc[position].tag_ in tags):
        position += 1
    return position


def possessors(noun: Token) -> list[Token]:
    """As in "Holm's visit", "Holm, whose visit to Oslo"."""
    owners = [part for child in children(noun, "poss") for part in conjuncts(child)]
    if owners and owners[0].lower_ == "whose":
        return [above.head for above in noun.ancestors if above.dep_ == "relcl"][:1]
    return owners


def is_passive(verb: Token) -> bool:
    """Is the verb passive: "was briefed by", or a bare participle as in "the talks held by"?"""
    if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ == "acl" and not is_main_after_all(verb)


def agents_of(verb: Token) -> list[Token]:
    """Who does it in a passive clause."""
    return objects_of(verb, "by")


def own_subjects(verb: Token) -> list[Token]:
    """The subjects that stand at the verb itself; "representatives from A, B and C met" may have two."""
    heads = list(children(verb, *_SUBJECTS)) or _behind_time(verb) or _of_plural_verb(verb)
    if len(heads) > 1 and _is_title_of(heads[0], heads[1]):
        heads = heads[1:]
    found = [part for child in heads for part in conjuncts(child)]
    if found and found[0].lower_ in NOBODY | {"one"}:
        # "nobody from the port authority", "nobody but the harbour master"
        return objects_of(found[0], "from", "of", "in", "at", "but", "except", "than") or found[1:]
    if found and found[0].lower_ in _RELATIVES:
        return _antecedents(verb.head) if verb.dep_ == "relcl" else []
    return found


def _behind_time(verb: Token) -> list[Token]:
    """As in "In the early hours of Friday the minister spoke": the parser hangs him on the preposition too."""
    if verb.tag_ not in ("VBD", "MD", "VBZ", "VBP"):
        return []
    links = [
        link for child in verb.lefts if child.dep_ == "prep" for link in child.subtree if link.dep_ == "prep"
    ]
    objects = [list(children(link, "pobj")) for link in links]
    return [nouns[1] for nouns in objects if len(nouns) == 2 and nouns[0].ent_type_ in ("DATE", "TIME", "")][
        :1
    ]


def _of_plural_verb(verb: Token) -> list[Token]:
    """As in "Whaling envoys Berg and Ito are due": no clause is the subject of a plural verb; its objects are."""
    if not (verb.tag_ == "VBP" or verb.lower_ == "were"):
        return []
    clauses = [clause for clause in children(verb, "csubj") if clause.tag_ == "VBG"]
    return [noun for clause in clauses for noun in children(clause, "dobj")][-1:]


def _is_title_of(title: Token, name: Token) -> bool:
    """As in "Tourism chief Ana Lima": the parser may make two subjects of them."""
    return title.tag_ == "NN" and name.tag_ == "NNP" and title.i + 1 == min(token.i for token in name.subtree)


def _antecedents(noun: Token) -> list[Token]:
    """As in "Senator Corker, a Republican who has met him": the senator."""
    is_name_described = noun.dep_ == "appos" and noun.head.tag_ == "NNP"
    return [noun.head] if is_name_described else conjuncts(noun)


def subjects_of(verb: Token, depth: int = 0) -> list[Token]:
    """Who does it: at the verb itself, or where the higher clause puts it."""
    found = own_subjects(verb)
    if found or depth > _DEEPEST or verb.head == verb:
        return found
    if verb.dep_ in ("conj", "xcomp", "ccomp", "advcl", "dep", "parataxis", "auxpass", "aux"):
        return _from_above(verb, verb.head, depth)
    if verb.dep_ in ("pcomp", "pobj"):
        return _from_preposition(verb.head, depth)
    return _from_noun(verb, depth) if verb.dep_ in ("acl", "relcl") else []


def _from_above(verb: Token, above: Token, depth: int) -> list[Token]:
    if not is_verb(above):
        return _from_predicate(above, depth)
    if verb.dep_ in ("xcomp", "ccomp", "advcl") and lemma_of(above) in _OBJECT_CONTROL and verb.tag_ == "VB":
        patients = own_subjects(above) if is_passive(above) else direct_objects(above)
        if patients:
            return patients
    return subjects_of(above, depth + 1)


def _from_predicate(predicate: Token, depth: int) -> list[Token]:
    """As in "is due to meet", "is a chance to meet": the subject of the copula."""
    if predicate.dep_ in ("acomp", "attr", "advmod", "conj", "oprd") and predicate.head != predicate:
        above = predicate.head
        return subjects_of(above, depth + 1) if is_verb(above) else _from_predicate(above, depth + 1)
    return []


def _from_preposition(preposition: Token, depth: int) -> list[Token]:
    above = preposition.head
    if above == preposition:
        return []
    if preposition.lower_ == "from" and lemma_of(above) in PREVENTING and direct_objects(above):
        return direct_objects(above)  # "nothing kept the chancellor from meeting"
    if preposition.dep_ in ("prep", "pcomp") and above.dep_ == "prep":
        return _from_preposition(above, depth)
    return subjects_of(above, depth + 1) if is_verb(above) else _owner_or_doer(above, depth + 1)


def _from_noun(verb: Token, depth: int) -> list[Token]:
    noun = verb.head
    if is_main_after_all(verb):
        return conjuncts(noun)
    if verb.tag_ == "VBG":
        return conjuncts(noun)
    if verb.tag_ == "VBN" or (lemma_of(noun) == "invitation" and lemma_of(noun.head) in _INVITING):
        return []  # "conveyed an invitation to visit Oslo": who is invited goes, and not who conveys it
    return _owner_or_doer(noun, depth + 1)


def _owner_or_doer(noun: Token, depth: int) -> list[Token]:
    """As in "Rome's plan to meet them", "Rome has a plan to meet them": whose plan it is."""
    owners = [part for child in children(noun, "poss") for part in conjuncts(child)]
    if owners or depth > _DEEPEST:
        return owners
    if noun.dep_ == "dobj" and is_verb(noun.head):
        return subjects_of(noun.head, depth + 1)
    return _from_preposition(noun.head, depth + 1) if noun.dep_ == "pobj" else _from_predicate(noun, depth)


def is_negated(verb: Token) -> bool:
    """Is the verb, or the auxiliary above it, negated: "did not meet", "never met", "met neither"?"""
    return any(child.dep_ == "neg" or child.lower_ in ("never", "neither", "nor") for child in verb.children)


def chain_above(verb: Token) -> Iterator[Token]:
    """The verb and the words that govern it as one predicate: meet <- hold <- expected; due; refused."""
    token = verb
    for _ in range(_DEEPEST):
        yield token
        if token.head == token or token.dep_ not in ("xcomp", "acl", "acomp", "attr", "pcomp", "auxpass"):
            return
        token = token.head
