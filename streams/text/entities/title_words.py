"""The words of titles and offices, before, after or instead of a name. Plain vocabulary, no rules."""

RANKS = frozenset(
    "gen gen. general lt lt. lieutenant col col. colonel maj maj. major capt capt. captain sgt sgt."
    " sergeant cpl cpl."
    " corporal pvt pvt. private adm adm. admiral brig brig. brigadier marshal cmdr cmdr. commander"
    " commodore".split()
)
STYLES = frozenset(
    "mr mr. mrs mrs. ms ms. miss mister dr dr. doctor sir dame lord lady baron baroness count"
    " countess duke duchess"
    " prince princess king queen emperor sheikh sheik emir sultan ayatollah imam mullah maulana sayyid"
    " rabbi rev rev."
    " reverend father sister brother pope bishop archbishop cardinal saint comrade st.".split()
)
FEMALE = frozenset(
    "mrs mrs. ms ms. miss dame lady baroness countess duchess princess queen sister mother wife"
    " daughter widow aunt"
    " spokeswoman chairwoman congresswoman businesswoman policewoman actress woman girl grandmother"
    " empress".split()
)
MALE = frozenset(
    "mr mr. mister sir lord baron count duke prince king emperor sheikh sheik emir sultan ayatollah"
    " imam mullah father"
    " brother pope son husband uncle spokesman chairman congressman businessman policeman actor man"
    " boy grandfather".split()
)
OFFICES = frozenset(
    "president vice-president premier chancellor minister secretary undersecretary secretary-general"
    " envoy representative ambassador senator sen sen."
    " rep rep. congressman congresswoman governor gov gov. mayor councillor councilman councilwoman"
    " commissioner speaker judge justice director"
    " chairman chairwoman chair chairperson ceo spokesman spokeswoman spokesperson leader co-leader mp"
    " mep professor"
    " prof prof. chief head coach manager captain commander ruler administrator inspector"
    " superintendent constable"
    " sheriff deputy adviser advisor aide diplomat negotiator counterpart prosecutor whip treasurer"
    " founder co-founder"
    " owner chairman-elect president-elect executive officer attorney lawyer counsel strategist"
    " pollster operative"
    " consultant analyst economist expert scholar scientist researcher historian author writer editor"
    " columnist"
    " correspondent reporter journalist anchor host activist campaigner candidate nominee contender"
    " frontrunner"
    " rival congress-man legislator lawmaker politician parliamentarian delegate monarch crown"
    " dictator strongman warlord"
    " militant commander-in-chief co-chair co-chairman vice-chairman fellow dean chaplain priest"
    " cleric pastor"
    " preacher physician surgeon nurse teacher engineer pilot banker financier businessman"
    " businesswoman entrepreneur"
    " billionaire magnate tycoon philanthropist actor actress singer musician composer"
    " director-general filmmaker"
    " producer novelist poet striker midfielder defender goalkeeper skipper batsman bowler forward"
    " winger referee"
    " jockey trainer golfer boxer champion comptroller solicitor barrister magistrate".split()
)
MODIFIERS = frozenset(
    "foreign defence defense prime vice deputy interior finance home justice health trade economy"
    " energy education"
    " agriculture environment culture transport labor labour economic military political security"
    " national special"
    " chief senior top former acting interim outgoing incoming late ex first second assistant"
    " associate lead general"
    " managing executive press crown state attorney oil information intelligence communications"
    " campaign permanent"
    " house senate majority minority regional federal lieutenant veteran opposition rebel supreme"
    " joint high official"
    " current then newly elected new field grand district peace nuclear policy research legal"
    " deputy-prime under"
    " parliamentary presidential public relations affairs personal chief-of-staff republican"
    " democratic staff".split()
)
ORGANISATION_NOUNS = frozenset(
    "group agency company party ministry army militia organisation organization alliance coalition"
    " movement bank firm"
    " government administration committee commission council court union department service network"
    " newspaper paper"
    " broadcaster channel parliament senate congress faction institute university club team bloc"
    " watchdog charity"
    " corporation front force police regiment battalion guard".split()
)
COUNTRY_NOUNS = frozenset("country nation kingdom republic".split())
PEOPLE_NOUNS = frozenset(
    "officials ministers leaders presidents diplomats generals spokesmen spokespeople commanders"
    " troops soldiers forces"
    " lawmakers senators representatives delegates negotiators envoys chiefs heads aides advisers"
    " activists rebels"
    " militants fighters protesters voters experts analysts sources authorities".split()
)
COMMUNICATION = frozenset(
    "said says say added adds told tells announced announces reported reports claimed claims warned"
    " warns insisted argued"
    " confirmed denied stated wrote tweeted declared noted explained acknowledged admitted accused"
    " urged alleged suggested"
    " asked replied responded called vowed promised pledged".split()
)
"""Verbs, as news inflect them, whose subject speaks."""
ENVOYS = frozenset("ambassador envoy representative delegate emissary".split())
"""They stand for one body at another."""
LEADERS = frozenset(
    "president premier minister chancellor king queen emir sultan chairman leader ruler pope governor"
    " mayor".split()
)
BODY_NOUNS = frozenset(
    "government ministry military army parliament presidency navy embassy regime administration".split()
)
"""Heads of bodies that news write in lower case: "the Syrian government", "Russia's defence ministry"."""
FOLLOWINGS = frozenset("campaign administration regime government".split())
"""Bodies that news call by a person: "the Clinton campaign"."""
PERSON_NOUNS = OFFICES | {"man", "woman", "official", "politician", "soldier", "candidate", "boy", "girl"}
"""Heads of noun phrases that describe one person; "Chief of General Staff" is one, "General Staff" is not."""


def is_title(word: str) -> bool:
    """May the word end a title in front of a name?"""
    lower = word.lower()
    return lower in OFFICES or lower in RANKS or lower in STYLES
