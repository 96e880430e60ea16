"""Several processes that work on one list of jobs, and what happens if one of them dies."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import parent_process
from pathlib import Path

import pytest

from lexswitch._io.pool import in_order
from lexswitch.inducers.titles import TitleInducer, Vocabulary, WikidataDump
from lexswitch.lexicon.pairs import Pairs

from ..inducers.titles.wikidata import item, line, write_members

DEATH = r"one of 2 worker processes died.*run again with fewer workers than 2"


def _square(number: int, deadly: int) -> int:
    if number == deadly:
        os._exit(9)
    return number * number


def test_results_come_in_order() -> None:
    """Each job's result comes once, in the order of the jobs, whatever the number of workers."""
    assert list(in_order(_square, [(number, -1) for number in range(20)], 2)) == [number**2 for number in range(20)]


def test_worker_that_dies() -> None:
    """The results before are yielded; then an error names the cause and the remedy, not a broken pool."""
    found: list[int] = []
    with pytest.raises(ChildProcessError, match=DEATH) as caught:
        found.extend(in_order(_square, [(number, 20) for number in range(40)], 2))
    assert found == [number**2 for number in range(len(found))]
    assert len(found) <= 20
    assert caught.value.__suppress_context__


class _DeadlyVocabulary(Vocabulary):
    """Kills the worker process that uses it."""

    def restrict(self, pairs: Pairs) -> tuple[Pairs, int]:
        if parent_process() is not None:
            os._exit(9)
        return super().restrict(pairs)


def test_dump_whose_worker_dies(tmp_path: Path) -> None:
    """Reading a dump ends with the error; the same run with one worker resumes and has all pairs."""
    entities = [item(number, {"en": f"Thing {number}", "de": f"Ding {number}"}) for number in range(1, 2001)]
    path = write_members(tmp_path / "latest-all.json.gz", list(map(line, entities)), 100)
    vocabulary = _DeadlyVocabulary([f"thing {number}" for number in range(1, 2001)])
    with pytest.raises(ChildProcessError, match=DEATH):
        TitleInducer(WikidataDump(path, 2), ["de"], vocabulary=vocabulary).induce(tmp_path / "checkpoint")
    lexicon = TitleInducer(WikidataDump(path), ["de"], vocabulary=vocabulary).induce(tmp_path / "checkpoint")
    assert lexicon.num_pairs == 2000


def test_script_without_a_main_guard(tmp_path: Path) -> None:
    """Workers import the script; one that starts its work on import ends with the error that names the guard."""
    script = tmp_path / "script.py"
    script.write_text(
        "from lexswitch._io.pool import in_order\nprint(list(in_order(abs, [(number,) for number in range(9)], 2)))\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ChildProcessError: one of 2 worker processes died")
    assert "under if __name__ == '__main__':" in last
