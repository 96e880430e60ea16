"""Runs: one system, trained with one seed and measured. Results and models are kept, so a stopped run resumes."""

from __future__ import annotations

import abc
import dataclasses
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import fetch, files
from benchmarks.common.systems import System

_MEAN_STEPS = 20  # steps whose losses are averaged


@dataclasses.dataclass(frozen=True)
class Run(abc.ABC):
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
        A dataclass of the benchmark.
    """

    FOLDER: ClassVar[str]
    """Folder of the benchmark inside the cache."""

    system: System
    training: Any

    @property
    @abc.abstractmethod
    def model_signature(self) -> str:
        """A digest of everything that the trained model depends on."""

    @property
    @abc.abstractmethod
    def signature(self) -> str:
        """A digest of everything that the result depends on."""

    @property
    def label(self) -> str:
        """Name of the run in the log."""
        return f"{self.system.name}, seed {self.training.seed}, {self.training.start}: {self.signature}"

    @classmethod
    def folder(cls, name: str) -> Path:
        """Return a folder of the cache, such as ``results``, and create it if needed."""
        folder = fetch.cache_folder() / cls.FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def model_file(self) -> Path:
        """File of the trained model."""
        return self.folder("models") / f"{self.model_signature}.pt"

    @property
    def result_file(self) -> Path:
        """File of the result, with the rank of every query."""
        return self.folder("results") / f"{self.signature}.json"

    def result(self) -> dict[str, Any] | None:
        """Return the result under this system's name, or None if the run is not done."""
        if not self.result_file.exists():
            return None
        found = json.loads(self.result_file.read_text(encoding="utf-8"))
        return {**found, "system": dataclasses.asdict(self.system)}


def digest(settings: Any) -> str:
    """Return a short digest of JSON values."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def execute(
    run: Run, train: Callable[[], tuple[Any, list[float], list[Any]]], evaluate: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Train and measure one run in this process with one thread, unless its result is there.

    Parameters
    ----------
    run
        The run.
    train
        Returns the trained model, the loss of each step, and the learning curve.
    evaluate
        Measures the model.

    Returns
    -------
    dict
        Settings, signature, losses, times, and what `evaluate` returns.
    """
    with files.locked(run.folder("locks") / run.signature):
        if found := run.result():
            return found
        import torch

        torch.set_num_threads(1)
        start = time.monotonic()
        model, losses, curve = train()
        trained = time.monotonic()
        result = {
            **dataclasses.asdict(run),
            "signature": run.signature,
            "losses": [
                round(float(np.mean(losses[first : first + _MEAN_STEPS])), 4)
                for first in range(0, len(losses), _MEAN_STEPS)
            ],
            "curve": curve,
            "seconds_training": round(trained - start, 1),
            **evaluate(model),
            "seconds_evaluation": round(time.monotonic() - trained, 1),
        }
        files.write_bytes(run.result_file, json.dumps(result, ensure_ascii=False).encode())
        return result
