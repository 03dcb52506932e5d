"""Articles to measure with: generated ones of a stated length, or the files of a folder that the caller names.

Reads:  a folder of articles in any form that `readout publish` takes, or nothing
Writes: articles; generated ones are always the same for one number and seed

Lengths of generated articles are log-normal: half of them have more than 400 words, two of three between 240 and
660. Their sentences are invented. Two in five are of the kinds that give records, quotations, reports, calls and
visits; that makes about as many statements as political news has, one in 30 to 40 words.
"""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from readout.schemas.news import ArticlePublished
from readout.streams.errors import ConfigurationError
from readout.streams.publish.drafts import Limits
from readout.streams.publish.sources import Found, read_sources

MEDIAN_WORDS = 400
SIGMA = 0.5
_SHORTEST, _LONGEST = 60, 2_500
_SENTENCES_A_PARAGRAPH = (1, 4)

_FIRST = "Anna Luis Mei Omar Grace Ivan Clara Tomas Leila Peter Ines Viktor Hana Samuel Rosa Nikolai".split()
_LAST = (
    "Weber Ortega Tanaka Haddad Mbeki Petrov Novak Lindqvist Farah Costa Moreau Kowalski Ito Berger".split()
)
_COUNTRIES = "France Japan Kenya Norway Poland Brazil Canada Egypt Ukraine Turkey Germany India".split()
_CITIES = "Paris Tokyo Nairobi Oslo Warsaw Ottawa Cairo Kyiv Ankara Berlin Geneva Vienna".split()
_OFFICES = (
    "Foreign Minister",
    "Defense Minister",
    "Prime Minister",
    "President",
    "Ambassador",
    "Finance Minister",
)
_BODIES = (
    "the World Bank",
    "the Energy Council",
    "the Northern Union",
    "Hartmann Industries",
    "the Senate",
    "the Health Agency",
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SUBJECTS = (
    "grain exports",
    "the border closure",
    "a ceasefire",
    "gas prices",
    "the new trade agreement",
    "the flood relief",
)
_TELLING = 0.4
_PLAIN = (
    "Prices in {country} had risen by {number} percent since {year}, the fastest pace in a decade.",
    "The road between {city} and the coast has been closed since {day}, and trucks were backed up for miles.",
    "Snow fell on the hills above {city} overnight, covering the tents and the fields around the old airport.",
    "The company, which employs {number} people in {country}, opened its first plant there in {year}.",
    "Voters go to the polls in {small} weeks, with the economy and {subject} at the top of most lists.",
    "Under the plan, {country} would receive {number} million dollars over {small} years.",
    "Hundreds of families moved into school buildings, where volunteers cooked soup and handed out blankets.",
    "{last} served as {office} from {year} until the government fell the following spring.",
    "The bridge, built in {year}, carries most of the traffic between {country} and {country2}.",
    "Several flights from {city} were delayed on {day} because of fog.",
    "The court in {city} has not set a date for the trial, which could last for months.",
    "Shares fell in early trading and recovered in the afternoon as oil became cheaper.",
    "The vote had been put off twice, first because of the floods and then because of a strike.",
    "{body_start} was founded in {year} and has its seat in {city}.",
    "A small crowd gathered outside the gates with candles and hand-painted signs.",
    "It is the {small}th time in {small} years that {country} has changed its rules on {subject}.",
    "The harvest was poor in the north, while farmers near {city} had one of their best years.",
    "Engineers worked through the night to restore power to the hospital and the water works.",
)
_TEMPLATES = (
    "{office} {person} spoke by phone with {office2} {person2} on {day} about {subject}, officials in {city} said.",
    "{person} met {person2} in {city} on {day} to discuss {subject}.",
    '"We have made progress on {subject}," {last} told reporters after the meeting.',
    '"Nobody wants this to go on," said {person}, a spokesman for {body}. "It is time to talk."',
    "{last} said that {country} would support {subject} if the other side agreed.",
    "According to {body}, the costs rose by {number} percent in the past {small} months.",
    "The two sides will hold talks in {city} next week, {person2} told a news conference.",
    "Residents of {city} described empty shelves as the dispute over {subject} entered its {small}th week.",
    "{body_start} has repeatedly warned that {subject} could weigh on growth, and it cut its forecast in October.",
    "The ministry in {city} declined to comment on reports that {last2} had canceled a planned visit.",
    "He added that the delegation from {country} had not yet received an answer.",
    "She called the proposal “a serious step” but said much work remained before it could be signed.",
    "In {year}, {country} and {country2} signed a similar agreement, which was never put into force.",
    "{person}, who led the negotiations for {country}, is expected to travel to {city} on {day}.",
    "Critics, including members of {body}, argue that the plan would cost ${number} million and change little.",
    "The market reacted calmly, with shares of Hartmann Industries closing {small} percent lower.",
    "Asked whether a meeting with {person2} was planned, {last} denied it.",
    "Workers began to clear the roads before dawn while engineers inspected the bridge for damage.",
    "{office} {person} wrote to {office2} {person2} last month, urging a quick decision on {subject}.",
    "It was not immediately clear how many people were affected or when the station would reopen.",
)


def generated_articles(count: int, seed: int = 1) -> list[ArticlePublished]:
    """So many articles of log-normal length, each different."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    return [_article(number, draw) for number in range(count)]


def read_folder(folder: Path, count: int) -> list[ArticlePublished]:
    """At most so many usable articles of a folder.

    Raises:
        ConfigurationError: it holds none.
    """
    found = read_sources([str(folder)], Limits(1_000_000, 8 * 1024 * 1024))
    articles = [one.article for one in found if isinstance(one, Found) and one.article.status == "usable"]
    if not articles:
        raise ConfigurationError(f"{folder} holds no articles")
    return articles[:count]


def words_of(articles: Sequence[ArticlePublished]) -> int:
    """How many words they have, counted between spaces."""
    return sum(len(article.body.split()) for article in articles)


def _article(number: int, draw: random.Random) -> ArticlePublished:
    wanted = min(max(draw.lognormvariate(math.log(MEDIAN_WORDS), SIGMA), _SHORTEST), _LONGEST)
    day = f"2022-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    paragraphs: list[str] = []
    words = 0
    while words < wanted:
        sentences = [_sentence(draw) for _ in range(draw.randint(*_SENTENCES_A_PARAGRAPH))]
        paragraphs.append(" ".join(sentences))
        words += len(paragraphs[-1].split())
    return ArticlePublished(
        article_id=f"generated-{number}",
        revision=1,
        status="usable",
        body=f"{draw.choice(_CITIES).upper()} - " + "\n\n".join(paragraphs),
        published_at=day,
    )


def _sentence(draw: random.Random) -> str:
    first, second = draw.sample(_FIRST, 2)
    last, other = draw.sample(_LAST, 2)
    country, neighbour = draw.sample(_COUNTRIES, 2)
    body = draw.choice(_BODIES)
    templates = _TEMPLATES if draw.random() < _TELLING else _PLAIN
    return draw.choice(templates).format(
        person=f"{first} {last}",
        person2=f"{second} {other}",
        last=last,
        last2=other,
        office=draw.choice(_OFFICES),
        office2=draw.choice(_OFFICES),
        country=country,
        country2=neighbour,
        city=draw.choice(_CITIES),
        body=body,
        body_start=body[0].upper() + body[1:],
        day=draw.choice(_DAYS),
        subject=draw.choice(_SUBJECTS),
        number=draw.randint(2, 950),
        small=draw.randint(4, 9),
        year=draw.randint(1985, 2021),
    )
