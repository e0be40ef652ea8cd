"""What benchmarks write into docs/benchmarks.md: each its own section between marks, which its next run renews."""

from pathlib import Path


def renew(docs: Path, name: str, text: str) -> None:
    """Put `text` in the place of what the benchmark wrote before; at the end where it never did."""
    docs.mkdir(parents=True, exist_ok=True)
    page = docs / "benchmarks.md"
    begin, end = f"<!-- python -m benchmarks.{name} --docs docs -->", f"<!-- {name}: end -->"
    told = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    if begin not in told:
        told = f"{told.rstrip()}\n\n## {name.capitalize()}\n\n{begin}\n{end}\n"
    before, after = told.split(begin)[0], told.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
