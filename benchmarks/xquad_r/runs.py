"""A run: what its model and its result depend on, and how both are made."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import devices, runs, xquad
from benchmarks.common.centring import centred
from benchmarks.retrieval import collections
from benchmarks.xquad_r import development, lexicons, pool
from benchmarks.xquad_r.pool import Pool
from benchmarks.xquad_r.sources import Source
from benchmarks.xquad_r.systems import System, maker
from benchmarks.xquad_r.training import Training

ENGLISH = System("zero-shot", "english")
"""The English-trained model: the baseline, and the teacher."""

PLAIN, CENTRED, OPTIMISTIC = "", "centred", "centred on the test"
"""The vectors as they are; less the mean of other sentences of their language; less the mean of the test itself."""

_VERSION = 2  # increase it when code changes results in a way that the settings do not show
_RANKS = "0123456789a"  # 0: below the tenth; a: the tenth


@dataclasses.dataclass(frozen=True)
class Run(runs.Run):
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
    source : Source
    languages : tuple of str
        Languages of questions and candidates; empty for all.
    limit : int or None
        Maximum number of paragraphs.
    translate : bool
        Translate questions and candidates word by word into English first (Translate-Test).
    device : str
        One of `benchmarks.common.devices.DEVICES`.
    development : bool
        Measure on the development set, not on the test. It has languages of its own.

    Raises
    ------
    ValueError
        If the development set is to be limited or translated.
    """

    FOLDER: ClassVar[str] = "xquad-r"

    system: System
    training: Training
    source: Source
    languages: tuple[str, ...] = ()
    limit: int | None = None
    translate: bool = False
    device: str = devices.CPU
    development: bool = False

    def __post_init__(self) -> None:
        if self.development and (self.languages or self.limit or self.translate):
            raise ValueError("development has languages of its own; leave out languages, limit and translate")

    @property
    def schedule(self) -> Training:
        """The training, with the steps of the system."""
        return dataclasses.replace(self.training, steps=self.training.steps * self.system.longer)

    @property
    def teacher(self) -> Run:
        """The run of the English-trained model with the same training."""
        return dataclasses.replace(self, system=ENGLISH)

    @property
    def model_signature(self) -> str:
        """A digest of everything that the trained parameters depend on."""
        settings: dict[str, Any] = {
            "system": {**dataclasses.asdict(self.system), "name": "", "averaged": 1.0},
            "training": self.training.start if self.system.text == "none" else dataclasses.asdict(self.training),
            "pairs": self.source.digest_of_pairs(),
            "device": self.device,
            "version": _VERSION,
        }
        if self.system.lexicon:
            settings["lexicon"] = lexicons.build(self.system.lexicon).signature
        return runs.digest(settings)

    @property
    def signature(self) -> str:
        """A digest of everything that the result depends on."""
        layers = self.training.frozen_layers  # their states are kept in half precision
        translated = [lexicons.build("merged").signature] if self.translate else []
        test = collections.origin("help") if self.development else [self.languages, self.limit, *translated]
        return runs.digest([self.model_signature, self.source.digest(), self.system.averaged, layers, test])

    @property
    def vectors_file(self) -> Path:
        """File of the teacher's vectors of the English training texts."""
        return self.folder("vectors") / f"{self.teacher.model_signature}.npz"

    def pool(self) -> Pool:
        """Return the test, or the development set."""
        if self.development:
            return development.load()
        languages = self.languages or xquad.LANGUAGES
        found = pool.load(self.source.xquad_r, languages, self.limit)
        if not self.translate:
            return found
        questions, candidates = map(lexicons.into_english, (found.questions, found.candidates))
        return dataclasses.replace(found, questions=questions, candidates=candidates)


def execute(run: Run) -> dict[str, Any]:
    """Train and measure one run in this process; return its result."""
    with devices.out_of_memory(run.training.batch):
        return runs.execute(run, lambda: (*_trained(run), []), lambda model: evaluate(run, model))


