"""Runs: a system trained in some way and measured on a collection; each is kept, and goes on where it was stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch, files, processes
from benchmarks.retrieval import collections, evaluation, lexicons
from benchmarks.retrieval.systems import System, texts
from benchmarks.retrieval.training import RunError, Training

_VERSION = 1  # of what happens in training and evaluation, when code changes in ways that the settings do not show


@dataclasses.dataclass(frozen=True)
class Run:
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
    collection : str
        One of `collections.NAMES`.
    part : {"development", "test"}
    unseen : bool
        Measure languages too that no lexicon has.
    translate : bool
        Translate the test term by term into English first: Translate-Test.
    """

    system: System
    training: Training
    collection: str = "help"
    part: str = "test"
    unseen: bool = False
    translate: bool = False

    @property
    def model_signature(self) -> str:
        """Pins the trained model."""
        settings: dict[str, Any] = {"system": dataclasses.asdict(self.system), "version": _VERSION}
        if self.system.text != "none":
            settings["training"] = dataclasses.asdict(self.training)
            settings["collection"] = [self.collection, collections.origin(self.collection)]
        else:
            settings["start"] = self.training.start
        if self.system.lexicon:
            settings["lexicon"] = lexicons.build(self.system.lexicon).signature
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def signature(self) -> str:
        """Pins the result."""
        parts = (self.model_signature, self.part, self.unseen, self.translate, collections.origin(self.collection))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def test(self) -> evaluation.Test:
        """Return what is asked of the model."""
        asked = getattr(collections.load(self.collection, self.unseen), self.part)
        if self.translate:
            asked = lexicons.translated(asked)
        return evaluation.Test(asked, collections.UNSEEN if self.unseen else ())

    @property
    def result_file(self) -> Path:
        """Where the result is kept."""
        return _folder("results") / f"{self.signature}.json"

    def result(self) -> dict[str, Any] | None:
        """Return what was measured, if it was."""
        return json.loads(self.result_file.read_text(encoding="utf-8")) if self.result_file.exists() else None


def _folder(name: str) -> Path:
    folder = fetch.cache_folder() / "retrieval" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def execute(settings: dict[str, Any]) -> dict[str, Any]:
    """Train and measure one run in this process, with one thread; return what was measured.

    Parameters
    ----------
    settings
        A `Run` as `dataclasses.asdict` gives it.
    """
    system = System(**{**settings["system"], "arguments": tuple(settings["system"]["arguments"])})
    run = Run(**{**settings, "system": system, "training": Training(**settings["training"])})
    with files.locked(_folder("locks") / run.model_signature):
        if found := run.result():
            return found
        from benchmarks.retrieval import bi_encoder, loop

        loop.threads(1)
        start = time.monotonic()
        encoder, trained = _trained(run, collections.load(run.collection).train)
        seconds = time.monotonic() - start
        measured = evaluation.evaluate(
            lambda some, kind: bi_encoder.encode(encoder, some, kind, _EVALUATED_TOKENS[kind]), run.test()
        )
        result = {
            **dataclasses.asdict(run),
            "signature": run.signature,
            "losses": [round(float(np.mean(trained[at : at + 20])), 4) for at in range(0, len(trained), 20)],
            "seconds_training": round(seconds, 1),
            "seconds_evaluation": round(time.monotonic() - start - seconds, 1),
            **measured,
        }
        files.write_bytes(run.result_file, json.dumps(result).encode())
        return result


_EVALUATED_TOKENS = {"query": 24, "passage": 64}


def _trained(run: Run, train: Any) -> tuple[Any, list[float]]:
    """The encoder of a run and its losses; a trained one is kept."""
    from benchmarks.retrieval import bi_encoder, encoders, loop

    encoder = encoders.load(run.training.start)
    if run.system.text == "none":
        return encoder, []
    encoders.freeze(encoder.model, run.training.frozen_layers)
    path = _folder("models") / f"{run.model_signature}.pt"
    if path.exists():
        return encoder, loop.restore(path, encoder.model)["losses"]
    checkpoint = path.with_suffix(".checkpoint")
    make = texts(run.system, train, run.training.seed)
    losses = loop.train(
        encoder.model,
        run.training,
        len(train.pairs()),
        lambda epoch, rows: bi_encoder.loss(encoder, make(epoch, rows), run.training),
        checkpoint,
        _say,
    )
    loop.keep(path, encoder.model, losses)
    checkpoint.unlink(missing_ok=True)
    return encoder, losses


def execute_all(runs: Sequence[Run], workers: int = 2) -> list[dict[str, Any]]:
    """Execute runs in processes of one thread each; those that were done are taken as they are.

    Parameters
    ----------
    runs
        In the order in which they are started.
    workers
        Processes at a time.
    """
    waiting = [run for run in runs if run.result() is None]
    _say(f"{len(runs) - len(waiting)} of {len(runs)} runs are done")
    active: list[tuple[Run, subprocess.Popen[bytes]]] = []
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    try:
        while waiting or active:
            while waiting and len(active) < workers:
                run = waiting.pop(0)
                _say(f"starting {run.system.name}, seed {run.training.seed}, {run.training.start}: {run.signature}")
                command = processes.command(execute, dataclasses.asdict(run))
                active.append((run, subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)))
            time.sleep(0.2)
            for run, process in [each for each in active if each[1].poll() is not None]:
                active.remove((run, process))
                if process.returncode:
                    raise RunError(
                        f"the run {run.signature} ({run.system.name}) failed, see above; the others are kept"
                    )
                _say(f"done: {run.system.name}, seed {run.training.seed}; {len(waiting)} wait")
    finally:
        for _, process in active:
            process.terminate()
    return [found for run in runs if (found := run.result()) is not None]


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
