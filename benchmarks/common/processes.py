"""Functions in fresh Python processes: no call finds what an earlier one left behind, and several can run at once."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from benchmarks.common.errors import RunError

Row = dict[str, Any]


class Kept(Protocol):
    """Something that takes long, whose result is kept in a file."""

    @property
    def label(self) -> str:
        """Name in the log."""

    def result(self) -> Row | None:
        """Return the result, or None if there is none yet."""


AnyRun = TypeVar("AnyRun", bound=Kept)


def run(task: Callable[..., Row], *arguments: object) -> Row:
    """Call a function of a module in a fresh process, and return what it returns."""
    result = subprocess.run(command(task, *arguments), check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{task.__name__}{arguments} failed with {result.returncode}:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def command(task: Callable[..., Any], *arguments: object) -> list[str]:
    """Return the command line that calls a function and prints its result as JSON.

    Parameters
    ----------
    task
        A function of a module that can be imported.
    arguments
        Values that can be pickled.
    """
    return [sys.executable, "-m", __name__, task.__module__, task.__name__, pickle.dumps(arguments).hex()]


def execute_all(runs: Sequence[AnyRun], execute: Callable[[AnyRun], Row], workers: int = 2) -> list[Row]:
    """Execute runs in processes of one thread each; runs that are done keep their result.

    Parameters
    ----------
    runs
        In the order in which they are started.
    execute
        Executes one run and keeps its result.
    workers
        Maximum number of processes at a time.

    Raises
    ------
    RunError
        If a run failed.
    """
    waiting = [run for run in runs if run.result() is None]
    say(f"{len(runs) - len(waiting)} of {len(runs)} runs are done")
    active: list[tuple[AnyRun, subprocess.Popen[bytes]]] = []
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    try:
        while waiting or active:
            while waiting and len(active) < workers:
                run = waiting.pop(0)
                say(f"starting {run.label}")
                process = subprocess.Popen(command(execute, run), stdout=subprocess.DEVNULL, env=environment)
                active.append((run, process))
            time.sleep(0.2)
            for run, process in [each for each in active if each[1].poll() is not None]:
                active.remove((run, process))
                if process.returncode:
                    raise RunError(f"the run {run.label} failed, see above; the results of other runs are kept")
                say(f"done: {run.label}; {len(waiting)} waiting")
    finally:
        for _, process in active:
            process.terminate()
    return [found for run in runs if (found := run.result()) is not None]


def say(text: str) -> None:
    """Print a line with the time of day to stderr."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    module, name, values = sys.argv[1:]
    function = getattr(importlib.import_module(module), name)
    try:
        print(json.dumps(function(*pickle.loads(bytes.fromhex(values)))))  # noqa: S301  # pickled by `command`
    except RunError as error:
        sys.exit(f"error: {error}")
