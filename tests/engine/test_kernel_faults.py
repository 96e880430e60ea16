"""The compiled engine when something goes wrong: damaged lexicons, little memory, interrupted calls, forks."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.engine.plan import Plan, Ranges

from ..engines import ENGINES, engine, needs_kernel

pytestmark = needs_kernel

FOLDERS = 3 * settings.get_profile("default").max_examples
IS_SANITIZED = "libasan" in os.environ.get("LD_PRELOAD", "")
PAIRS = {
    "de": [("house", "Haus", 1.0), ("house", "größe", 0.5), ("credit card", "Karte", 1.0), ("straße", "ßtraße", 2.0)],
    "ru": [("house", "дом", 1.0), ("internationalisation of houses", "é", 1.0), ("counterrevolutionaries", "x", 1.0)],
}
TEXTS = [
    "the House, a CREDIT CARD; STRASSE straße ǅ counterrevolutionaries",
    "internationalisation of houses",
    "ก\u200bhouse\u200bก house\u200bก",
] * 3


# -- damaged lexicons --------------------------------------------------------------------------------------------------


def _damage(file: Path, chance: random.Random) -> None:
    """Overwrite some bytes of a column after its header."""
    data = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(128, len(data))
        data[at] = chance.choice((0, 0x80, 0xBF, 0xC3, 0xE2, 0xF0, 0xFF, chance.randrange(256)))
    file.write_bytes(data)


def _use(folder: Path, chance: random.Random) -> None:
    lexicon = Lexicon.load(folder, verify=False)
    options = {
        "candidates": chance.choice(("best", "uniform", "weighted")),
        "missing": chance.choice(("redraw", "keep")),
    }
    switcher = CodeSwitcher(lexicon, p=chance.choice((0.5, 1)), **options)  # type: ignore[arg-type]
    switcher.apply(TEXTS)
    switcher.trace(TEXTS)


def test_damaged_folders(tmp_path: Path) -> None:
    """Bytes of saved columns are overwritten: the lexicon is refused, or used without harm. It never crashes."""
    warnings.simplefilter("ignore")
    chance = random.Random(0)
    refused = 0
    with engine("c"):
        for number in range(FOLDERS):
            folder = tmp_path / str(number)
            Lexicon.from_pairs(PAIRS).save(folder)
            _damage(chance.choice(sorted(folder.glob("*.npy"))), chance)
            try:
                _use(folder, chance)
            except (ValueError, IndexError):  # a LexiconError and a UnicodeDecodeError are ValueErrors
                refused += 1
    assert FOLDERS / 3 < refused < FOLDERS


@pytest.mark.parametrize("name", ENGINES)
def test_bad_utf8_in_translations(name: str, tmp_path: Path) -> None:
    """Translations of other bytes than UTF-8 raise an error, whatever their case and neighbors."""
    for bad in (b"\xf0", b"\x80\x80", b"a\xe2", b"\xff\xff\xff", b"\xc3", b"\x80"):
        folder = tmp_path / bad.hex()
        lexicon = Lexicon.from_pairs({"de": [("house", "Q" * len(bad))]})
        lexicon.save(folder)
        (file,) = folder.glob("translations-*.npy")
        file.write_bytes(file.read_bytes().replace(b"Q" * len(bad), bad))
        with engine(name):
            switcher = CodeSwitcher(Lexicon.load(folder, verify=False), p=1)
            for text in ("house", "House", "HOUSE", "ก\u200bhouse\u200bก", "дом house"):
                with pytest.raises((UnicodeDecodeError, IndexError)):
                    switcher.apply([text])


def _switcher(change: Callable[[Plan], dict[str, Any]]) -> CodeSwitcher:
    """A switcher with a changed plan."""
    # A skipped word: groups and candidates are then not in the tables of the index.
    switcher = CodeSwitcher(Lexicon.from_pairs(PAIRS), p=1, candidates="weighted", skip=["a"])
    (plan,) = switcher._blocks.plans
    switcher._blocks.__dict__["plans"] = [plan._replace(**change(plan))]
    return switcher


def _ranges(first: int, next_first: int, like: Ranges) -> Ranges:
    """Return ranges that all have the same bounds: the even ones begin at `first`, the odd ones at `next_first`."""
    return Ranges(np.resize([first, next_first], len(like.starts)), like.gap, like.sums)


def _groups(plan: Plan, **changed: Any) -> dict[str, Any]:
    return {"groups": plan.groups._replace(**changed)}


_HUGE = 2**38


@pytest.mark.parametrize(
    "change",
    [
        *(
            lambda plan, first=first, last=last: _groups(plan, ranges=_ranges(first, last, plan.groups.ranges))
            for first, last in ((_HUGE, _HUGE + 1), (-1, 1), (0, 0), (0, 2**24), (_HUGE, -_HUGE), (-(2**62), 2**62))
        ),
        lambda plan: _groups(plan, ranges=Ranges(np.zeros(1, dtype=np.int64))),
        lambda plan: _groups(plan, ranges=Ranges(np.arange(2, dtype=np.int32))),
        lambda plan: _groups(plan, numbers=np.full(9, _HUGE)),
        lambda plan: {"candidates": Ranges(np.zeros(1, dtype=np.int64))},
        *(
            lambda plan, first=first, last=last, name=name: {name: _ranges(first, last, getattr(plan, name))}
            for first, last in ((_HUGE, _HUGE + 3), (-5, 3), (0, 0), (1, 2**24), (_HUGE, -_HUGE), (-(2**62), 2**62))
            for name in ("candidates", "offsets")
        ),
        lambda plan: {"offsets": Ranges(plan.offsets.starts + len(plan.translations) - 12, 1)},
        lambda plan: {"translations": plan.translations[:9]},
        lambda plan: {"translations": plan.translations[:4]},
    ],
)
def test_indices_outside_their_arrays(change: Callable[[Plan], dict[str, Any]]) -> None:
    """Each index into an array of the lexicon is checked."""
    with engine("c"):
        switcher = _switcher(change)
        with pytest.raises(IndexError, match="the columns of the lexicon do not match; load it with verify=True"):
            switcher.apply(TEXTS)
        with pytest.raises(IndexError):
            switcher.trace(TEXTS)


# -- processes ---------------------------------------------------------------------------------------------------------


def _run(script: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LEXSWITCH_BACKEND": "c"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


_SWITCHER = """
from lexswitch import CodeSwitcher, Lexicon
switcher = CodeSwitcher(Lexicon.from_pairs({"de": [("house", "Haus"), ("straße", "Weg")]}), p=1)
assert switcher.apply(["a house in der Straße"]) == ["a Haus in der Weg"]
"""

_INTERRUPTED = (
    _SWITCHER
    + """
