"""An HTML page that shows, labelled page by labelled page, what was read, missed and wrong."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from benchmarks.gold import Page
from scraper.model import FrontPage, Story

STYLE: Final = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222}
details{border-top:1px solid #ddd;padding:.4rem 0}summary{cursor:pointer}
.bad{color:#a40000}.alt{color:#8a6d00}.ok{color:#1d6f2b}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
td{border-top:1px solid #eee;padding:.2rem .5rem;vertical-align:top}
small{color:#666}li{margin:.1rem 0}
"""


def html_report(results: Sequence[tuple[Page, FrontPage, dict[str, Any]]]) -> str:
    """The report, the worst pages first."""
    ordered = sorted(results, key=lambda item: (item[2]["lead"], item[2]["lead*"], item[2]["f1"], item[0].name))
    right = sum(bool(score["lead"]) for *_, score in results)
    body = "\n".join(section(*item) for item in ordered)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>The reader on the labelled pages</title>"
        f"<style>{STYLE}</style><h1>The reader on the labelled pages</h1>"
        f"<p>{right} of {len(results)} leads are the labelled one. The worst pages come first.</p>{body}</html>\n"
    )


def section(page: Page, read: FrontPage, score: dict[str, Any]) -> str:
    """One labelled page."""
    mark = "ok" if score["lead"] else "alt" if score["lead*"] else "bad"
    numbers = " · ".join(f"{name} {score[name]:.2f}" for name in ("precision", "recall", "f1", "order", "headline"))
    lists = "".join(bullets(label, score[label]) for label in ("missed", "wrong") if score[label])
    return (
        f"<details{' open' if mark == 'bad' else ''}><summary><b class={mark}>{mark}</b> {escape(page.name)} "
        f"<small>{numbers}</small></summary>{lead_lines(read, score)}{lists}{stories(read)}</details>"
    )


def lead_lines(read: FrontPage, score: dict[str, Any]) -> str:
    lead = read.lead
    if lead is None:
        return f"<p>no lead: {escape(read.problem)}</p>"
    why = "; ".join(map(escape, lead.evidence))
    labelled = "" if score["lead"] else f"<br>labelled: <b>{escape(score['gold_lead'] or '(a picture)')}</b>"
    return f"<p>read: <b>{escape(lead.headline)}</b> <small>{lead.confidence} — {why}</small>{labelled}</p>"


def bullets(label: str, headlines: Sequence[str | None]) -> str:
    items = "".join(f"<li>{escape(text or '(no text)')}" for text in headlines)
    return f"<p>{label} {len(headlines)}</p><ul>{items}</ul>"


def stories(read: FrontPage) -> str:
    return "<table>" + "".join(map(row, read.stories)) + "</table>"


def row(story: Story) -> str:
    cells = (str(story.position), story.section, story.kicker, story.headline, story.summary[:160], str(story.kind))
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"
