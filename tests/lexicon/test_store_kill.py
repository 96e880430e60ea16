"""`Lexicon.save` in processes that are killed while they write."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lexswitch import Lexicon

KILLS = int(os.environ.get("LEXSWITCH_KILLS", "10"))

# Saves two lexicons in turn for as long as it lives.
SAVING = """
import sys
from lexswitch import Lexicon
path, *sources = sys.argv[1:]
lexicons = [Lexicon.load(source) for source in sources]
print("ready", flush=True)
while True:
    for lexicon in lexicons:
        lexicon.save(path)
"""


@pytest.fixture(scope="module")
def lexicons(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two saved lexicons that share some columns and differ in others."""
    folder = tmp_path_factory.mktemp("lexicons")
    for name in ("old", "new"):
        Lexicon.from_pairs({"de": [(f"term{row}", f"{name}{row}") for row in range(50_000)]}).save(folder / name)
    return [folder / "old", folder / "new"]


@pytest.mark.parametrize("before", ["a lexicon", "nothing"])
@pytest.mark.slow
def test_killed_saves_leave_a_whole_lexicon(before: str, lexicons: list[Path], tmp_path: Path) -> None:
    """Whenever a save is killed, the old lexicon is there or the new one (or none, where none was), never a mix.

    The next save works, and leaves no stray file. LEXSWITCH_KILLS is the number of kills.
    """
    path = tmp_path / "saved"
    known = [Lexicon.load(lexicon) for lexicon in lexicons]
    start = time.perf_counter()
    known[0].save(path)
    seconds = time.perf_counter() - start
    outcomes = []
    for kill in range(KILLS):
        if before == "nothing":
            shutil.rmtree(path, ignore_errors=True)
        _save_until_killed(path, lexicons, seconds)
        if before == "a lexicon" or (path / "lexicon.json").exists():
            left = Lexicon.load(path, verify=True)
            assert left in known
        outcomes.append(_what_is_left(path, lexicons))
        known[kill % 2].save(path)
        assert Lexicon.load(path, verify=True) == known[kill % 2]
        assert _names_in(path) == _names_in(lexicons[kill % 2])
        assert _names_in(tmp_path) == ["saved"]
    print({outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))})


def _save_until_killed(path: Path, lexicons: list[Path], seconds: float) -> None:
    with subprocess.Popen([sys.executable, "-c", SAVING, path, *lexicons], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(random.uniform(0, 3 * seconds))  # any moment will do
        process.kill()


def _what_is_left(path: Path, lexicons: list[Path]) -> str:
    """For who counts: which lexicon there is, and whether the kill came amidst writing."""
    if not (path / "lexicon.json").exists():
        return "none"
    left = Lexicon.load(path)
    name = next(lexicon for lexicon in lexicons if Lexicon.load(lexicon) == left)
    return f"{name.name}, {'whole' if _names_in(path) == _names_in(name) else 'with strays'}"


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
