"""Functions in processes of their own: whatever one leaves behind, the next does not find; several at a time, too."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

Row = dict[str, Any]


class RunError(RuntimeError):
    """A run could not be finished; the message says why and what to do."""


class Run(Protocol):
    """A dataclass of settings for something that takes long and leaves its result behind."""

    @property
    def label(self) -> str:
        """What a line of the log calls it."""

    def result(self) -> Row | None:
        """Return what came out, if it was done."""


AnyRun = TypeVar("AnyRun", bound=Run)


def run(task: Callable[..., Row], *arguments: object) -> Row:
    """Run a function of a module in a fresh Python process, and return what it returns."""
    result = subprocess.run(command(task, *arguments), check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{task.__name__}{arguments} failed with {result.returncode}:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def command(task: Callable[..., Any], *arguments: object) -> list[str]:
    """Return the command line that calls a function with arguments that JSON can hold, and prints what it returns."""
    return [sys.executable, "-m", __name__, task.__module__, task.__name__, json.dumps(arguments)]


def execute_all(runs: Sequence[AnyRun], execute: Callable[[Row], Row], workers: int = 2) -> list[Row]:
    """Execute runs in processes of one thread each; those that were done are taken as they are.

    Parameters
    ----------
    runs
        In the order in which they are started.
    execute
        Takes a run as `dataclasses.asdict` gives it, and keeps its result where the run finds it.
    workers
        Processes at a time.

    Raises
    ------
    RunError
        If one failed.
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
                arguments = command(execute, dataclasses.asdict(run))  # type: ignore[call-overload]
                active.append((run, subprocess.Popen(arguments, stdout=subprocess.DEVNULL, env=environment)))
            time.sleep(0.2)
            for run, process in [each for each in active if each[1].poll() is not None]:
                active.remove((run, process))
                if process.returncode:
                    raise RunError(f"the run {run.label} failed, see above; the others are kept")
                say(f"done: {run.label}; {len(waiting)} wait")
    finally:
        for _, process in active:
            process.terminate()
    return [found for run in runs if (found := run.result()) is not None]


def say(text: str) -> None:
    """Print a line with the time of day on stderr."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    module, name, values = sys.argv[1:]
    print(json.dumps(getattr(importlib.import_module(module), name)(*json.loads(values))))
