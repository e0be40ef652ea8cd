"""The fault table itself: every fault has its proof, and what a proof came to is told."""

import ast
from pathlib import Path

import pytest

from benchmarks.faults import CHECKS, Fault, Proof, faults, rows

TESTS = Path(__file__).parent
# Faults whose tests come with the code that is being made for them.
PENDING: frozenset[int] = frozenset()


def marked() -> set[int]:
    """The numbers in all `fault` marks of all tests."""
    calls = (node for file in TESTS.glob("test_*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {
        argument.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "fault"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
    }


def test_every_fault_is_shown_by_a_test_or_a_check() -> None:
    """No number is without a proof, none is proved that the table does not know."""
    known = {fault.number for fault in faults()}
    proved = marked() | {number for numbers in CHECKS.values() for number in numbers}
    assert known == set(range(1, 43))
    assert proved == known - PENDING


@pytest.mark.parametrize(
    ("cases", "failed", "skipped", "outcome"),
    [(1, 0, 0, "holds"), (5, 0, 2, "holds, 3 cases"), (2, 1, 0, "FAILED 1 of 2"), (1, 0, 1, "not run")],
)
def test_an_outcome_is_told_in_words(cases: int, failed: int, skipped: int, outcome: str) -> None:
    """Failures come first; what did not run holds nothing."""
    proof = Proof(name="t", numbers=(1,), how="h", cases=cases, failed=failed, skipped=skipped)
    assert proof.outcome == outcome


def test_a_fault_without_proof_is_told() -> None:
    """A row of its own says that it is missing; a proof stands under each of its faults."""
    known = [Fault(number=number, what=f"w{number}", promise="p") for number in (1, 2)]
    proof = Proof(name="t", numbers=(1,), how="h", cases=1, seconds=0.25, figures=["kB: 3", "kB: 3"])
    assert list(rows(known, [proof])) == [
        ("1", "w1", "h", "holds", "kB: 3"),
        ("2", "w2", "nothing shows it", "MISSING", ""),
    ]
