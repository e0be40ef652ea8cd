"""A fictional newspaper: the instant in, the front page out, as truth and as bytes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from demo import designs, timeline
from demo.designs import Design
from demo.edition import Edition, HeadlineEdit, Page, Placement, Reign
from demo.masthead import Masthead
from demo.timeline import Run, Text

FRONT_PLACES: Final = 6  # teasers under "More Front Page Coverage"


@dataclass(frozen=True, kw_only=True)
class Paper(Masthead):
    """A paper with its stories. `redesigns` are its designs by name, each from an instant on."""

    declared_in: str  # where the charset stands: header, meta or both
    path: str  # of a story, with {date}, {section}, {slug} and {number}
    choices: Mapping[str, Sequence[str]]
    authors: tuple[str, ...]
    sentences: tuple[str, ...]
    texts: tuple[Text, ...]
    redesigns: tuple[tuple[datetime | None, str], ...] = ((None, "modern"),)

    def at(self, home: str) -> "Paper":
        """The same paper under another path."""
        return replace(self, home=home)

    def designed(self, first: str, *later: tuple[datetime, str]) -> "Paper":
        """The same paper in another design, and redesigned at the given instants."""
        return replace(self, redesigns=((None, first), *later))

    def design_at(self, instant: datetime) -> Design:
        """The design in use at an instant."""
        name = [name for since, name in self.redesigns if since is None or since <= instant][-1]
        return designs.DESIGNS[name]

    def truth(self, instant: datetime) -> Edition:
        """What the front page says: each story once, with the parts that the design of the day prints."""
        runs = timeline.runs_at(self.texts, instant)
        lead = timeline.leader(runs)
        rest = [run for run in runs if run is not lead]
        teasers = [self._placement(run, instant, self.words.front_section) for run in rest[:FRONT_PLACES]]
        for section, name in self.sections.items():
            inside = [run for run in rest[FRONT_PLACES:] if run.text.section == section]
            teasers += [self._placement(run, instant, name) for run in inside]
        edition = Edition(
            instant=instant,
            lead=self._placement(lead, instant, ""),
            teasers=tuple(teasers),
            advertisement=self._advertisement(instant),
        )
        return designs.as_printed(edition, self.design_at(instant), front_section=self.words.front_section)

    def page(self, instant: datetime) -> Page:
        """The front page as a server would send it."""
        design = self.design_at(instant)
        text = designs.front_page(self, self.truth(instant), design)
        return self._encoded(text, "text/plain" if design.is_text else "text/html")

    def article(self, path: str, instant: datetime) -> Page | None:
        """The page of a story that was published by then; it stays for two days after the front page dropped it."""
        for run in timeline.runs_between(self.texts, instant - timedelta(days=2), instant):
            if self.url(run) == path and run.begins <= instant:
                return self._encoded(designs.article(self, self._placement(run, instant, "")), "text/html")
        return None

    def edits(self, start: datetime, end: datetime) -> tuple[HeadlineEdit, ...]:
        """Every headline edited in (start, end] while its story stood on the page, in order."""
        found: list[HeadlineEdit] = []
        for run in timeline.runs_between(self.texts, start, end):
            wordings = [(run.begins, run.text.headline), *run.edits]
            for (_, was), (at, now) in pairwise(wordings):
                if start < at <= end and at < run.ends:
                    leading = timeline.leader(timeline.runs_at(self.texts, at)) == run
                    was, now = run.fill(was, self.choices), run.fill(now, self.choices)
                    found.append(HeadlineEdit(at=at, url=self.url(run), was=was, now=now, leading=leading))
        return tuple(sorted(found, key=lambda edit: (edit.at, edit.url)))

    def reigns(self, start: datetime, end: datetime) -> tuple[Reign, ...]:
        """Which story leads when, from `start` to `end`."""
        leads = [run for run in timeline.runs_between(self.texts, start, end) if run.text.leads]
        current = timeline.leader(timeline.runs_at(self.texts, start))
        later = sorted((run for run in leads if start < run.begins < end), key=lambda run: run.begins)
        bounds = [start, *(run.begins for run in later), end]
        runs = [current, *later]
        return tuple(
            Reign(since=since, until=until, url=self.url(run))
            for run, (since, until) in zip(runs, pairwise(bounds), strict=True)
        )

    def moments(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every instant in (start, end] at which a story comes, goes or is edited."""
        runs = timeline.runs_between(self.texts, start, end)
        instants = {at for run in runs for at in (run.begins, run.ends, *(at for at, _ in run.edits if at < run.ends))}
        return tuple(sorted(at for at in instants if start < at <= end))

    def url(self, run: Run) -> str:
        """The path of a story's own page."""
        text = run.text
        return self.home + self.path.format(
            date=f"{run.begins:%Y/%m/%d}", section=text.section, slug=text.slug, number=run.number
        )

    def _placement(self, run: Run, instant: datetime, section: str) -> Placement:
        author = self.authors[timeline.dice(run.text.slug, "author", sides=len(self.authors))]
        summary = run.fill(run.text.summary, self.choices)
        first = timeline.dice(run.text.slug, "body", sides=len(self.sentences))
        body = (summary, *self.sentences[first:], *self.sentences[:first])
        return Placement(
            url=self.url(run),
            headline=run.fill(run.headline_at(instant), self.choices),
            section=section,
            kicker=run.text.kicker or self.sections[run.text.section],
            summary=summary,
            byline=self.words.by.format(name=author),
            image=f"{self.home}images/{run.text.slug}-{run.number}.svg",
            body=body,
        )

    def _advertisement(self, instant: datetime) -> Placement:
        return Placement(
            url=f"https://advertiser.example/offer?utm_source={self.slug}&slot={instant:%H}",
            headline=self.words.advertisement,
            kicker=self.words.sponsored,
            summary=self.words.advertisement_text,
        )

    def _encoded(self, text: str, media_type: str) -> Page:
        """The charset is declared in the header, in the page or in both; a page of plain text has only the header."""
        in_header = self.declared_in in ("header", "both") or media_type == "text/plain"
        suffix = f"; charset={self.charset}" if in_header else ""
        lenient = "replace" if media_type == "text/plain" else "xmlcharrefreplace"
        return Page(body=text.encode(self.charset, lenient), content_type=media_type + suffix)
