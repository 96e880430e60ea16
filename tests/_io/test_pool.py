"""Several processes that work on one list of jobs, and what happens if one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from pathlib import Path

import pytest

from lexswitch._io.pool import in_order
from lexswitch.inducers.titles import TitleInducer, Vocabulary, WikidataDump
from lexswitch.lexicon.pairs import Pairs

from ..inducers.titles.wikidata import item, line, write_members

# Python 3.12 and later warn if a process with threads is forked, and numerical libraries start threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

DEATH = r"a worker process died.*use fewer workers"


def _square(number: int) -> int:
    return number * number


def _process(_: int) -> int:
    return os.getpid()


def _square_or_die(number: int) -> int:
    if number == 20:
        os._exit(9)
    return number * number


@pytest.mark.slow
@pytest.mark.parametrize("fork", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_in_the_order_of_the_items(workers: int, fork: bool) -> None:
    """Each item is yielded once, with its result, in its order."""
    found = list(in_order(_square, range(20), workers, fork=fork))
    assert found == [(number, number**2) for number in range(20)]


@pytest.mark.slow
def test_items_are_read_lazily() -> None:
    """Items are read at most two per worker ahead of the results."""
    items = iter(range(100))
    results = in_order(_square, items, 2)
    assert next(results) == (0, 0)
    assert next(items) == 5
    results.close()  # type: ignore[attr-defined]  # it is a generator


@pytest.mark.parametrize("fork", [False, True])
def test_no_more_workers_than_items(fork: bool) -> None:
    """A pool that forks starts all its workers at once, so there are not more than items."""
    assert list(in_order(_process, [], 1 << 30, fork=fork)) == []
    processes = {process for _, process in in_order(_process, [0, 1], 1 << 30, fork=fork)}
    assert 1 <= len(processes) <= 2
    assert os.getpid() not in processes


@pytest.mark.slow
@pytest.mark.parametrize("fork", [False, True])
def test_worker_that_dies(fork: bool) -> None:
    """All results before are yielded; then an error names the cause and the remedy, not a broken pool."""
    found: list[tuple[int, int]] = []
    with pytest.raises(ChildProcessError, match=DEATH) as caught:
        found.extend(in_order(_square_or_die, range(40), 2, fork=fork))
    assert found == [(number, number**2) for number in range(len(found))]
    assert len(found) <= 20
    assert caught.value.__suppress_context__


def test_results_before_the_death_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that were finished when the pool broke are not lost."""
    finished: Future[int] = Future()
    finished.set_result(1)
    broken: Future[int] = Future()
    broken.set_exception(BrokenProcessPool())
    futures = iter([finished, broken])

    class Pool:
        def __init__(self, *args: object) -> None: ...

        def shutdown(self, cancel_futures: bool) -> None: ...

        def submit(self, *args: object) -> Future[int]:
            if (future := next(futures, None)) is None:
                raise BrokenProcessPool
            return future

    monkeypatch.setattr("lexswitch._io.pool.ProcessPoolExecutor", Pool)
    results = in_order(_square, range(9), 2, remedy="resume the run")
    assert next(results) == (0, 1)
    with pytest.raises(ChildProcessError, match="; resume the run"):
        next(results)


@pytest.mark.slow
@pytest.mark.parametrize("fork", [False, True])
def test_workers_end_with_their_parent(tmp_path: Path, fork: bool) -> None:
    """No worker stays behind when the parent process is killed, and an interrupt does not reach them."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, time\n"
        "from lexswitch._io.pool import in_order\n"
        "def work(item):\n"
        "    os.write(1, b'%d\\n' % os.getpid())\n"
        "    time.sleep(.1)\n"
        "if __name__ == '__main__':\n"
        f"    for _ in in_order(work, range(10000), 2, fork={fork}): pass\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        workers = {int(process.stdout.readline()) for _ in range(8)}
        for worker in workers:
            os.kill(worker, signal.SIGINT)
        time.sleep(0.2)
        assert all(map(_is_alive, workers))
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while any(map(_is_alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not any(map(_is_alive, workers))


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


class _DeadlyVocabulary(Vocabulary):
    """Kills the worker process that uses it."""

    def restrict(self, pairs: Pairs) -> tuple[Pairs, int]:
        if parent_process() is not None:
            os._exit(9)
        return super().restrict(pairs)


@pytest.mark.slow
def test_dump_whose_worker_dies(tmp_path: Path) -> None:
    """Reading a dump ends with the error; the same run with one worker resumes and has all pairs."""
    entities = [item(number, {"en": f"Thing {number}", "de": f"Ding {number}"}) for number in range(1, 2001)]
    path = write_members(tmp_path / "latest-all.json.gz", list(map(line, entities)), 100)
    vocabulary = _DeadlyVocabulary([f"thing {number}" for number in range(1, 2001)])
    with pytest.raises(ChildProcessError, match=DEATH):
        TitleInducer(WikidataDump(path, 2), ["de"], vocabulary=vocabulary).induce(tmp_path / "checkpoint")
    lexicon = TitleInducer(WikidataDump(path), ["de"], vocabulary=vocabulary).induce(tmp_path / "checkpoint")
    assert lexicon.num_pairs == 2000


@pytest.mark.slow
def test_script_without_a_main_guard(tmp_path: Path) -> None:
    """Workers import the script; one that starts its work on import ends with the error that names the guard."""
    script = tmp_path / "script.py"
    script.write_text("from lexswitch._io.pool import in_order\nprint(list(in_order(abs, range(9), 2)))\n")
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 1
    message = next(line for line in run.stderr.splitlines() if line.startswith("ChildProcessError"))
    assert "a worker process died" in message
    assert "under if __name__ == '__main__':" in message
