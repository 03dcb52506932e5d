"""Train the contact model: `python -m training.train_contacts --data FOLDER --out FILE`.

Reads:  FOLDER, the development data: `contacts/dev`, `contacts-wide`, `contacts-train` and `contacts/score.py`, and
        the texts that `contact_labels.jsonl` is about
Writes: the weights to FILE, and figures from cross-validation to standard output; equal input gives equal bytes

Articles that are held out (`contact_gold.is_held_out`) are never read, except with `--examine`, which examines the
weights in FILE on them and trains nothing.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from readout.streams.text import gazetteer as gazetteer_module
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.contacts import Extractor, contacts_in
from readout.streams.text.gazetteer import Gazetteer
from training.contact_gold import FOLDERS, GoldArticle, prediction, read_articles
from training.contact_report import (
    RULES_WRITTEN_ON,
    Predicted,
    best_threshold,
    intervals,
    reliability,
    source_of,
    table,
)
from training.contact_training import train_model
from training.train_attribution import load_pipeline

# 85 per cent, rounded; of articles that were chosen for telling of contacts, as users choose theirs.
_PRECISION = 84.5


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or examine what was trained, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train_contacts", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--examine", type=int, metavar="LEAST", help="examine at this confidence, in per mille"
    )
    options = parser.parse_args(arguments)
    articles = read_articles(
        options.data, load_pipeline(), load_gazetteer(), held_out=options.examine is not None
    )
    if options.examine is None:
        trained = train_model(articles, progress=_say)
        _write(trained.model, options.out, len(articles))
        _show(articles, trained.unseen, None)
    else:
        model = ContactModel.from_bytes(options.out.read_bytes())
        _show(articles, lambda _: model, options.examine)


def load_gazetteer() -> Gazetteer:
    """The gazetteer of the derivation."""
    return Gazetteer.from_json(Path(str(gazetteer_module.__file__)).with_name("gazetteer.json").read_bytes())


def _write(model: ContactModel, path: Path, articles: int) -> None:
    data = model.to_bytes()
    path.write_bytes(data)
    _say(f"{hashlib.sha256(data).hexdigest()}  {len(data)} bytes, {articles} articles")


def predictions(
    articles: Sequence[GoldArticle], model_for: Callable[[str], ContactModel]
) -> dict[str, list[Predicted]]:
    """What the model for each article finds in it, at any confidence."""
    return {
        article.article_id: [
            Predicted(prediction(contact), contact.confidence or 0)
            for contact in contacts_in(
                article.scene, article.published_on, Extractor(model_for(article.article_id))
            )
        ]
        for article in articles
    }


def _show(
    articles: Sequence[GoldArticle], model_for: Callable[[str], ContactModel], least: int | None
) -> None:
    found = predictions(articles, model_for)
    chosen = [article for article in articles if article.folder in FOLDERS]
    threshold = best_threshold(chosen, found, _PRECISION) if least is None else least
    _say(f"threshold {threshold} per mille")
    for title, some in (("chosen", chosen), ("any", [one for one in articles if one.folder not in FOLDERS])):
        _say(f"{title}:")
        for line in table(some, found, threshold):
            _say(line)
        unseen = [article for article in some if source_of(article) != RULES_WRITTEN_ON]
        _say(f"95 % intervals, {title}, unseen by rules: " + "; ".join(intervals(unseen, found, threshold)))
    for line in reliability(articles, found):
        _say(line)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
