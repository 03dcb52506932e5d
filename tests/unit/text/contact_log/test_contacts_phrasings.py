"""Contacts: how news words them, one invented sentence for each turn of phrase, and their near misses.

The phenomena are in test_contacts.py; this table grows with the vocabulary of the rules.
"""

import pytest

from tests.unit.text.contact_log.contacts_told import told

PUBLISHED = "2021-06-09"
# Turn of phrase, text, contacts told.
CASES = [
    (
        "verbs of contact",
        "Foreign Minister Anders Holm shook hands with President Leila Haddad at the palace on Monday.",
        ["meeting held 2021-06-07: Anders Holm + Leila Haddad"],
    ),
    (
        "verbs of contact",
        "Finnish Prime Minister Aino Laine reached out to her Estonian counterpart, Kadri Tamm, on Tuesday.",
        ["talks held 2021-06-08: Aino Laine + Kadri Tamm"],
    ),
    (
        "verbs of contact",
        "President Jorge Pinto emailed Senator Ruth Cole about the canal.",
        ["letter held undated: Jorge Pinto + Ruth Cole"],
    ),
    (
        "verbs of contact",
        "Prime Minister Tariq Aziz and Foreign Minister Lena Berg exchanged letters last week.",
        ["letter held in the week of 2021-05-31: Lena Berg + Tariq Aziz"],
    ),
    (
        "verbs of contact",
        "Ruth Cole raised the canal with Jorge Pinto in Lima.",
        ["meeting held undated: Jorge Pinto + Ruth Cole"],
    ),
    (
        "verbs of contact",
        "Anders Holm said he had been contacted by Jorge Pinto.",
        ["talks held undated: Anders Holm + Jorge Pinto"],
    ),
    (
        "verbs of contact",
        "Sergei Lavrov will see Javad Rahimi on Thursday.",
        ["meeting planned 2021-06-10: Javad Rahimi + Sergei Lavrov"],
    ),
    (
        "verbs of contact",
        "Sergei Lavrov is scheduled to see Javad Rahimi on Friday.",
        ["meeting planned 2021-06-11: Javad Rahimi + Sergei Lavrov"],
    ),
    (
        "verbs of contact",
        "Jorge Pinto declined to see Ruth Cole.",
        ["meeting refused undated: Jorge Pinto + Ruth Cole"],
    ),
    (
        "verbs of contact",
        "The envoy shuttled between Kabul and Islamabad.",
        ["talks held undated: Afghanistan + Pakistan + envoy"],
    ),
    (
        "beside each other",
        "Standing next to Lena Berg at the White House, Anders Holm promised more aid.",
        ["meeting held undated: Anders Holm + Lena Berg"],
    ),
    (
        "beside each other",
        "Anders Holm sat across from Lena Berg at a dinner in Oslo.",
        ["meeting held undated: Anders Holm + Lena Berg"],
    ),
    (
        "beside each other",
        "A dinner in Oslo on Saturday, at which Anders Holm sat across from Lena Berg, was cold.",
        ["meeting held 2021-06-05: Anders Holm + Lena Berg"],
    ),
    (
        "calls",
        "Hadi Basri, the head of the brigade, rang the prime minister, Haider Saadi, to complain.",
        ["call held undated: Hadi Basri + Haider Saadi"],
    ),
    (
        "calls",
        "Arun Mehta, the Indian prime minister, telephoned Raj Thapa to offer aid.",
        ["call held undated: Arun Mehta + Raj Thapa"],
    ),
    (
        "calls",
        "Sheikh Nasser phoned to congratulate President Kais Ben Ali.",
        ["call held undated: Kais Ben Ali + Nasser"],
    ),
    (
        "calls",
        "John Kerry took a call from Sergei Lavrov.",
        ["call held undated: John Kerry + Sergei Lavrov"],
    ),
    ("calls", "John Kerry returned Sergei Lavrov's call.", ["call held undated: John Kerry + Sergei Lavrov"]),
    (
        "calls",
        "Vladimir Putin congratulated Recep Tayyip Erdogan by telephone on his victory.",
        ["call held undated: Recep Tayyip Erdogan + Vladimir Putin"],
    ),
    (
        "calls",
        "Anders Holm and Lena Berg came to terms after speaking by phone on Tuesday.",
        ["call held 2021-06-08: Anders Holm + Lena Berg"],
    ),
    (
        "calls",
        "Donald Trump's decision to stay came after a Sunday phone call with Recep Tayyip Erdogan.",
        ["call held 2021-06-06: Donald Trump + Recep Tayyip Erdogan"],
    ),
    (
        "summoned",
        "The Turkish ambassador was summoned to the State Department.",
        ["meeting held undated: State Department + Turkish ambassador"],
    ),
    (
        "summoned",
        "Turkey called in the Dutch chargé d'affaires to protest.",
        ["meeting held undated: Dutch chargé d'affaires + Turkey"],
    ),
    (
        "letters",
        "Anders Holm had written to Ruth Cole and to the Peruvian president, Jorge Pinto.",
        ["letter held undated: Anders Holm + Jorge Pinto + Ruth Cole"],
    ),
    (
        "letters",
        "The prime minister, Tom Reed, wrote a letter to President Jorge Pinto.",
        ["letter held undated: Jorge Pinto + Tom Reed"],
    ),
    (
        "letters",
        "A similar message was sent by Foreign Minister Lena Berg to President Jorge Pinto.",
        ["letter held undated: Jorge Pinto + Lena Berg"],
    ),
    (
        "letters",
        "Emmanuel Macron asked Donald Trump in a private letter to free the prisoner.",
        ["letter held undated: Donald Trump + Emmanuel Macron"],
    ),
    (
        "letters",
        "King Salim sent a cable of congratulations to President Jorge Pinto.",
        ["letter held undated: Jorge Pinto + Salim"],
    ),
    (
        "whose it is",
        "Lena Berg, whose visit to Belgrade in 2011 was the last, declined to comment.",
        ["visit held 2011: Lena Berg + Serbia"],
    ),
    (
        "whose it is",
        "Ruth Cole, on an official visit to Peru, praised the police.",
        ["visit held undated: Peru + Ruth Cole"],
    ),
    (
        "whose it is",
        "Javad Rahimi, fresh from talks with Sergei Lavrov in Moscow, said a deal was near.",
        ["meeting held undated: Javad Rahimi + Sergei Lavrov"],
    ),
    (
        "whose it is",
        "The meeting that Emmanuel Macron had with Donald Trump lasted an hour.",
        ["meeting held undated: Donald Trump + Emmanuel Macron"],
    ),
    (
        "invitations",
        "President Jorge Pinto accepted an invitation from Prime Minister Tom Reed.",
        ["meeting planned undated: Jorge Pinto + Tom Reed"],
    ),
    (
        "invitations",
        "Angela Merkel turned down an invitation from François Hollande.",
        ["meeting refused undated: Angela Merkel + François Hollande"],
    ),
    (
        "refusals",
        "Angela Merkel will not attend a summit hosted by François Hollande.",
        ["meeting refused undated: Angela Merkel + François Hollande"],
    ),
    (
        "refusals",
        "Angela Merkel denied reports of a secret meeting with Emmanuel Macron.",
        ["meeting denied undated: Angela Merkel + Emmanuel Macron"],
    ),
    (
        "refusals",
        "President Jorge Pinto cancelled a planned trip to Canada. He had been scheduled to meet Prime Minister Claire Bouchard in Ottawa on 12 May.",
        ["meeting refused 2022-05-12: Claire Bouchard + Jorge Pinto"],
    ),
    (
        "journeys",
        "President Milan Dokic will continue to Togo and Benin.",
        ["visit planned undated: Benin + Milan Dokic + Togo"],
    ),
    (
        "groups",
        "Delegations from Iran and Iraq met behind closed doors in Muscat.",
        ["meeting held undated: Iranian delegation + Iraqi delegation"],
    ),
    (
        "groups",
        "US officials have been talking to the Taliban for months.",
        ["talks held undated: Taliban + US officials"],
    ),
    (
        "groups",
        "The United States and the Taliban have been negotiating in Doha for months.",
        ["meeting held undated: Taliban + United States"],
    ),
    (
        "sets",
        "Emmanuel Macron and Donald Trump are rivals. Contacts between the two resumed on Monday.",
        ["talks held 2021-06-07: Donald Trump + Emmanuel Macron"],
    ),
    (
        "sets",
        "Ruth Cole and Jorge Pinto have known each other for years. The two men talked at a ball in Lima last month.",
        ["talks held 2021-05: Jorge Pinto + Ruth Cole"],
    ),
    (
        "apposition",
        "King Salim had lunch with the African Union commissioner for peace, Ismail Chergui, at his residence.",
        ["meeting held undated: Ismail Chergui + Salim"],
    ),
    (
        "dates",
        "President Jorge Pinto said on Thursday after a meeting with Ruth Cole that more work was needed.",
        ["meeting held 2021-06-03: Jorge Pinto + Ruth Cole"],
    ),
    (
        "dates",
        "Emmanuel Macron and Vladimir Putin spoke for an hour on Tuesday.",
        ["talks held 2021-06-08: Emmanuel Macron + Vladimir Putin"],
    ),
    (
        "datelines",
        "KAMPALA, Uganda (AP) — President Jorge Pinto met Senator Ruth Cole on Monday.",
        ["meeting held 2021-06-07: Jorge Pinto + Ruth Cole"],
    ),
    (
        "hosts",
        "Prime Minister Ron Dayan and Greek President Nico Kouris said little after a four-hour summit mediated by US envoy Sol Lund.",
        ["meeting held undated: Nico Kouris + Ron Dayan + Sol Lund"],
    ),
    (
        "verbs of contact",
        "Moldovan Foreign Minister Vera Popa discussed the energy crisis with EU foreign policy chief Karl Lind on the sidelines of a conference.",
        ["talks held undated: Karl Lind + Vera Popa"],
    ),
    (
        "verbs of contact",
        "Vera Popa had the opportunity to exchange views with Karl Lind.",
        ["talks held undated: Karl Lind + Vera Popa"],
    ),
    (
        "verbs of contact",
        "The Belgian ambassador, John Reed, presented his credentials to President Ion Sandu.",
        ["meeting held undated: Ion Sandu + John Reed"],
    ),
    (
        "verbs of contact",
        "Ambassador John Reed paid a farewell call on President Ion Sandu.",
        ["meeting held undated: Ion Sandu + John Reed"],
    ),
    (
        "verbs of contact",
        "Tony Blair is due in Damascus next week to see President Adnan Salem.",
        ["meeting planned in the week of 2021-06-14: Adnan Salem + Tony Blair"],
    ),
    (
        "verbs of contact",
        "Kurdish officials travelled to Moscow to ask Vladimir Putin for protection.",
        ["meeting held undated: Kurdish officials + Vladimir Putin"],
    ),
    (
        "calls",
        "A phone conversation took place between the presidents of Iran and Oman.",
        ["call held undated: Iranian president + Omani president"],
    ),
    (
        "whose it is",
        "Following his talks with Nabih Karam, Mark Dunn flew to Tel Aviv.",
        ["talks held undated: Mark Dunn + Nabih Karam"],
    ),
    (
        "whose it is",
        "Lebanon's president asked Mark Dunn during their meeting to press Israel.",
        ["meeting held undated: Lebanese president + Mark Dunn"],
    ),
    (
        "whose it is",
        "Angela Merkel assured Theresa May over lunch that the deal could be reopened.",
        ["meeting held undated: Angela Merkel + Theresa May"],
    ),
    (
        "groups",
        "Egyptian and Qatari mediators met separately with Hamas leaders in Doha.",
        ["meeting held undated: Egyptian mediator + Hamas leaders + Qatari mediator"],
    ),
    (
        "hosts",
        "The leaders of Kenya and Rwanda will gather in Kampala for a summit convened by President Robert Ssali.",
        ["meeting planned undated: Kenyan leader + Robert Ssali + Rwandan leader"],
    ),
    (
        "refusals",
        "On Thursday President Jorge Pinto cancelled a planned trip to Canada. He had been scheduled to meet Prime Minister Claire Bouchard in Ottawa on 12 July.",
        ["meeting refused 2021-07-12: Claire Bouchard + Jorge Pinto"],
    ),
    (
        "datelines",
        "TASHKENT, Uzbekistan – Uzbek President Rustam Aliev on Thursday canceled a planned trip to Canada.",
        ["visit refused 2021-06-03: Canada + Rustam Aliev"],
    ),
]
NOT_A_CONTACT = [
    "President Ada Obi called on King Salim to free the prisoners.",
    "Turkey called in the army to clear the streets.",
    "President Ada Obi raised hopes with the announcement.",
    "President Ada Obi raised the issue in parliament with great force.",
    "Chancellor Karl Weiss stood by his finance minister, Olaf Brandt.",
    "Chancellor Karl Weiss stood next to the monument and wept.",
    "The news reached Chancellor Karl Weiss on Monday.",
    "The government reached out to voters in a broadcast.",
    "Anders Holm conveyed his condolences to the nation.",
    "Anders Holm relayed the news to reporters.",
    "Soldiers exchanged fire with the rebels.",
    "Israel and Hamas exchanged fire on Monday.",
    "The two sides exchanged accusations.",
    "Iran and Iraq exchanged prisoners on Friday.",
    "The two had never agreed on anything. The three were arrested on Monday.",
    "Police arrested two men; the two were later released.",
    "Anders Holm said on Thursday that talks with the rebels were pointless.",
    "The session of parliament was opened by President Ada Obi.",
    "The council's session on Monday approved the budget of Mayor Ola Berg.",
    "The central bank took note of the report by the finance minister.",
    "The White House took note of Berlin's protest.",
    "The UN security council was called to order by its president.",
    "The Turkish ambassador was called a liar by the minister.",
    "Anders Holm saw President Obi as a rival.",
    "Anders Holm saw President Obi on television on Monday.",
    "Anders Holm returned the call for unity with a joke about President Obi.",
    "Anders Holm took a call from a voter on his radio show.",
    "President Ada Obi appeared before the court on Monday.",
    "President Ada Obi appeared at a rally with her husband.",
    "The ambassador's residence hosted a reception for 200 guests.",
    "President Ada Obi texted her supporters before the vote.",
    "Visiting other countries taught President Ada Obi patience.",
    "Norway denied reports of a secret base in Sweden.",
    "The invitation to tender was sent to firms in Norway and Sweden.",
    "Anders Holm accepted the nomination from the party.",
    "The minister accepted a gift from Sweden.",
    "Fighting continued in Sudan and Chad on Monday.",
    "President Ada Obi continued to criticise Sweden.",
    "Greek and Turkish officials shook their heads at the plan.",
    "President Ada Obi warned Sweden by Twitter.",
    "In a message to the nation, President Ada Obi thanked the army.",
    "President Ada Obi's petition to the court was rejected.",
    "Norway's reception of the refugees from Sudan was praised by Sweden.",
    "The EU mediated between its own principles and its interests.",
    "Vera Popa discussed relations with Karl Lind in her book.",
    "Vera Popa discussed the war with Russia in her book.",
    "Vera Popa presented the plan to President Ion Sandu's party.",
    "Vera Popa had no opportunity to meet Karl Lind.",
    "Relations between Iran and Oman took place of pride in the speech.",
    "Vera Popa flew to Moscow to ask for protection.",
    "A football match took place between the teams of Iran and Oman.",
    "Prime Minister Ann Lee had looked forward to welcoming President Rustam Aliev.",
    "KAMPALA, Uganda (AP) — Prime Minister Ann Lee said on Monday that the talks with her cabinet were over.",
]


@pytest.mark.parametrize(("phrase", "text", "expected"), CASES)
def test_a_turn_of_phrase_tells_of_a_contact(phrase: str, text: str, expected: list[str]) -> None:
    assert told(text, PUBLISHED) == expected, phrase


@pytest.mark.parametrize("text", NOT_A_CONTACT)
def test_words_of_contact_that_tell_of_none(text: str) -> None:
    assert told(text, PUBLISHED) == []
