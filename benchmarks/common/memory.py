"""Memory and time of processes, read from ``/proc``; Linux only."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def status(*fields: str) -> list[int]:
    """Return fields of this process's status in bytes: ``VmRSS`` (resident), ``RssAnon`` (own), ``VmHWM`` (peak)."""
    with open("/proc/self/status", encoding="ascii") as file:
        found = dict(line.split(":", 1) for line in file)
    return [int(found[field].split()[0]) * 1024 for field in fields]


def reset_peak() -> None:
    """Set the peak of this process's memory to its present size."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def measured(call: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what a call returns, its seconds, and the MB by which it raised the memory of this process."""
    (before,) = status("VmRSS")
    reset_peak()
    start = time.perf_counter()
    result = call()
    seconds = time.perf_counter() - start
    (peak,) = status("VmHWM")
    return result, {"seconds": round(seconds, 2), "mb": round(max(0, peak - before) / 1024 / 1000)}


def pss(pid: int | str = "self") -> int:
    """Return the proportional set size of a process in bytes: a page that two processes share counts half for each.

    A process that has ended has 0 bytes.
    """
    if pid == "self":
        gc.collect()
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return 1024 * next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def family(pid: int) -> list[int]:
    """Return a process and all of its descendants."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                found += map(int, task.read_text().split())
    return found


@contextlib.contextmanager
def highest_pss(pid: int | None = None) -> Iterator[list[int]]:
    """Watch the proportional set size of a process and its descendants; yield a list of one number, the highest sum.

    Parameters
    ----------
    pid
        The process; by default this one.
    """
    highest, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            highest[0] = max(highest[0], sum(map(pss, family(pid or os.getpid()))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        stop.set()
        thread.join()
