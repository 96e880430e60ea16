"""``lexswitch lexicon``, ``--version`` and ``--help``, each run as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import lexswitch
from lexswitch import Lexicon
from lexswitch.cli import main

COMMAND = [sys.executable, "-m", "lexswitch"]


def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``lexswitch`` and collect what it prints."""
    env = {**os.environ, **environment}
    return subprocess.run([*COMMAND, *args], capture_output=True, check=False, env=env, encoding="utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved lexicon of two languages."""
    path = tmp_path_factory.mktemp("lexicons") / "own.lexicon"
    pairs = {"de": [("bank", "Bank", 0.75), ("bank", "Ufer", 0.25), ("house", "Haus")], "ru": [("house", "дом")]}
    Lexicon.from_pairs(pairs, provenance=[{"name": "own pairs", "licence": "CC0-1.0"}]).save(path)
    return path


def test_info_tells_all(own: Path) -> None:
    """Source, counts, signature and provenance of a saved lexicon."""
    ran = run("lexicon", "info", str(own))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "source: en",
        "terms: 2",
        "pairs: 4",
        "  de: 3",
        "  ru: 1",
        f"signature: {Lexicon.load(own).signature}",
        "provenance: name: own pairs, licence: CC0-1.0",
    ]


def test_info_of_the_starter_lexicon() -> None:
    """Without a path it is the built-in lexicon."""
    starter = Lexicon.starter()
    printed = run("lexicon", "info").stdout
    assert f"signature: {starter.signature}\n" in printed
    assert f"pairs: {starter.num_pairs:,}\n" in printed


def test_get_prints_candidates(own: Path) -> None:
    """Language, translation and weight, the best first, in UTF-8 whatever the locale."""
    ran = run("lexicon", "get", "Bank", "--lexicon", str(own))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "de\tBank\t0.75\nde\tUfer\t0.25\n", "")
    ran = run("lexicon", "get", "house", "--lexicon", str(own), PYTHONIOENCODING="ascii")
    assert ran.stdout == "de\tHaus\t1\nru\tдом\t1\n"


def test_get_of_an_unknown_term(own: Path) -> None:
    """An unknown term gives exit code 1 and a message."""
    ran = run("lexicon", "get", "boat", "--lexicon", str(own))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "lexswitch: the lexicon has no term 'boat'\n"


@pytest.mark.parametrize("arguments", [["info"], ["get", "house", "--lexicon"]])
def test_no_lexicon(arguments: list[str], tmp_path: Path) -> None:
    """A folder that is no lexicon gives one line and exit code 2."""
    ran = run("lexicon", *arguments, str(tmp_path))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert (
        ran.stderr == f"lexswitch: error: {tmp_path} is no lexicon: it has no lexicon.json; Lexicon.save writes one\n"
    )


def test_version() -> None:
    """``--version`` prints the package's."""
    assert run("--version").stdout == f"lexswitch {lexswitch.__version__}\n"


@pytest.mark.parametrize("arguments", [["apply"], ["lexicon"]])
def test_help_has_examples(arguments: list[str]) -> None:
    """``--help`` ends with examples that the command line accepts."""
    ran = run(*arguments, "--help")
    assert ran.returncode == 0
    assert f"examples:\n  {'echo' if arguments == ['apply'] else 'lexswitch'}" in ran.stdout


def test_documentation_names_every_option() -> None:
    """The page on the command line has the options of ``lexswitch apply``, and no other."""
    page = Path(__file__).parents[2] / "docs" / "command-line.md"
    table = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `-")]
    option = re.compile(r"--[a-z-]+")
    assert set(option.findall("".join(table))) == set(option.findall(run("apply", "--help").stdout)) - {"--help"}


def test_console_script() -> None:
    """The installed command is this one."""
    (script,) = entry_points(group="console_scripts", name="lexswitch")
    assert script.load() is main