def evaluate(run: Run, encoder: Any) -> dict[str, Any]:
    """Return what a model reaches with each view of its vectors.

    Returns
    -------
    dict
        ``views``: view -> ``precision`` (language of the questions -> average precision of each), ``ranks`` (languages
        of question and candidates, "en-de" -> a character for each question: 1-9, a for 10, 0 for none) and ``top``
        (language of the questions -> share of each language in the top 10).
    """
    test = run.pool()
    questions, candidates = (
        _encoded(run, encoder, *side) for side in ((test.questions, "query"), (test.candidates, "passage"))
    )
    views = {PLAIN: (questions, candidates), OPTIMISTIC: (_less_means(questions), _less_means(candidates))}
    if run.source.sentences:
        sentences = {language: run.source.sentences_of(language) for language in test.languages}
        means = [_means(_encoded(run, encoder, sentences, kind)) for kind in ("query", "passage")]
        views[CENTRED] = (centred(questions, means[0]), centred(candidates, means[1]))
    return {"views": {name: _measured(test, *vectors) for name, vectors in views.items()}}


def _encoded(run: Run, encoder: Any, texts: Mapping[str, Sequence[str]], kind: str) -> dict[str, np.ndarray]:
    from benchmarks.xquad_r.vectors import FrozenStates, whole

    if not run.training.frozen_layers:
        return whole(encoder, texts, kind)
    return FrozenStates(encoder, run.training.start, run.training.frozen_layers, texts, kind).vectors(encoder)


def _means(vectors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {language: of.mean(0) for language, of in vectors.items()}


def _less_means(vectors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return centred(vectors, _means(vectors))


def _measured(test: Pool, questions: Mapping[str, np.ndarray], candidates: Mapping[str, np.ndarray]) -> dict[str, Any]:
    from benchmarks.xquad_r import measures

    found = measures.rank(test, questions, candidates)
    precision = measures.average_precision(found.pooled).round(5)
    return {
        "precision": {language: precision[row].tolist() for row, language in enumerate(test.languages)},
        "ranks": {
            f"{one}-{other}": "".join(
                _RANKS[rank if rank < len(_RANKS) else 0] for rank in found.separate[row, :, column]
            )
            for row, one in enumerate(test.languages)
            for column, other in enumerate(test.languages)
        },
        "top": {
            language: dict(zip(test.languages, found.top[row].round(5).tolist(), strict=True))
            for row, language in enumerate(test.languages)
        },
    }


def reciprocal_ranks(ranks: str) -> np.ndarray:
    """Return the reciprocal rank of each question from ``ranks`` of `evaluate`."""
    values = np.array([0.0, *(1 / rank for rank in range(1, len(_RANKS)))])
    return np.asarray(values[[_RANKS.index(each) for each in ranks]])


def _trained(run: Run) -> tuple[Any, list[float]]:
    """The model of a run and its losses."""
    from benchmarks.common import loop, starts
    from benchmarks.xquad_r import students
    from lexswitch.integrations.weights import average_weights

    encoder = starts.load(run.training.start)
    encoder.model.to(run.device)
    if run.system.text == "none":
        return encoder, []
    starts.freeze(encoder.model, run.training.frozen_layers)
    pairs, schedule = run.source.training_pairs(), run.schedule

    def prepare() -> loop.LossOf:
        taught = None
        if run.system.distillation or run.system.ranking:
            taught = students.taught_once(run.vectors_file, lambda: _trained(run.teacher)[0], pairs, schedule)
        make = maker(run.system, pairs, schedule.seed)
        return students.losses(encoder, schedule, pairs, make, run.system, taught)

    history = loop.train_once(run.model_file, encoder.model, schedule, len(pairs), prepare)
    if run.system.averaged < 1:
        teacher = _trained(run.teacher)[0]
        encoder.model.load_state_dict(average_weights(teacher.model, encoder.model, run.system.averaged))
    return encoder, history.losses
