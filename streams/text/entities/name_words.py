"""The words around and inside names that tell what they name. Plain vocabulary, no rules."""

from readout.streams.text.entities.title_words import LEADERS, RANKS

SETTLEMENTS = frozenset(
    "town village city island islands province district region county suburb resort port capital"
    " hamlet municipality"
    " governorate oblast enclave peninsula valley settlement neighbourhood neighborhood port".split()
)
PLACE_ENDS = frozenset(
    "river lake sea ocean bay gulf strait straits mountain mountains mount hill hills valley desert"
    " forest island islands"
    " peninsula canyon creek falls glacier cape coast beach reef shelf cavern caverns cave caves"
    " springs county province"
    " park street avenue road square boulevard bridge airport airfield airbase harbour harbor stadium"
    " cemetery heights"
    " district oblast governorate".split()
)
BUILDING_ENDS = frozenset(
    "airport bridge stadium hospital palace cathedral mosque tower station museum theatre theater"
    " castle abbey temple"
    " monastery cemetery".split()
)
FACILITY_ENDS = frozenset("prison barracks dam airbase base plant reactor refinery".split())
"""Works and bases; whoever meets at an airport or a palace meets at a place."""
EVENT_ENDS = frozenset(
    "cup championship championships prix prize award awards war treaty tournament festival games"
    " series revolution"
    " marathon olympics summit accord accords pact agreement derby test".split()
)
MOVES = frozenset(
    "returned return returning withdrew withdraw travelled traveled travel travelling flew fly flown"
    " fled flee went go going came"
    " moved marched retreated sailed drove back east west north south leads led exiled deported"
    " deployed expelled evacuated".split()
)
NOT_PLACES = frozenset(
    "january february march april may june july august september october november december monday"
    " tuesday wednesday"
    " thursday friday saturday sunday english parliament islam christianity judaism buddhism hinduism"
    " god christ spring"
    " summer autumn winter easter christmas ramadan earth heaven web internet".split()
)
SPORT = frozenset(
    "goal goals match matches season league scored striker club game games wicket wickets innings cup"
    " midfielder"
    " defender coach championship victory defeat halftime quarter-finals semi-finals debut".split()
)
ORGANISATION_WORDS = frozenset(
    "inc inc. corp corp. co co. ltd ltd. plc ag sa nv gmbh llc group bank party union university"
    " college institute"
    " ministry department agency commission committee council court association federation league club school"
    " society foundation trust fund company corporation party army forces force police service"
    " services office"
    " church airlines airways motors industries international holdings partners times news radio"
    " television press"
    " front movement brigade brigades battalion organisation organization congress parliament senate"
    " assembly board"
    " authority bureau centre center".split()
)
ENDS = PLACE_ENDS | BUILDING_ENDS | FACILITY_ENDS
NOT_IN = frozenset(
    "stake stakes share shares interest interests invest invested investment confidence faith holding"
    " holdings believe"
    " believed trust role position rank officer director job".split()
)
TEAM_FOLLOWERS = frozenset(
    "striker midfielder defender goalkeeper forward winger coach manager skipper fans supporters"
    " team-mate team-mates"
    " players side scrum-half fly-half batsman bowler quarterback pitcher".split()
)
TEAM_VERBS = frozenset("beat beats thrash thrashed trounced edged outplayed overpowered drew".split())
OPENING = frozenset(("“", '"', "``", "«"))
CLOSING = frozenset(("”", '"', "''", "»"))
CLUB_ENDS = frozenset(("City", "County", "Town", "United", "Athletic", "Rovers"))
PEOPLE_BEFORE = (
    LEADERS
    | RANKS
    | frozenset(
        "mr mr. mrs mrs. ms ms. dr dr. sir dame wife husband son daughter brother sister father mother"
        " uncle aunt cousin"
        " actor actress singer composer novelist poet senator spokesman spokeswoman spokesperson secretary"
        " ambassador envoy"
        " striker midfielder goalkeeper emperor prince princess duke queen".split()
    )
)
AUTHORS_VERBS = frozenset(
    "directed written penned composed painted translated portrayed sung edited murdered assassinated"
    " succeeded married"
    " deposed starring illustrated choreographed".split()
)
LEAGUES = frozenset(("Premier", "Champions", "Europa", "Super"))
"""Competitions; a football league that signs contracts is a body."""
