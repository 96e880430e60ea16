"""Running ``lexswitch`` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "lexswitch"]


def run(*args: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``lexswitch`` and collect what it prints."""
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
        encoding="utf-8",
    )


def output_of(*args: object, stdin: str = "", **environment: str) -> str:
    """What a run prints that must end well, and without a word on standard error."""
    ran = run(*args, stdin=stdin, **environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def error_of(*args: object, stdin: str = "", **environment: str) -> str:
    """The one line that a run prints which must fail."""
    ran = run(*args, stdin=stdin, **environment)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("lexswitch: error: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr.removeprefix("lexswitch: error: ").rstrip("\n")


def names_in(folder: str | Path) -> list[str]:
    """The names in a folder, sorted."""
    return sorted(path.name for path in Path(folder).iterdir())
