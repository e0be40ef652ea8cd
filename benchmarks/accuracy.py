"""Score the reader on the labelled pages in one process: `python -m benchmarks.accuracy [--cv] [--report FILE.html]`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from benchmarks.gold import GOLD, Page, as_prediction, load_pages, load_scorer
from scraper.model import FrontPage
from scraper.models import SHIPPED, Models, models_of
from scraper.reader import read

PAGE_MEASURES: Final = ("lead", "lead*", "precision", "recall", "f1", "order", "headline")
ROW_MEASURES: Final = ("summary", "no_summary", "kicker", "section")
FOLDS: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A labelled page, what was read of it, and its score."""

    page: Page
    read: FrontPage
    score: dict[str, Any]


def score_pages(pages: Sequence[Page], models: Callable[[Page], Models], scorer: ModuleType) -> list[Result]:
    results = []
    for page in pages:
        reading = read(page.text, page.url, models=models(page)).page
        results.append(Result(page=page, read=reading, score=scorer.score_page(page.gold, as_prediction(reading))))
    return results


def means(results: Sequence[Result]) -> dict[str, float]:
    """The mean of each measure, as the scorer prints them."""
    found = {name: sum(float(result.score[name]) for result in results) / len(results) for name in PAGE_MEASURES}
    for name in ROW_MEASURES:
        good, total = (sum(result.score[name][part] for result in results) for part in (0, 1))
        found[name] = good / total if total else 0.0
    return found


def folds_of(pages: Sequence[Page], count: int) -> dict[str, int]:
    """The fold of each publisher: all its pages are held out together."""
    publishers = sorted({page.publisher for page in pages})
    return {publisher: place % count for place, publisher in enumerate(publishers)}


def cross_validated(pages: Sequence[Page], scorer: ModuleType, folds: int = FOLDS) -> list[Result]:
    """Each page read with weights that were fitted without its publisher."""
    from benchmarks.fit import fit  # numpy and scipy are needed only here

    fold = folds_of(pages, folds)
    fitted = [
        models_of(fit([page for page in pages if fold[page.publisher] != number], scorer)) for number in range(folds)
    ]
    return score_pages(pages, lambda page: fitted[fold[page.publisher]], scorer)


def table(rows: dict[str, dict[str, float]]) -> str:
    names = (*PAGE_MEASURES, *ROW_MEASURES)
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for label, row in rows.items():
        lines.append(f"| {label} | " + " | ".join(f"{row[name]:.3f}" for name in names) + " |")
    return "\n".join(lines)


def mistakes(results: Sequence[Result]) -> str:
    lines = []
    for result in results:
        score = result.score
        mark = "ok " if score["lead"] else "alt" if score["lead*"] else "BAD"
        lines.append(
            f"{mark} P {score['precision']:.2f} R {score['recall']:.2f} F {score['f1']:.2f} "
            f"H {score['headline']:.2f} S {score['section'][0]}/{score['section'][1]}  {result.page.name}"
        )
        if not score["lead"]:
            lines.append(f"      lead is   {score['gold_lead']!r}\n      predicted {score['predicted_lead']!r}")
        lines += [f"      {kind} {len(score[kind])}: {score[kind][:6]}" for kind in ("missed", "wrong") if score[kind]]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--gold", type=Path, default=GOLD)
    arguments.add_argument("--cv", action="store_true", help="also with weights fitted without each page's publisher")
    arguments.add_argument("--verbose", action="store_true", help="what was missed and wrong, page by page")
    given = arguments.parse_args()
    pages, scorer = load_pages(given.gold), load_scorer(given.gold)
    shipped = score_pages(pages, lambda _: SHIPPED, scorer)
    rows = {"shipped": means(shipped)}
    if given.verbose:
        print(mistakes(shipped))
    if given.cv:
        held_out = cross_validated(pages, scorer)
        rows["cross-validated"] = means(held_out)
        if given.verbose:
            print("\ncross-validated\n" + mistakes(held_out))
    print(table(rows))


if __name__ == "__main__":
    main()
