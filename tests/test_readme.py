"""README and documentation show real output; ``python tests/test_readme.py`` writes it into them."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import pprint
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"(?ms)^```(python|console)\n(.*?)^```$")
# A command begins with a prompt. If a line ends with a backslash, the command continues in the next line.
_COMMAND = re.compile(r"(?m)^\$ .*(?:(?<=\\)\n.*)*")
_WIDTH = 88
"""Longest line of code and output on a page. Longer values are wrapped."""


def with_real_output(text: str) -> str:
    """The page with every ``python`` and ``console`` block run, in order, in one namespace and an empty folder."""
    namespace: dict[str, Any] = {}
    run = {"python": lambda block: run_python(block, namespace), "console": run_console}
    with tempfile.TemporaryDirectory() as folder, _working_in(folder):
        return _BLOCK.sub(lambda match: f"```{match[1]}\n{run[match[1]](match[2])}```", text)


@contextlib.contextmanager
def _working_in(folder: str) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_python(block: str, namespace: dict[str, Any]) -> str:
    """Run statements; what one prints, or the value of an expression, follows it as comment."""
    lines, done, result = block.splitlines(), 0, []
    for node in ast.parse(block).body:
        result += [line for line in lines[done : node.lineno - 1] if not line.startswith("#")]
        result += lines[node.lineno - 1 : node.end_lineno]
        done = node.end_lineno or 0
        output = io.StringIO()
        with contextlib.redirect_stdout(output), _wrapping():
            exec(compile(ast.Interactive([node]), "<page>", "single"), namespace)  # noqa: S102  # our own pages
        result += [f"# {line}".rstrip() for line in output.getvalue().splitlines()]
    return "".join(f"{line}\n" for line in result)


@contextlib.contextmanager
def _wrapping() -> Iterator[None]:
    """Show values as a shell does, but wrap those that are longer than a line."""
    before = sys.displayhook
    sys.displayhook = lambda value: None if value is None else print(_wrapped(value))
    try:
        yield
    finally:
        sys.displayhook = before


def _wrapped(value: object) -> str:
    shown, width = repr(value), _WIDTH - len("# ")
    is_long = max(map(len, shown.splitlines()), default=0) > width
    return pprint.pformat(value, width=width, sort_dicts=False) if is_long else shown


def run_console(block: str) -> str:
    """Run the commands; installing, which comes first in one, was done before these tests."""
    commands = _COMMAND.findall(block)
    return "".join(f"{command}\n{_shell(command)}" for command in commands)


def _shell(line: str) -> str:
    command = re.sub(r"^\$ (pip install \S+ && )?", "", line)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return ran.stdout.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.slow
def test_page_shows_real_output(page: Path) -> None:
    """Every block runs, and gives what the page says."""
    text = page.read_text(encoding="utf-8")
    assert with_real_output(text) == text


def test_blocks_are_found() -> None:
    """The README has blocks of both kinds, or nothing would be tested."""
    kinds = [match[1] for match in _BLOCK.finditer((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert kinds.count("console") >= 1
    assert kinds.count("python") >= 5


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_real_output(page.read_text(encoding="utf-8")), encoding="utf-8")
