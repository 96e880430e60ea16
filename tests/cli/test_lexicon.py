"""The actions of ``lexswitch lexicon``, ``--version``, ``--help`` and the page on the command line."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import lexswitch
from lexswitch.cli import _parser, main

from .running import output_of

ACTIONS = [
    "build", "merge", "invert", "compose", "filter", "normalise", "reweight", "agree", "rank", "inflect",
    "info", "get", "sources", "coverage", "evaluate", "export",
]  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands or actions of a parser."""
    (choices,) = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return choices


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a command or action, except help."""
    return {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}


def test_actions() -> None:
    """The actions are these."""
    assert sorted(parsers(parsers(_parser())["lexicon"])) == sorted(ACTIONS)


def test_version() -> None:
    """``--version`` prints the version of the package."""
    assert output_of("--version") == f"lexswitch {lexswitch.__version__}\n"


@pytest.mark.parametrize("command", ["apply", "report", "lexicon", *(f"lexicon {action}" for action in ACTIONS)])
def test_help_has_examples(command: str) -> None:
    """``--help`` ends with examples that the command line accepts."""
    _, examples = output_of(*command.split(), "--help").split("examples:\n")
    lines = re.findall(r"lexswitch ([^|<>\n]+)", examples.replace("lexswitch lexicon ACTION --help\n", ""))
    assert lines
    for line in lines:
        _parser().parse_args(shlex.split(line))


def sections() -> Iterator[tuple[str, str]]:
    """Yield the headings and texts of the sections of the page on the command line."""
    for part in re.split(r"(?m)^##+ ", PAGE.read_text(encoding="utf-8"))[1:]:
        heading, _, text = part.partition("\n")
        yield heading, text


def test_documentation_names_every_option() -> None:
    """The page lists the options of ``lexswitch apply`` and of every action of ``lexswitch lexicon``, and no others."""
    commands = parsers(_parser())
    known = {f"lexswitch {name}": commands[name] for name in ("apply", "report")} | {**parsers(commands["lexicon"])}
    found = set()
    for heading, text in sections():
        if names := [name for name in known if name in re.split(", | and ", heading)]:
            found.update(names)
            expected = set().union(*(options(known[name]) for name in names)) - {"--quiet"}
            named = set(_OPTION.findall("".join(re.findall(r"(?m)^\| .*", text)))) - {"--quiet"}
            assert (heading, named) == (heading, expected)
    assert found == set(known)


def test_console_script() -> None:
    """The installed command calls `main`."""
    (script,) = entry_points(group="console_scripts", name="lexswitch")
    assert script.load() is main
