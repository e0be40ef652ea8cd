"""What differs between two front pages of one site: came, gone, moved, retitled. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from scraper.errors import ConfigError
from scraper.model import FrontPage, Role, Story
from storage.edits import is_edit


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One story on both pages, as it was and as it is. `rotation` marks a headline that is one of several in rotation:
    two pages alone do not tell, `storage.rotations` does."""

    was: Story
    now: Story
    rotation: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """All that differs, in the order of the later page (`gone`: of the earlier one)."""

    came: tuple[Story, ...]
    gone: tuple[Story, ...]
    moved: tuple[Change, ...]
    retitled: tuple[Change, ...]


def differ(earlier: FrontPage, later: FrontPage) -> Difference:
    """The difference of two pages. Positions that only shift are no moves: a story moved when it stands in another
    section or role, or out of the longest order that both pages share. It was retitled where that is an edit.

    Raises ConfigError where different readers read them: like is compared with like (DESIGN rule 6).
    """
    if earlier.reader != later.reader:
        raise ConfigError(
            f"the two captures were read by different readers ({earlier.reader}, {later.reader}); after an upgrade "
            "`frontpage reparse` makes them comparable"
        )
    was = {story.canonical: story for story in earlier.stories}
    now = {story.canonical: story for story in later.stories}
    both = [Change(was=was[key], now=story) for key, story in now.items() if key in was]
    in_order = longest_rising([change.was.position for change in both])
    return Difference(
        came=tuple(story for key, story in now.items() if key not in was),
        gone=tuple(story for key, story in was.items() if key not in now),
        moved=tuple(c for i, c in enumerate(both) if i not in in_order or _place(c.was) != _place(c.now)),
        retitled=tuple(change for change in both if is_edit(change.was.headline, change.now.headline)),
    )


def _place(story: Story) -> tuple[Role, str]:
    return story.role, story.section


def longest_rising(numbers: Sequence[int]) -> set[int]:
    """Indexes of a longest rising run within `numbers` (patience sorting: n log n)."""
    tails: list[int] = []  # tails[k]: index of the smallest number that ends a rising run of k + 1
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        k = bisect_left(tails, number, key=numbers.__getitem__)
        before.append(tails[k - 1] if k else None)
        tails[k : k + 1] = [index]
    found: set[int] = set()
    index_or_none = tails[-1] if tails else None
    while index_or_none is not None:
        found.add(index_or_none)
        index_or_none = before[index_or_none]
    return found
