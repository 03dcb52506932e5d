"""The words that make of a fact something denied, refused, asked, supposed, tried, planned or rumoured.

Reads and writes nothing: sets of lemmas, and of forms where only one form has the meaning.
"""

# What is planned by these is to come: "plans to meet", "is due to meet", "a decision to meet".
PLANS = frozenset(
    """plan intend expect schedule due set slate agree prepare promise vow arrange announce about book
    pencil decide plans decision agreement promise intention pledge expected scheduled invite invitation
    ready_for suppose supposed mean resolve choose opt swear undertake commitment undertaking vow""".split()
)
# "agreed not to meet", "vowed never to say" refuse.
DECISIONS = frozenset(
    "agree decide promise vow pledge choose opt resolve swear undertake decision plan intend".split()
)
# "was supposed to meet": it came to nothing.
MISSED = frozenset("suppose supposed mean about".split())
WISHES = frozenset(
    """want hope wish like need ready willing urge ask propose offer demand call require
    prefer consider request desire keen eager open able possible readiness willingness desire proposal
    offer call demand need chance opportunity likely unlikely prepared available free love aim
    push encourage allow enable contemplate mull discuss suggest weigh dream imagine think threaten reluctant
    unwilling hesitate dare long yearn pretend deserve tell advise instruct order beg implore
    command recommend recommendation pressure appeal plea cool opposed averse hostile advice instruction""".split()
)
ATTEMPTS = frozenset("try attempt seek endeavour endeavor strive struggle effort bid attempted".split())
FAILURES = frozenset("fail forget omit avoid unable failure neglect yet decline_from shun resist".split())
REFUSALS = frozenset(
    """refuse decline reject cancel boycott postpone scrap snub shelve abandon suspend delay skip refusal rule_out
    turn_down call_off put_off pull_out""".split()
)
DENIALS = frozenset(("deny", "denial", "disavow"))
RUMOURS = frozenset("rumour rumor speculate believe think suspect".split())
# Gerunds below these are theirs: "considered meeting", "avoided saying", "denied meeting".
TAKES_GERUND = PLANS | WISHES | ATTEMPTS | FAILURES | REFUSALS | DENIALS | {"rule", "put", "call"}
PREVENTING = frozenset(
    """prevent stop keep bar block ban discourage refrain prohibit dissuade deter shrink abstain hinder hold
    preclude forbid""".split()
)
WITHOUT = frozenset(("without", "instead", "than"))
# "after meeting them", "by meeting them": what is told of the verb above is not told of the meeting.
ADJOINING = frozenset(
    "after before since by upon while during with despite through until besides when in".split()
)
SHORT_OF = frozenset(("short", "instead", "shy"))
# "is used to meeting them": a habit, no occasion.
HABITS = frozenset(("used", "accustomed"))
FUTURE = frozenset("will shall 'll ’ll wo".split())
MAYBE = frozenset("could may might can should must ought ca".split())
ABLE = frozenset(("could",))
NEGATIONS = frozenset(("not", "n't", "n’t", "never", "neither", "nor"))
EMPHASIS = frozenset("once ever even actually yet really personally".split())
OCCASIONS = frozenset("point time stage circumstance moment occasion way means account".split())
NOBODY = frozenset(("nobody", "none", "noone", "nothing", "neither"))
NEARLY = frozenset(("nearly", "almost"))
SUPPOSEDLY = frozenset(("supposedly", "purportedly"))
CONDITIONS = frozenset("if unless whether once provided lest supposing assuming".split())
WHEN = frozenset("when before after until as".split())
ASKING = frozenset("ask wonder question inquire enquire query know doubt check".split())
SAYING = frozenset(
    """say announce add confirm report tell state declare reveal note indicate agree tweet promise write claim
    allege insist suggest argue maintain assert warn testify hint""".split()
)
BELIEVING = frozenset("think believe suppose assume guess imply mean".split())
# "rumours that they met", "speculation that", "no evidence that", "the possibility that".
THOUGHTS = frozenset(
    """rumour rumor speculation gossip possibility idea notion suspicion hope fear chance prospect evidence proof
    sign indication suggestion doubt wish dream likelihood impression""".split()
)
TRUE = frozenset(("true", "case", "correct", "so"))
FALSE = frozenset(("false", "untrue", "wrong", "incorrect", "lie", "fiction", "myth"))
UNSURE = frozenset(
    "unclear uncertain doubtful possible unlikely likely conceivable impossible unknown".split()
)
