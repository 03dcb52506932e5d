"""Lemmas: the verbs and nouns of news find back to the form that the rules compare."""

import pytest

from readout.streams.text.lemmas import lemma

CASES = [
    tuple(case.split("/"))
    for case in """
    said/VBD/say told/VBD/tell announced/VBD/announce argued/VBD/argue continued/VBD/continue
    called/VBD/call controlled/VBD/control cancelled/VBN/cancel planned/VBD/plan admitted/VBD/admit
    added/VBD/add stated/VBD/state treated/VBD/treat created/VBD/create repeated/VBD/repeat met/VBD/meet
    quoted/VBN/quote voted/VBD/vote noted/VBD/note cited/VBD/cite visited/VBD/visit invited/VBD/invite
    accused/VBD/accuse proposed/VBD/propose promised/VBD/promise raised/VBD/raise focused/VBD/focus
    endorsed/VBD/endorse criticized/VBD/criticize warned/VBD/warn urged/VBD/urge pledged/VBD/pledge
    alleged/VBD/allege engaged/VBD/engage changed/VBD/change challenged/VBD/challenge agreed/VBD/agree
    guaranteed/VBN/guarantee succeeded/VBD/succeed needed/VBD/need exceeded/VBD/exceed denied/VBD/deny
    replied/VBD/reply tied/VBN/tie died/VBD/die described/VBD/describe declared/VBD/declare
    appeared/VBD/appear ignored/VBD/ignore favored/VBD/favor monitored/VBD/monitor ensured/VBD/ensure
    toured/VBD/tour occurred/VBD/occur considered/VBD/consider defined/VBD/define joined/VBD/join
    explained/VBD/explain postponed/VBN/postpone questioned/VBD/question mentioned/VBD/mention
    threatened/VBD/threaten intervened/VBD/intervene assumed/VBD/assume claimed/VBD/claim blamed/VBD/blame
    named/VBD/name screamed/VBD/scream joked/VBD/joke looked/VBD/look invoked/VBD/invoke
    rebuked/VBD/rebuke asked/VBD/ask revealed/VBD/reveal failed/VBD/fail filed/VBD/file ruled/VBD/rule
    hailed/VBD/hail decided/VBD/decide avoided/VBD/avoid persuaded/VBD/persuade conceded/VBD/concede
    concluded/VBD/conclude applauded/VBD/applaud guided/VBD/guide hoped/VBD/hope developed/VBD/develop
    grouped/VBD/group saying/VBG/say adding/VBG/add asserting/VBG/assert noting/VBG/note writing/VBG/write
    making/VBG/make having/VBG/have being/VBG/be seeing/VBG/see agreeing/VBG/agree denying/VBG/deny
    running/VBG/run calling/VBG/call lying/VBG/lie speaking/VBG/speak expressing/VBG/express
    reaffirming/VBG/reaffirm telling/VBG/tell holding/VBG/hold says/VBZ/say claims/VBZ/claim
    denies/VBZ/deny pushes/VBZ/push uses/VBZ/use goes/VBZ/go has/VBZ/have is/VBZ/be suggests/VBZ/suggest
    discusses/VBZ/discuss ministers/NNS/minister talks/NNS/talk allegations/NNS/allegation
    countries/NNS/country men/NNS/man officials/NNS/official crises/NNS/crisis cases/NNS/case
    lives/NNS/life people/NNS/people buses/NNS/bus allies/NNS/ally heroes/NNS/hero Ministers/NNPS/minister
    discussed/VBD/discuss rejected/VBD/reject reported/VBD/report held/VBD/hold spoke/VBD/speak
    read/VBD/read touted/VBD/tout disputed/VBD/dispute tweeted/VBD/tweet wanted/VBD/want
    believed/VBD/believe pressed/VBN/press recalled/VBD/recall praised/VBD/praise slammed/VBD/slam
    refused/VBD/refuse voiced/VBD/voice condemned/VBD/condemn determined/VBD/determine
    imagined/VBD/imagine required/VBN/require desired/VBD/desire acquired/VBD/acquire
    sponsored/VBD/sponsor phoned/VBD/phone tackled/VBD/tackle settled/VBD/settle escaped/VBD/escape
    evaluated/VBD/evaluate associated/VBN/associate estimated/VBN/estimate hanged/VBD/hang
    belonged/VBD/belong defeated/VBN/defeat heated/VBN/heat cheated/VBD/cheat floated/VBD/float
    used/VBD/use caused/VBD/cause eased/VBD/ease increased/VBD/increase released/VBD/release
    shared/VBD/share compared/VBN/compare feared/VBD/fear cleared/VBD/clear declined/VBD/decline
    ruined/VBD/ruin issued/VBD/issue rescued/VBD/rescue opened/VBD/open offered/VBD/offer
    preferred/VBD/prefer referred/VBD/refer conferred/VBD/confer stressed/VBD/stress passed/VBD/pass
    insisted/VBD/insist doubted/VBD/doubt retorted/VBD/retort testified/VBD/testify dubbed/VBD/dub
    begged/VBD/beg observed/VBD/observe welcomed/VBD/welcome outlined/VBD/outline sided/VBD/side
    cooperated/VBD/cooperate negotiated/VBD/negotiate met/VBN/meet hosted/VBD/host phoning/VBG/phone
    discussing/VBG/discuss meeting/VBG/meet visiting/VBG/visit talking/VBG/talk emailed/VBD/email
    exchanged/VBD/exchange briefed/VBD/brief chaired/VBD/chair paired/VBD/pair repaired/VBD/repair
    """.split()
]


@pytest.mark.parametrize(("word", "tag", "expected"), CASES)
def test_inflected_words_find_their_lemma(word: str, tag: str, expected: str) -> None:
    assert lemma(word, tag) == expected


@pytest.mark.parametrize(
    ("word", "tag"), [("news", "NN"), ("Biden", "NNP"), ("united", "JJ"), ("during", "IN")]
)
def test_other_words_only_lose_their_capitals(word: str, tag: str) -> None:
    assert lemma(word, tag) == word.lower()


@pytest.mark.parametrize(
    ("word", "tag", "expected"), [("’re", "VBP", "be"), ("'s", "VBZ", "be"), ("n’t", "RB", "not")]
)
def test_contractions_are_read_with_either_apostrophe(word: str, tag: str, expected: str) -> None:
    assert lemma(word, tag) == expected


@pytest.mark.parametrize("tag", ["VBD", "VBG", "VBZ", "NNS"])
@pytest.mark.parametrize("word", ["", "s", "es", "ed", "ing", "ies", "''", "É"])
def test_scraps_of_words_raise_nothing(word: str, tag: str) -> None:
    assert isinstance(lemma(word, tag), str)
