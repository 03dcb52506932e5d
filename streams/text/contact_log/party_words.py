"""The nouns that name parties to a contact: offices, groups of officials, bodies; and those that never do.

Reads and writes nothing: word lists, in lower case and in the singular, for `party` and `occasions`.
"""

OFFICES = frozenset(
    """minister president premier chancellor leader chief chairman chairwoman chairperson chair co-chair
    head secretary ambassador envoy representative official negotiator diplomat counterpart commander
    general king queen prince princess emir sultan sheikh ayatollah pope patriarch adviser advisor
    delegate senator lawmaker congressman congresswoman legislator governor mayor spokesperson director
    director-general secretary-general officer deputy undersecretary under-secretary mediator consul
    attache commissioner speaker justice judge prosecutor parliamentarian admiral colonel marshal
    d'affaires statesman monarch ruler dictator vice-president politician mp peacemaker coordinator rapporteur
    inspector moderator host guest foe rival ally colleague boss executive ceo founder lawyer attorney
    nominee candidate successor predecessor lord baroness dame archbishop bishop cardinal imam cleric
    rabbi duke duchess earl countess viscount baron""".split()
)
# Bodies and crowds that can act as one party.
GROUPS = frozenset(
    """delegation delegate authority leadership government ministry regime administration cabinet parliament
    military army force team mission embassy council commission committee party opposition coalition alliance rebel
    fighter militant militia insurgent separatist activist campaigner worker partner elder refugee family
    relative resident villager lawmaker businessman businesswoman entrepreneur investor executive company
    group organisation organization agency department office side power country nation state government
    capital society ngo charity union aide staff expert scientist academic scholar student veteran soldier
    troop officer survivor victim member people citizen critic dissident exile faction tribe clan community
    movement front bloc congress assembly court palace presidency monarchy junta court bank fund institution
    institute foundation association federation league client donor supporter trader farmer banker manager
    teacher doctor kidnapper hijacker gunman protester demonstrator striker police pastor priest nun monk
    missionary researcher engineer nurse patient parent professor historian miner driver pilot sailor producer
    manufacturer supplier lender creditor shareholder employee staffer intern volunteer organiser organizer
    lobbyist strategist consultant contractor athlete player coach artist musician writer author firefighter
    rescuer responder advocate landowner fisherman docker pensioner pupil pilgrim""".split()
)
# Those whom a government sends abroad.
ENVOYS = frozenset(
    "delegation envoy mission team emissary representative official minister diplomat negotiator".split()
)
# A country that only these name is known by what stands beside them: "the country of Suriname", "six world powers".
COUNTRY_NOUNS = frozenset("country nation state capital side power neighbour neighbor".split())
# Nouns for people whom a told or met press is made of: "told reporters" is no contact.
PRESS = frozenset(
    """reporter journalist media press newspaper correspondent broadcaster interviewer columnist magazine
    outlet audience crowd listener viewer reader rally congregation supporter conference court jury
    hearing inquiry tv television radio programme program channel website broadcast daily weekly agency
    news""".split()
)
# "The two leaders", "both countries", "the pair": everybody whom a set noun sums up is a person, or a country.
SETS_OF_PERSONS = frozenset(
    """leader president minister man woman chief premier politician diplomat official pair duo statesman
    counterpart commander general king envoy negotiator""".split()
)
SETS_OF_COUNTRIES = frozenset(
    "country nation state government side party neighbour neighbor ally capital power military army".split()
)
NUMBERS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
# A word before a name that is its title and no part of an office: "the envoy of President Sirleaf" is not she.
HONORIFICS = frozenset(
    """president minister chancellor premier king queen prince princess emir sultan pope mr mrs ms dr
    general gen. sir lord lady secretary senator governor mayor sheikh ayatollah leader mr. mrs. ms. dr.""".split()
)
