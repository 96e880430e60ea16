"""A run of the retrieval benchmark: what its model and its result depend on, and how both are made."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.common import runs
from benchmarks.common.systems import System
from benchmarks.retrieval import collections, evaluation, lexicons
from benchmarks.retrieval.collection import Collection
from benchmarks.retrieval.systems import maker
from benchmarks.retrieval.training import CrossTraining, Training

_EVALUATED_TOKENS = {"query": 24, "passage": 64}
_VERSION = 2  # increase it when code changes results in a way that the settings do not show


@dataclasses.dataclass(frozen=True)
class Run(runs.Run):
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
    collection : str
        One of `collections.NAMES`.
    part : {"development", "test"}
    complete : bool
        Train only on pairs that are translated into all languages of the training collection.
    unseen : bool
        Also measure languages that no lexicon has.
    translate : bool
        Translate the test term by term into English first (Translate-Test).
    centred : bool
        Subtract the mean vector of each language, from training pages in that language.
    only : tuple of (str, str)
        Directions; empty for all.
    limit : int or None
        Maximum number of queries of each direction.
    """

    FOLDER = "retrieval"

    system: System
    training: Training
    collection: str = "help"
    part: str = "test"
    complete: bool = False
    unseen: bool = False
    translate: bool = False
    centred: bool = False
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
        """A digest of everything that the trained model depends on."""
        settings: dict[str, Any] = {"system": {**dataclasses.asdict(self.system), "name": ""}, "version": _VERSION}
        if self.system.text != "none":
            settings["training"] = dataclasses.asdict(self.training)
            settings["collection"] = [self.collection, collections.origin(self.collection)]
            settings |= {"complete": True} if self.complete else {}
        else:
            settings["start"] = self.training.start
        if self.system.lexicon:
            settings["lexicon"] = lexicons.build(self.system.lexicon).signature
        return runs.digest(settings)

    @property
    def signature(self) -> str:
        """A digest of everything that the result depends on."""
        parts = [self.model_signature, self.part, self.unseen, self.translate, collections.origin(self.collection)]
        others = ["centred"] * self.centred + ["ranked lexicon of Translate-Test"] * self.translate
        return runs.digest([*parts, self.only, self.limit, *others])

    def training_collection(self) -> Collection:
        """Return the queries and documents that the model is trained on."""
        train = collections.load(self.collection).train
        return train.fully_translated() if self.complete else train

    def task(self) -> evaluation.Task:
        """Return what is asked of the model."""
        asked = getattr(collections.load(self.collection, self.unseen), self.part)
        if self.translate:
            asked = lexicons.translated(asked)
        unseen = collections.unseen(self.collection) if self.unseen else ()
        return evaluation.Task(asked, unseen, only=self.only, limit=self.limit)


def execute(run: Run) -> dict[str, Any]:
    """Train and measure one run in this process; return its result."""

    def evaluate(model: Any) -> dict[str, Any]:
        task = run.task()
        return evaluation.evaluate(_ranker(run, model, task), task)

    return runs.execute(run, lambda: (*_trained(run), []), evaluate)


def _ranker(run: Run, model: Any, task: evaluation.Task) -> evaluation.Rank:
    from benchmarks.retrieval import bi_encoder, cross_encoder

    if run.is_cross:
        return cross_encoder.ranker(model, task, run.training)

    def encode(texts: Sequence[str], kind: str) -> np.ndarray:
        return bi_encoder.encode(model, texts, kind, _EVALUATED_TOKENS[kind])

    means = evaluation.mean_vectors(encode, collections.load(run.collection).train) if run.centred else None
    return evaluation.ranker(encode, task, means)


def _trained(run: Run) -> tuple[Any, list[float]]:
    """The model of a run and its losses."""
    from benchmarks.common import loop, starts
    from benchmarks.retrieval import bi_encoder, cross_encoder

    encoder = starts.load(run.training.start)
    model: Any = cross_encoder.CrossEncoder(encoder) if run.is_cross else encoder
    if run.system.text == "none":
        return model, []
    starts.freeze(encoder.model, run.training.frozen_layers)
    module = model if run.is_cross else encoder.model
    train = run.training_collection()

    def prepare() -> loop.LossOf:
        if (warm_up := run.warm_up()) is not None:
            _trained(warm_up)
            loop.restore(warm_up.model_file, module)
        make = maker(run.system, train, run.training.seed)
        losses: Any = cross_encoder.losses if run.is_cross else bi_encoder.losses
        return losses(model, run.training, train, make)

    history = loop.train_once(run.model_file, module, run.training, len(train.pairs()), prepare)
    return model, history.losses
