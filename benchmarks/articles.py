"""How many real articles are named as such, and how many front pages are mistaken for one.

    npm pack htmlparser-benchmark@1.1.3
    python -m benchmarks.articles htmlparser-benchmark-1.1.3.tgz

The package holds 258 pages as they were served in 2013 and earlier, nearly all of them articles of news sites.
"""

import argparse
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.gold import GOLD, load_pages
from scraper.reader import read_front_page

SERIES: Final = GOLD.parents[1] / "series"
URL: Final = "https://paper.example/"  # where an article stood for the front page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="htmlparser-benchmark-1.1.3.tgz")
    package: Path = parser.parse_args().package
    report("articles", (read_front_page(body, URL).quality for body in packed(package)))
    report("labelled front pages", (read_front_page(page.body, page.url).quality for page in load_pages()))
    saved = sorted(SERIES.glob("*/*.html"))
    report("saved front pages", (read_front_page(path.read_bytes(), URL).quality for path in saved))


def packed(package: Path) -> Iterator[bytes]:
    """The pages in a package of the npm registry."""
    with tarfile.open(package) as archive:
        for member in archive:
            if member.name.endswith(".html") and (file := archive.extractfile(member)) is not None:
                yield file.read()


def report(what: str, qualities: Iterator[str]) -> None:
    counted = Counter(map(str, qualities))
    print(what, sum(counted.values()), *(f"{quality} {count}" for quality, count in counted.most_common()), sep="\t")


if __name__ == "__main__":
    main()
