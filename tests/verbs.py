"""Verbs of the command line, run in this process: what a process of its own costs is a second, and is tested apart."""

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import frontpage

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Answer:
    """What a verb came to: its exit code, and all that it wrote."""

    code: int
    out: bytes
    log: str


def frontpage_run(*arguments: object, folder: Path = ROOT, encoding: str = "utf-8") -> Answer:
    """Run `frontpage` with its arguments in a folder, the repository's unless one is given, as a pipe would see it.

    What is wrong in a way that a user would see as a traceback is raised.
    """
    out, log = (io.TextIOWrapper(io.BytesIO(), encoding=name, write_through=True) for name in (encoding, "utf-8"))
    code: int | str | None = 0
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            mock.patch.object(sys, "argv", ["frontpage", *map(str, arguments)]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(log),
        ):
            frontpage.main()
    except SystemExit as end:
        code = end.code
    finally:
        os.chdir(before)
    return Answer(code=int(code or 0), out=_written(out), log=_written(log).decode())


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue()


def call(*arguments: object, code: int = 0) -> str:
    """What a verb writes on stdout, or on stderr where it is expected to fail."""
    answer = frontpage_run(*arguments)
    assert answer.code == code, answer.log
    assert "Traceback" not in answer.log
    return answer.log if code else answer.out.decode()
