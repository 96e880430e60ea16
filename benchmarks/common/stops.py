"""Memory of processes that stop at the same points, as the sum of their proportional set sizes (PSS)."""

from __future__ import annotations

import contextlib
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any

from benchmarks.common.memory import pss


@contextlib.contextmanager
def started(commands: list[list[str]]) -> Iterator[list[subprocess.Popen[str]]]:
    """Start processes that stop at the same points; finally let them end."""
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, **options) for command in commands]
    try:
        yield running
    finally:
        for process in running:
            process.communicate()  # they end at the end of their input


def proceed(running: list[subprocess.Popen[str]]) -> None:
    """Let all processes run to their next stop."""
    for process in running:
        stdin, _ = _pipes(process)
        stdin.write("\n")
        stdin.flush()


def memory(running: list[subprocess.Popen[str]]) -> int:
    """Wait until all processes have stopped; return the sum of the bytes of those that they name."""
    lines = [_pipes(process)[1].readline() for process in running]
    if not all(lines):
        raise RuntimeError("a process failed; its error is above")
    return sum(pss(pid) for line in lines for pid in json.loads(line))


def stop(pids: list[int]) -> None:
    """Stop this process; name the processes whose memory is measured."""
    gc.collect()
    print(json.dumps(pids), flush=True)
    sys.stdin.readline()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """Return the standard input and output of a process that `started` started."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError(f"the process {process.pid} was started without pipes")
    return process.stdin, process.stdout
