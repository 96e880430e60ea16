"""Kills runs that replace a lexicon (SIGKILL) at random moments, and checks what is left.

Half of the moments are spread evenly over the duration of a run, half over its last quarter, in which files change.
Runs that finish before are not counted. After each kill, the lexicon is loaded and compared with all its checksums,
and the folder must not be locked. After the next save, the folder must contain exactly the files of the lexicon.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import fetch
from benchmarks.lexicons import data
from benchmarks.lexicons.measure import Effort, Row
from lexswitch import Lexicon

_PAIRS = 200_000
_TRIALS = 5  # runs that are not killed, to measure the duration


def kills(effort: Effort) -> list[Row]:
    """Kill runs of `Lexicon.save` and of the command line."""
    with tempfile.TemporaryDirectory(dir=fetch.cache_folder()) as folder:
        target = Target(Path(folder))
        runs: dict[str, Callable[[], int]] = {
            "Lexicon.save": target.start_saving,
            "lexswitch lexicon build": target.start_building,
        }
        return [{"run": name, **_kill_often(target, start, effort.kills)} for name, start in runs.items()]


class Target:
    """A folder with the old lexicon, which is replaced by the new one."""

    def __init__(self, folder: Path) -> None:
        pairs = data.sized(data.real_pairs("de"), 2 * _PAIRS)
        self.path = folder / "target.lexicon"
        self._file = data.write_file(folder / "new.txt", pairs[_PAIRS:])
        old = data.write_file(folder / "old.txt", pairs[:_PAIRS])
        self.lexicons = {
            "old": Lexicon.read(old, "en", "de", progress=False),
            "new": Lexicon.read(self._file, "en", "de", progress=False),
        }
        self._kept = {}
        for name, lexicon in self.lexicons.items():
            lexicon.save(self.path)
            self._kept[name] = folder / f"{name}.lexicon"
            shutil.copytree(self.path, self._kept[name])
            shutil.rmtree(self.path)

    def reset(self) -> None:
        """Restore the old lexicon."""
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(self._kept["old"], self.path)

    def start_saving(self) -> int:
        """Start a process that saves the new lexicon; return its process id."""
        pid = os.fork()
        if not pid:
            try:
                self.lexicons["new"].save(self.path)
            finally:
                os._exit(0)
        return pid

    def start_building(self) -> int:
        """Start the command that reads a file and saves the new lexicon."""
        arguments = ["lexicon", "build", f"de={self._file}", "-o", str(self.path), "--quiet"]
        return subprocess.Popen([sys.executable, "-m", "lexswitch", *arguments]).pid

    def holds(self) -> str:
        """Return which lexicon is there; raise if it is damaged."""
        found = Lexicon.load(self.path, verify=True)
        return next((name for name, lexicon in self.lexicons.items() if lexicon == found), "mix")

    def strays(self) -> set[str]:
        """Return the files in the folder that do not belong to the lexicon."""
        needed = json.loads((self.path / "lexicon.json").read_text(encoding="utf-8"))["columns"]
        names = {f"{name}-{sha256[:16]}.npy" for name, sha256 in needed.items()}
        return {file.name for file in self.path.iterdir()} - names - {"lexicon.json"}

    def is_locked(self) -> bool:
        """Return whether a process holds the lock of the folder."""
        import fcntl

        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def _kill_often(target: Target, start: Callable[[], int], wanted: int) -> Row:
    counts: Counter[str] = Counter(old=0, new=0, mix=0, unreadable=0, locked=0, left_files=0, dirty_after_save=0)
    duration = statistics.median(_time(target, start) for _ in range(_TRIALS))
    rng = random.Random(0)
    killed, finished = 0, 0
    while killed < wanted:
        target.reset()
        least = 0.75 if killed % 2 else 0.0
        if not _killed(start(), rng.uniform(least, 1) * duration):
            finished += 1
            continue
        killed += 1
        counts.update(_found(target))
    return {"killed": killed, "finished_before": finished, "seconds": duration, **counts}


def _time(target: Target, start: Callable[[], int]) -> float:
    target.reset()
    began = time.perf_counter()
    os.waitpid(start(), 0)
    duration = time.perf_counter() - began
    if target.holds() != "new":
        raise RuntimeError("a run that was not killed did not save the new lexicon")
    return duration


def _killed(pid: int, moment: float) -> bool:
    """Kill a process after some seconds; return False if it had finished."""
    time.sleep(moment)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _found(target: Target) -> list[str]:
    """Return what is left after a kill, and after the next save."""
    found = []
    try:
        found.append(target.holds())
    except (ValueError, OSError):
        found.append("unreadable")
    if target.strays():
        found.append("left_files")
    if target.is_locked():
        found.append("locked")
    target.lexicons["old"].save(target.path)
    if target.holds() != "old" or target.strays():
        found.append("dirty_after_save")
    return found
