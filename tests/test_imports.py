"""The direction of the imports, and how little the command line loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "scraper": set(),
    "storage": {"scraper"},
    "schedules": {"storage", "scraper"},
    "web": {"storage", "scraper"},
    "demo": {"schedules", "storage", "scraper"},
}
PACKAGES = set(MAY_IMPORT)
# Edges: they meet files, sockets or terminals. Every other module of scraper/ is pure.
EDGES = {"checking", "cli", "config", "console", "fetch", "wire", "exchange", "turns", "robots", "secrets"}
HEAVY = {
    "httpx",
    "datasette",
    "pydantic",
    "apscheduler",
    "sqlite_utils",
    "rich",
    "pebble",
    "structlog",
    "pyarrow",
    "warcio",
}
IMPURE = {"httpx", "sqlite3", "apscheduler", "time", "os", "socket", "subprocess"}


def imported(file: Path) -> set[str]:
    """The top-level names that a file imports, at its top or inside a function, but for type checkers alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_nothing_points_back(package: str) -> None:
    """schedules -> storage -> scraper and web -> storage -> scraper; nothing the other way."""
    for file in (ROOT / package).rglob("*.py"):
        wrong = imported(file) & (PACKAGES | {"frontpage", "tests", "benchmarks"}) - MAY_IMPORT[package] - {package}
        assert not wrong, f"{file.relative_to(ROOT)} imports {wrong}"


def test_pure_modules_are_pure() -> None:
    """Reading a page needs no clock, no files, no network, no database."""
    for file in (ROOT / "scraper").glob("*.py"):
        if file.stem not in EDGES:
            assert not imported(file) & IMPURE, f"{file.name} is meant to be pure"


def test_no_test_skips_itself() -> None:
    """What a test needs is a marker of conftest.py: with REQUIRE_ALL it fails where that is missing."""
    skips = {"skip", "skipif", "importorskip"}
    for file in (ROOT / "tests").glob("test_*.py"):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        assert not {node.attr for node in nodes if isinstance(node, ast.Attribute)} & skips, file.name


@pytest.mark.parametrize("arguments", [["--help"], ["parse", "--help"]])
def test_the_command_line_loads_little(arguments: list[str]) -> None:
    """Help loads none of the heavy libraries: they would cost more than everything else together."""
    code = f"""
import sys, frontpage
sys.argv = ["frontpage", *{arguments!r}]
try:
    frontpage.main()
except SystemExit:
    print(sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
