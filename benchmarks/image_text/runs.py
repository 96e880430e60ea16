"""A run of the image-text benchmark: what its model and its result depend on, and how both are made."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from benchmarks.common import files, runs
from benchmarks.image_text import collections, evaluation, lexicons
from benchmarks.image_text.collections import Source
from benchmarks.image_text.systems import System, maker
from benchmarks.image_text.training import ImageTraining, Training

ENGLISH = System("English captions", "english")
"""The baseline, and the teacher."""

_VERSION = 1  # increase it when code changes results in a way that the settings do not show
_WATCHES, _WATCH_STEPS = 10, 20  # number of measurements on development concepts, and minimum of steps between them


@dataclasses.dataclass(frozen=True)
class Run(runs.Run):
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
    source : Source
    part : {"development", "test"}
    languages : tuple of str
        Languages of the captions; empty for all.
    translate : bool
        Translate the captions that ask term by term into English first (Translate-Test).
    centred : bool
        Subtract from the vector of each caption the mean of other captions in its language.
    """

    FOLDER = "image-text"

    system: System
    training: Training
    source: Source = collections.EMOJI
    part: str = "test"
    languages: tuple[str, ...] = ()
    translate: bool = False
    centred: bool = False

    @property
    def schedule(self) -> Training:
        """The training; a student has two captions of each concept, so half as many concepts in a step."""
        return dataclasses.replace(self.training, batch=self.training.batch // (2 if self.system.ranking else 1))

    @property
    def teacher(self) -> Run:
        """The run of English captions with the same training."""
        return dataclasses.replace(self, system=ENGLISH)

    @property
    def model_signature(self) -> str:
        """A digest of everything that the trained model depends on."""
        system = {**dataclasses.asdict(self.system), "name": ""}
        if not self.system.ranking:
            del system["ranking"]  # it came later; models without it keep their names
        settings: dict[str, Any] = {
            "system": system,
            "training": dataclasses.asdict(self.training),
            "collection": collections.origin(self.source),
            "version": _VERSION,
        }
        if self.system.lexicon:
            settings["lexicon"] = lexicons.build(self.system.lexicon, self.source).signature
        return runs.digest(settings)

    @property
    def signature(self) -> str:
        """A digest of everything that the result depends on."""
        return runs.digest([self.model_signature, self.part, self.languages, self.translate, self.centred])


def execute(run: Run) -> dict[str, Any]:
    """Train and measure one run in this process; return its result."""
    vectors: list[np.ndarray] = []

    def train() -> tuple[Any, list[float], list[Any]]:
        model, history, images = _trained(run)
        vectors.append(images)
        return model, history.losses, history.curve

    def evaluate(model: Any) -> dict[str, Any]:
        languages = run.languages or run.source.languages
        views = {"translate": run.translate, "centred": run.centred}
        return evaluation.evaluate(model.encode, vectors[0], run.source, run.part, languages, **views)

    return runs.execute(run, train, evaluate)


def image_features(training: ImageTraining, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of `image_tower.features`. They are computed once, then read.

    Parameters
    ----------
    training
        Settings of the tower.
    source
        The pictures.
    """
    digest = runs.digest([dataclasses.asdict(training), collections.origin(source), _VERSION])
    folder = Run.folder("image-towers") / digest
    with files.locked(Run.folder("locks") / digest):
        path = folder / "features.npz"
        if not path.exists():
            from benchmarks.image_text import image_tower

            collection = collections.load(source)
            tower = image_tower.load(collection, training, folder)
            trained, tested = image_tower.features(collection, tower, training.views, training.seed)
            files.write_arrays(path, trained=trained.astype(np.float16), tested=tested)
    with np.load(path, allow_pickle=False) as stored:
        return stored["trained"].astype(np.float32), stored["tested"]


def _trained(run: Run) -> tuple[Any, Any, np.ndarray]:
    """Return the model of a run, the course of its training, and the vectors of the tested images."""
    import torch

    from benchmarks.common import loop, starts
    from benchmarks.image_text import dual_encoder, students

    training, system, collection = run.schedule, run.system, collections.load(run.source)
    views, tested = image_features(training.image, run.source)
    lexicon = lexicons.build(system.lexicon, run.source) if system.lexicon else None
    known = [] if training.embeddings == "frozen" else _all_texts(run.source)
    model = dual_encoder.DualEncoder(starts.load(training.start), training, views.shape[2], known)
    teacher = _trained(run.teacher)[0] if system.ranking else None
    if teacher is not None:
        students.enrol(model, teacher)

    def prepare() -> loop.LossOf:
        align = (
            dual_encoder.alignment(lexicon, collection.english) if lexicon is not None and system.alignment else None
        )
        make, related = maker(system, run.source, training.seed), collection.related()
        if teacher is not None:
            english = maker(ENGLISH, run.source, training.seed)
            data = (collection.trained, views, related, make, english)
            return students.losses(model, teacher, training, *data, system.ranking)
        return dual_encoder.losses(model, training, collection.trained, views, related, make, align, system.alignment)

    def images() -> np.ndarray:
        with torch.inference_mode():
            return np.asarray(model.images(torch.from_numpy(tested)).numpy())

    def watch() -> float:
        languages = ("en", *collection.seen)
        return evaluation.mean_reciprocal_rank(model.encode, images(), collection, languages)

    watches = min(_WATCHES, training.steps // _WATCH_STEPS)
    count = len(collection.trained)
    history = loop.train_once(run.model_file, model, training, count, prepare, watch, watches)
    return model, history, images()


def _all_texts(source: Source) -> list[str]:
    """Return all texts that can reach the text tower: captions in all languages, and translations of their words."""
    collection, lexicon = collections.load(source), lexicons.build("dictionary", source)
    texts = [text for of in collection.names.values() for text in of]
    texts += [text for of in collection.keywords.values() for keywords in of for text in keywords]
    words = sorted({word.casefold() for text in collection.english for word in text.split()})
    texts += [each.translation for word in words for of in (lexicon.get(word) or {}).values() for each in of]
    return [", :", *texts]
