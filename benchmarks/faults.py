"""The fault table: every fault of docs/faults.md is injected; what it came to, and the figures measured on the way.

python -m benchmarks.faults [--json] [NUMBER...]: exit 1 where a fault comes to something else, or nothing shows it.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click
import pytest

from benchmarks.tables import table

ROOT: Final = Path(__file__).parents[1]
# What is too long for a test: benchmarks whose --quick run exits 0 where the faults come to what they should.
CHECKS: Final = {"soak_kill": (23, 26), "soak_week": (31, 32)}
CHECK_TIMEOUT_S: Final = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A row of docs/faults.md."""

    number: int
    what: str
    promise: str


@dataclass(kw_only=True, slots=True)
class Proof:
    """A test or check of some faults: its cases, how many of them failed or were left out, and what was measured."""

    name: str
    numbers: tuple[int, ...]
    how: str
    cases: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    figures: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.failed:
            return f"FAILED {self.failed} of {self.cases}"
        if self.skipped == self.cases:
            return "not run"
        return "holds" if self.cases == 1 else f"holds, {self.cases - self.skipped} cases"

    @property
    def figure(self) -> str:
        """What was measured, each once, in order; else how long it took."""
        return "; ".join(dict.fromkeys(self.figures)) or f"{self.seconds:.1f} s"


def faults() -> list[Fault]:
    """All of docs/faults.md, in order."""
    text = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    return [Fault(number=int(number), what=what, promise=promise) for number, what, promise in rows]


def numbers_of(item: pytest.Item) -> tuple[int, ...]:
    """The faults that a test is marked with."""
    return tuple(int(number) for mark in item.iter_markers("fault") for number in mark.args)


class Collector:
    """A pytest plugin that keeps the tests of some faults, and gathers what each function's cases came to."""

    def __init__(self, wanted: set[int]) -> None:
        self._wanted = wanted
        self.proofs: dict[str, Proof] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._wanted & set(numbers_of(item))]
        for item in items:
            name = item.nodeid.partition("[")[0]
            how = " ".join((item.function.__doc__ or "").split()) if isinstance(item, pytest.Function) else ""
            proof = self.proofs.setdefault(name, Proof(name=name, numbers=numbers_of(item), how=how))
            proof.cases += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        proof = self.proofs[item.nodeid.partition("[")[0]]
        proof.seconds += report.duration
        proof.failed += report.failed
        proof.skipped += report.skipped
        if report.when == "call":
            proof.figures += (f"{name}: {value}" for name, value in item.user_properties)
        return report


def run_tests(wanted: set[int]) -> list[Proof]:
    """The marked tests, in this process; their own output goes to stderr."""
    collector = Collector(wanted)
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        pytest.main([str(ROOT / "tests"), f"--rootdir={ROOT}", "--tb=short"], plugins=[collector])
    finally:
        sys.stdout = stdout
    return list(collector.proofs.values())


def run_check(name: str, numbers: tuple[int, ...]) -> Proof:
    """A benchmark's short run; the last line of what it prints is its figure, its docstring says how."""
    module = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    proof = Proof(
        name=f"benchmarks/{name}.py --quick", numbers=numbers, how=module.split('"""')[1].split("\n")[0], cases=1
    )
    began = time.monotonic()
    command = [sys.executable, "-m", f"benchmarks.{name}", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=CHECK_TIMEOUT_S, check=False)
    proof.seconds = time.monotonic() - began
    proof.failed = int(done.returncode != 0)
    proof.figures = [line for line in done.stdout.splitlines() if line.strip()][-1:]
    sys.stderr.write(done.stderr if proof.failed else "")
    return proof


def rows(known: Sequence[Fault], proofs: Sequence[Proof]) -> Iterator[tuple[str, str, str, str, str]]:
    """(number, what goes wrong, how it is injected, outcome, figure) of every proof, under the fault it belongs to."""
    for fault in known:
        own = [proof for proof in proofs if fault.number in proof.numbers]
        if not own:
            yield str(fault.number), fault.what, "nothing shows it", "MISSING", ""
        for place, proof in enumerate(own):
            number, what = (str(fault.number), fault.what) if place == 0 else ("", "")
            yield number, what, proof.how, proof.outcome, proof.figure


@click.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--json", "as_json", is_flag=True, help="One object a row.")
@click.option("--tests-only", is_flag=True, help="Without the checks that take minutes.")
def main(numbers: tuple[int, ...], as_json: bool, tests_only: bool) -> None:
    """Inject all faults, or those named, and print what each came to."""
    known = [fault for fault in faults() if not numbers or fault.number in numbers]
    wanted = {fault.number for fault in known}
    proofs = run_tests(wanted)
    if not tests_only:
        proofs += (run_check(name, own) for name, own in CHECKS.items() if wanted & set(own))
    told = list(rows(known, proofs))
    headings = ("fault", "what goes wrong", "how it is injected", "outcome", "figure")
    if as_json:
        for row in told:
            click.echo(json.dumps(dict(zip(headings, row, strict=True)), ensure_ascii=False))
    else:
        click.echo(table(headings, told))
    sys.exit(any(proof.failed for proof in proofs) or any(row[3] == "MISSING" for row in told))


if __name__ == "__main__":
    main()
