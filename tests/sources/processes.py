"""Child processes that start together, or are killed at random moments."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator

KILLS = int(os.environ.get("LEXSWITCH_KILLS", "6"))

_CHILD = """
import sys
from lexswitch.sources import download, fetch
print("ready", flush=True)
sys.stdin.readline()
print({0}, flush=True)
"""


def child(expression: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that loads everything, and evaluates an expression after `begin`."""
    command = [sys.executable, "-c", _CHILD.format(expression), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    """Let a child evaluate its expression."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def killed(expression: str, *arguments: str, seconds: float) -> Iterator[None]:
    """Kill children at random moments within the time that one needs; yield after each."""
    draws = random.Random(time.time_ns())
    for _ in range(KILLS):
        process = child(expression, *arguments)
        begin(process)
        time.sleep(draws.uniform(0, 1.2 * seconds))
        process.kill()
        process.communicate()
        yield


def seconds(expression: str, *arguments: str) -> float:
    """The seconds that a child needs for its result."""
    process = child(expression, *arguments)
    before = time.monotonic()
    begin(process)
    assert process.stdout is not None
    process.stdout.readline()
    after = time.monotonic()
    process.communicate()
    return after - before