import pyarrow as pa
import signal, time

def interrupt(*_):
    global at
    at = time.process_time()
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
text = "no term in this text. " * 500
column = pa.array([text] * 20_000)
for call in (lambda: switcher.apply([text] * 2_000_000), lambda: [switcher.apply_arrow(column) for _ in range(1000)]):
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        call()
        print("ended")
    except KeyboardInterrupt:
        print("stopped" if time.process_time() - at < 2 else "late")
    assert switcher.apply(["a house"]) == ["a Haus"]
"""
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
def test_interrupted() -> None:
    """A signal stops a call that would take more than ten seconds, within two; the next call works."""
    assert _run(_INTERRUPTED) == "stopped\nstopped\n"


_LITTLE_MEMORY = (
    _SWITCHER
    + """
import resource
import pyarrow as pa

def in_use():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

hard = resource.getrlimit(resource.RLIMIT_AS)[1]
texts = [["a house, " * 300_000], ["die Straße " * 200_000], ["a house, " * 1000] * 300]
expected = [switcher.apply(batch) for batch in texts]
columns = [pa.array(batch) for batch in texts]
failed = 0
for megabytes in (1, 3, 6, 10, 16, 24, 40):
    for batch, column, known in zip(texts, columns, expected):
        for call in (lambda: switcher.apply(batch), lambda: switcher.apply_arrow(column).to_pylist()):
            resource.setrlimit(resource.RLIMIT_AS, (in_use() + megabytes * 2**20, hard))
            try:
                result = call()
            except MemoryError:
                result = None
                failed += 1
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
            assert result is None or result == known
            assert switcher.apply(["a house"]) == ["a Haus"]
assert all(switcher.apply(batch) == known for batch, known in zip(texts, expected))
print(failed)
"""
)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and limits of memory")
@pytest.mark.skipif(IS_SANITIZED, reason="the address sanitizer reserves terabytes")
def test_little_memory() -> None:
    """Where memory ends, a call raises MemoryError; the next one works and gives the same results."""
    assert int(_run(_LITTLE_MEMORY)) > 10


_FORKED = (
    _SWITCHER
    + """
import multiprocessing
context = multiprocessing.get_context("fork")
texts = ["a house, Straße"] * 2000
with context.Pool(2) as pool:
    results = pool.map(switcher.apply, [texts] * 4)
assert results == [switcher.apply(texts)] * 4
print(len(results))
"""
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forked_after_use() -> None:
    """Forked workers use the switcher of their parent, and one that is pickled."""
    assert _run(_FORKED) == "4\n"
