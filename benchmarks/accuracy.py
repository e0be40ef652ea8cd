"""Score the reader on the labelled pages in one process: `python -m benchmarks.accuracy [--cv] [--report FILE.html]`.

With --cv also with weights fitted without each page's publisher: what to expect of a site never seen (some minutes).
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from benchmarks.gold import GOLD, Page, as_prediction, load_pages, load_scorer
from benchmarks.report import html_report
from scraper.model import FrontPage
from scraper.models import SHIPPED, Models, models_of
from scraper.reader import read, read_front_page

PAGE_MEASURES: Final = ("lead", "lead*", "precision", "recall", "f1", "order", "headline")
ROW_MEASURES: Final = ("summary", "no_summary", "kicker", "section")
FOLDS: Final = 8
BUCKETS: Final = (0.0, 0.5, 0.7, 0.85, 0.95)
ROUNDS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A labelled page, what was read of it, and its score."""

    page: Page
    read: FrontPage
    score: dict[str, Any]


def score_pages(pages: Sequence[Page], models: Callable[[Page], Models], scorer: ModuleType) -> list[Result]:
    results = []
    for page in pages:
        seen = read(page.text, page.url, models=models(page)).page
        results.append(Result(page=page, read=seen, score=scorer.score_page(page.gold, as_prediction(seen))))
    return results


def means(results: Sequence[Result]) -> dict[str, float]:
    """The mean of each measure, as the scorer prints them."""
    found = {name: sum(float(result.score[name]) for result in results) / len(results) for name in PAGE_MEASURES}
    for name in ROW_MEASURES:
        good, total = (sum(result.score[name][part] for result in results) for part in (0, 1))
        found[name] = good / total if total else 0.0
    return found


def cross_validated(pages: Sequence[Page], scorer: ModuleType, folds: int = FOLDS) -> list[Result]:
    """Each page read with weights that were fitted without its publisher."""
    from benchmarks.fit import fit  # numpy and scipy are needed only here

    publishers = sorted({page.publisher for page in pages})
    fold = {publisher: place % folds for place, publisher in enumerate(publishers)}
    fitted = [
        models_of(fit([page for page in pages if fold[page.publisher] != number], scorer)) for number in range(folds)
    ]
    return score_pages(pages, lambda page: fitted[fold[page.publisher]], scorer)


def measures_table(rows: dict[str, dict[str, float]]) -> str:
    names = (*PAGE_MEASURES, *ROW_MEASURES)
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for label, row in rows.items():
        lines.append(f"| {label} | " + " | ".join(f"{row[name]:.3f}" for name in names) + " |")
    return "\n".join(lines)


def reliability_table(results: Sequence[Result]) -> str:
    """How often leads of each confidence are right: the labelled lead, or one that a fair editor could choose."""
    lines = ["| confidence | pages | mean confidence | lead | lead* |", "|---|---|---|---|---|"]
    for low, high in zip(BUCKETS, (*BUCKETS[1:], 1.01), strict=True):
        found = [
            (result.read.lead.confidence or 0.0, result.score["lead"], result.score["lead*"])
            for result in results
            if result.read.lead and low <= (result.read.lead.confidence or 0.0) < high
        ]
        if found:
            sure, lead, fair = (sum(float(row[part]) for row in found) / len(found) for part in range(3))
            label = f"{low:.2f} to {min(high, 1.0):.2f}"
            lines.append(f"| {label} | {len(found)} | {sure:.2f} | {lead:.2f} | {fair:.2f} |")
    return "\n".join(lines)


def kinds_of_mistakes(results: Sequence[Result]) -> str:
    """How many pages and rows each kind of mistake costs."""
    wrong = [result for result in results if not result.score["lead"]]
    fair = sum(bool(result.score["lead*"]) for result in wrong)
    unread = sum(gold_lead_missed(result) for result in wrong)
    lines = [
        f"leads: {len(wrong)} wrong; {fair} are a labelled alternative, {unread} were not read as a story at all",
        f"stories: {sum(len(result.score['missed']) for result in results)} missed, "
        f"{sum(len(result.score['wrong']) for result in results)} that are none",
    ]
    for name in ROW_MEASURES:
        good, total = (sum(result.score[name][part] for result in results) for part in (0, 1))
        lines.append(f"{name}: {total - good} of {total} rows wrong")
    return "\n".join(lines)


def gold_lead_missed(result: Result) -> bool:
    return result.score["gold_lead"] in result.score["missed"]


def verbose(results: Sequence[Result]) -> str:
    """Page by page: what was read, missed and wrong."""
    lines = []
    for result in results:
        score = result.score
        mark = "ok " if score["lead"] else "alt" if score["lead*"] else "BAD"
        numbers = " ".join(f"{name} {score[name]:.2f}" for name in ("precision", "recall", "f1", "headline"))
        lines.append(f"{mark} {numbers}  {result.page.name}")
        if not score["lead"]:
            lines.append(f"      lead is   {score['gold_lead']!r}\n      predicted {score['predicted_lead']!r}")
        lines += [f"      {kind} {len(score[kind])}: {score[kind][:6]}" for kind in ("missed", "wrong") if score[kind]]
    return "\n".join(lines)


def floor(page: Page) -> None:
    """The least that any reader does: parse, and take address and text of all links."""
    for link in LexborHTMLParser(page.text).css("a"):
        link.attributes.get("href")
        link.text()


def cpu_ms(work: Callable[[Page], object], pages: Sequence[Page]) -> float:
    """CPU milliseconds a page, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = process_time()
        for page in pages:
            work(page)
        best = min(best, process_time() - start)
    return best * 1000 / len(pages)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--gold", type=Path, default=GOLD)
    arguments.add_argument("--cv", action="store_true", help="also with weights fitted without each page's publisher")
    arguments.add_argument("--verbose", action="store_true", help="what was missed and wrong, page by page")
    arguments.add_argument("--report", type=Path, help="write an HTML report, page by page")
    given = arguments.parse_args()
    pages, scorer = load_pages(given.gold), load_scorer(given.gold)
    shipped = score_pages(pages, lambda _: SHIPPED, scorer)
    runs = {"shipped": shipped}
    if given.cv:
        runs["cross-validated"] = cross_validated(pages, scorer)
    print(measures_table({label: means(results) for label, results in runs.items()}))
    for label, results in runs.items():
        print(f"\n{label}\n{kinds_of_mistakes(results)}\n\n{reliability_table(results)}")
        if given.verbose:
            print(verbose(results))
    least, whole = cpu_ms(floor, pages), cpu_ms(lambda page: read_front_page(page.text, page.url), pages)
    print(f"\nCPU a page: {whole:.1f} ms; parse and all links {least:.1f} ms; ratio {whole / least:.1f}")
    if given.report:
        given.report.write_text(html_report([(one.page, one.read, one.score) for one in shipped]), "utf-8")
        print(f"wrote {given.report}")


if __name__ == "__main__":
    main()
