"""Experiments that train systems: their plan, their runs, and the file with their summary."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from benchmarks.common import encoder, files, processes
from benchmarks.common.runs import Run
from benchmarks.common.starts import STARTS
from benchmarks.common.systems import System

SEEDS = (0, 1, 2)

AnyRun = TypeVar("AnyRun", bound=Run)


AnySystem = TypeVar("AnySystem", bound=System)


@dataclasses.dataclass(frozen=True)
class Experiment(Generic[AnyRun]):
    """A question, and the runs that answer it.

    Attributes
    ----------
    name : str
    question : str
    cost : str
        Time on two cores.
    runs : callable
        Returns the runs.
    preset : str
        The value of ``--preset`` that chooses the experiment; empty if it has its own option.
    """

    name: str
    question: str
    cost: str
    runs: Callable[[], list[AnyRun]]
    preset: str = ""


def renamed(system: AnySystem, name: str, **changes: Any) -> AnySystem:
    """Return a system with another name, and perhaps other options."""
    return dataclasses.replace(system, name=name, **changes)


def sweep(base: AnySystem, switched: AnySystem) -> list[AnySystem]:
    """Return systems for several translation probabilities; the first one is not switched."""
    own = switched.options
    return [
        renamed(base, "p = 0"),
        *(
            renamed(switched, f"p = {p:g}", options=own if p == 0.5 else {**own, "p": p})
            for p in (0.25, 0.5, 0.75, 1.0)
        ),
    ]


def with_seed(training: Any, seed: int) -> Any:
    """Return training settings with another seed."""
    return dataclasses.replace(training, seed=seed)


def execute(chosen: Sequence[Run], task: Callable[[Any], dict[str, Any]], workers: int) -> list[dict[str, Any]]:
    """Execute runs in parallel, after the bundled encoder is fetched once for all of them.

    Parameters
    ----------
    chosen
        The runs. Runs that are done are not repeated.
    task
        Executes one run, in a separate process.
    workers
        Number of processes.
    """
    if chosen[0].training.start in STARTS:
        encoder.weights_file()
    return processes.execute_all(chosen, task, workers)


def used_lexicons(chosen: Sequence[Run]) -> list[str]:
    """Return the names of the lexicons that runs switch with."""
    return sorted({each.system.lexicon for each in chosen} - {""})


def write(summary: dict[str, Any], path: Path | None) -> dict[str, Any]:
    """Write the summary of an experiment, and return it.

    Parameters
    ----------
    summary
        JSON values.
    path
        The file; None writes nothing.
    """
    if path is not None:
        files.write_json(path, summary)
        print(f"wrote {path}", file=sys.stderr)
    return summary
