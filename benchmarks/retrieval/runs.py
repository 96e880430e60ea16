"""Runs: a system trained in some way and measured on a collection; each is kept, and goes on where it was stopped."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch, files, processes
from benchmarks.retrieval import collections, evaluation, lexicons
from benchmarks.retrieval.systems import System, maker
from benchmarks.retrieval.training import CrossTraining, Training

RESULTS = Path(__file__).parent / "results"

_EVALUATED_TOKENS = {"query": 24, "passage": 64}
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
    only : tuple of (str, str)
        Directions; none means all.
    limit : int or None
        So many queries of each direction.
    """

    system: System
    training: Training
    collection: str = "help"
    part: str = "test"
    unseen: bool = False
    translate: bool = False
    only: tuple[tuple[str, str], ...] = ()
    limit: int | None = None

    @property
    def is_cross(self) -> bool:
        """Whether the model is a cross-encoder."""
        return isinstance(self.training, CrossTraining)

    def warm_up(self) -> Run | None:
        """Return the run on English text that comes first, if there is one."""
        if not isinstance(self.training, CrossTraining) or not self.training.warm_up:
            return None
        training = dataclasses.replace(self.training, steps=self.training.warm_up, warm_up=0)
        return dataclasses.replace(self, system=System("warm-up", "english"), training=training)

    @property
    def model_signature(self) -> str:
        """Pins the trained model."""
        settings: dict[str, Any] = {"system": {**dataclasses.asdict(self.system), "name": ""}, "version": _VERSION}
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
        parts = [self.model_signature, self.part, self.unseen, self.translate, collections.origin(self.collection)]
        if self.only or self.limit:
            parts += [self.only, self.limit]
        return hashlib.sha256(repr(tuple(parts)).encode()).hexdigest()[:16]

    def task(self) -> evaluation.Task:
        """Return what is asked of the model."""
        asked = getattr(collections.load(self.collection, self.unseen), self.part)
        if self.translate:
            asked = lexicons.translated(asked)
        unseen = collections.unseen(self.collection) if self.unseen else ()
        return evaluation.Task(asked, unseen, only=self.only, limit=self.limit)

    @property
    def label(self) -> str:
        """What a line of the log calls it."""
        return f"{self.system.name}, seed {self.training.seed}, {self.training.start}: {self.signature}"

    @property
    def result_file(self) -> Path:
        """Where the result is kept."""
        return _folder("results") / f"{self.signature}.json"

    def result(self) -> dict[str, Any] | None:
        """Return what was measured, if it was, under the name that the system has here."""
        if self.result_file.exists():
            found = json.loads(self.result_file.read_text(encoding="utf-8"))
        else:
            found = _published().get(self.signature)
        return None if found is None else {**found, "system": dataclasses.asdict(self.system)}


@functools.cache
def _published() -> dict[str, dict[str, Any]]:
    """The runs in the files of results, by signature: what is there is not run again."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json")))
    return {run["signature"]: run for document in documents for run in document["runs"]}


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
    run = _run_of(settings)
    with files.locked(_folder("locks") / run.signature):
        if found := run.result():
            return found
        import torch

        torch.set_num_threads(1)
        start = time.monotonic()
        model, losses = _trained(run)
        seconds = time.monotonic() - start
        task = run.task()
        result = {
            **dataclasses.asdict(run),
            "signature": run.signature,
            "losses": [round(float(np.mean(losses[at : at + 20])), 4) for at in range(0, len(losses), 20)],
            "seconds_training": round(seconds, 1),
            **evaluation.evaluate(_ranker(run, model, task), task),
            "seconds_evaluation": round(time.monotonic() - start - seconds, 1),
        }
        files.write_bytes(run.result_file, json.dumps(result).encode())
        return result


def _run_of(settings: dict[str, Any]) -> Run:
    system = System(**{**settings["system"], "arguments": tuple(settings["system"]["arguments"])})
    kind = CrossTraining if "warm_up" in settings["training"] else Training
    only = tuple((one, other) for one, other in settings["only"])
    return Run(**{**settings, "system": system, "training": kind(**settings["training"]), "only": only})


def _ranker(run: Run, model: Any, task: evaluation.Task) -> evaluation.Rank:
    from benchmarks.retrieval import bi_encoder, cross_encoder

    if run.is_cross:
        return cross_encoder.ranker(model, task, run.training)
    return evaluation.ranker(lambda some, kind: bi_encoder.encode(model, some, kind, _EVALUATED_TOKENS[kind]), task)


def _trained(run: Run) -> tuple[Any, list[float]]:
    """The model of a run and its losses; a trained one is kept."""
    from benchmarks.common import loop, starts
    from benchmarks.retrieval import bi_encoder, cross_encoder

    encoder = starts.load(run.training.start)
    model = cross_encoder.CrossEncoder(encoder) if run.is_cross else encoder
    if run.system.text == "none":
        return model, []
    starts.freeze(encoder.model, run.training.frozen_layers)
    module = model if run.is_cross else encoder.model
    path = _folder("models") / f"{run.model_signature}.pt"
    with files.locked(_folder("locks") / path.stem):
        if path.exists():
            return model, loop.restore(path, module).losses
        if (warm_up := run.warm_up()) is not None:
            _trained(warm_up)
            loop.restore(_folder("models") / f"{warm_up.model_signature}.pt", module)
        train = collections.load(run.collection).train
        make = maker(run.system, train, run.training.seed)
        loss_of = (cross_encoder if run.is_cross else bi_encoder).losses(model, run.training, train, make)
        checkpoint = path.with_suffix(".checkpoint")
        history = loop.train(module, run.training, len(train.pairs()), loss_of, checkpoint, processes.say)
        loop.keep(path, module, history)
        checkpoint.unlink(missing_ok=True)
    return model, history.losses
