"""The figures that the reader's comments name, measured on the labelled pages: `python -m benchmarks.figures`."""

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from benchmarks.fit import NEITHER, STORY, Seen, see
from benchmarks.gold import Page, load_pages, load_scorer
from scraper.cost import WHOLE_TAG
from scraper.decode import META
from scraper.document import Document
from scraper.links import LABEL_LENGTH
from scraper.models import SHIPPED
from scraper.reader import read
from scraper.standing import is_bold
from scraper.text import UNSPACED, tidy, words

OPENED: Final = re.compile(r"<[a-zA-Z][^>]*>")
CUT: Final = 60  # characters from which the labels cut summaries


def labelled(pages: Sequence[Page], part: str, field: str) -> list[str]:
    """The texts of one field in one part of the labels, where it is filled."""
    return [row[field] for page in pages for row in page.gold[part] if row.get(field)]


def share_of_stories(seen: Sequence[Seen], count: int) -> float:
    """How many of the mentions with so many words are stories."""
    told = [
        label == STORY
        for one in seen
        for mention, label in zip(one.prominent, one.labels, strict=True)
        if label != NEITHER and mention.words == count
    ]
    return float(sum(told) / len(told))


def short_labels(pages: Sequence[Page]) -> tuple[int, int]:
    """Link texts under LABEL_LENGTH outside headings, in spaced scripts: how many, and how many are headlines."""
    found = headlines = 0
    for page in pages:
        wanted = {tidy(row["headline"]) for row in page.gold["stories"]}
        for link in Document(page.text, page.url).parser.css("a[href]"):
            text = tidy(link.text())
            if not text or len(text) >= LABEL_LENGTH or UNSPACED.search(text) or _in_heading(link):
                continue
            found += 1
            headlines += text in wanted
    return found, headlines


def _in_heading(link: object) -> bool:
    node = link
    for _ in range(4):
        node = getattr(node, "parent", None)
        if node is None:
            return False
        if getattr(node, "tag", "") in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return True
    return False


def lead_places(seen: Sequence[Seen]) -> list[int]:
    """The number, from 1, of the first labelled lead among each page's candidates."""
    return [next(place for place, lead in enumerate(one.leads, 1) if lead) for one in seen if one.leads.any()]


def widths(seen: Sequence[Seen], is_lead: bool) -> list[int]:
    return [
        standing.width
        for one in seen
        for standing, lead in zip(one.candidates, one.leads, strict=True)
        if standing.width and bool(lead) is is_lead
    ]


def ends(texts: Sequence[str]) -> float:
    """The share of texts that end in a full stop."""
    return sum(text.endswith((".", "。")) for text in texts) / len(texts)


def late_declarations(pages: Sequence[Page]) -> list[int]:
    """Where pages declare their charset, in bytes, for those past the 1,024 of the standard."""
    found = []
    for page in pages:
        first = next((m for m in META.finditer(page.body) if b"charset" in m[0].lower()), None)
        if first and first.end() > 1024:
            found.append(first.end())
    return found


def lead_nodes(pages: Sequence[Page]) -> list[int]:
    """How many nodes the block of each page's lead has."""
    found = []
    for page in pages:
        reading = read(page.text, page.url)
        if reading.ranked:
            found.append(len(reading.ranked[0].place.node.css("*")))
    return found


def house_links(seen: Sequence[Seen], sign: str) -> tuple[int, int]:
    """How many stories, and how many other links, have a sign of what a paper says of itself."""
    labels = [label == STORY for one in seen for label, row in zip(one.labels, one.rows, strict=True) if sign in row]
    return int(sum(labels)), int(len(labels) - sum(labels))


def headed_shares(seen: Sequence[Seen]) -> Iterator[tuple[float, bool]]:
    """Of pages with bold headlines, the share of candidates with a heading, and whether the lead is bold."""
    for one in seen:
        bold = [is_bold(standing.mention) for standing in one.candidates]
        if any(bold):
            share = sum(standing.level > 0 for standing in one.candidates) / len(bold)
            yield round(share, 2), any(lead and thick for lead, thick in zip(one.leads, bold, strict=True))


def figures(pages: Sequence[Page]) -> Iterator[tuple[str, object]]:
    """What is measured, and what it comes to."""
    scorer = load_scorer()
    seen = [see(page, SHIPPED, scorer) for page in pages]
    for count in (3, 5):
        yield f"signs: share of links of {count} words that are stories", round(share_of_stories(seen, count), 2)
    yield "prominence: the farthest lead among the candidates", max(lead_places(seen))
    for name, is_lead in (("leads", True), ("others", False)):
        yield f"prominence: median stated picture width of {name}", median(widths(seen, is_lead))
    yield (
        "prominence: share with headings where some are bold, and whether the lead is",
        sorted(headed_shares(seen)),
    )
    for sign in ("text of the house", "address of the house"):
        yield f"house: stories and other links with {sign}", house_links(seen, sign)
    found, headlines = short_labels(pages)
    yield f"links: texts under {LABEL_LENGTH} characters outside headings", f"{found:,}, of which {headlines} headlines"
    printed = [story for page in pages for story in read(page.text, page.url).page.teasers]
    headlines_all = labelled(pages, "stories", "headline")
    yield "fields: share of labelled headlines that end in a full stop", round(ends(headlines_all), 3)
    yield "fields: share of summaries, as read, that do", round(ends([s.summary for s in printed if s.summary]), 2)
    yield "fields: words of the longest labelled kickers", sorted(map(words, labelled(pages, "stories", "kicker")))[-5:]
    short = [text for text in labelled(pages, "summaries", "summary") if len(text) < CUT]
    yield "fields: words of the shortest labelled summaries", sorted(map(words, short))[:8]
    late = late_declarations(pages)
    yield "decode: charset declared past 1,024 bytes", f"{len(late)} of {len(pages)} pages, the last at {max(late):,}"
    tags = [len(WHOLE_TAG.findall(page.text)) for page in pages]
    yield "document: tags of a page", (min(tags), max(tags))
    yield "document: the longest tag", max(len(tag) for page in pages for tag in OPENED.findall(page.text))
    share = [len(page.text) / count for page, count in zip(pages, tags, strict=True)]
    yield "document: characters a tag", (round(min(share)), round(max(share)))
    stories = [len(page.gold["stories"]) for page in pages]
    yield "quality: labelled stories of a page", (min(stories), max(stories))
    letters = [len(tidy(Document(page.text, page.url).parser.body.text())) for page in pages]  # type: ignore[union-attr]
    yield "quality: visible letters of the barest page", min(letters)
    yield "blocks: elements of the largest lead's block", sorted(lead_nodes(pages))[-3:]
    sections = labelled(pages, "sections", "section")
    yield "sections: words of the longest labelled sections", sorted(map(words, sections))[-5:]
    unspaced = [len(headline) for headline in headlines_all if UNSPACED.search(headline)]
    spaced = [len(headline.split()) for headline in headlines_all if not UNSPACED.search(headline)]
    yield "text: median words of a headline, spaced", median(spaced)
    yield "text: median characters of a headline, unspaced", median(unspaced)


def main() -> None:
    for name, value in figures(load_pages()):
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
