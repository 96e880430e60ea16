"""Runs: a system trained in some way and measured; each is kept, and goes on where it was stopped."""

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
from benchmarks.image_text import collections, evaluation, lexicons
from benchmarks.image_text.collections import Source
from benchmarks.image_text.systems import System, maker
from benchmarks.image_text.training import ImageTraining, Training

RESULTS = Path(__file__).parent / "results"

_VERSION = 1  # of what happens in training and evaluation, when code changes in ways that the settings do not show
_WATCHES, _WATCH_STEPS = 10, 20  # measurements on development concepts, and steps between them at the least


@dataclasses.dataclass(frozen=True)
class Run:
    """A system, how it is trained, and what it is measured on.

    Attributes
    ----------
    system : System
    training : Training
    source : Source
    part : {"development", "test"}
    languages : tuple of str
        Of the captions; none means all.
    translate : bool
        Translate the captions that ask term by term into English first: Translate-Test.
    """

    system: System
    training: Training
    source: Source = collections.EMOJI
    part: str = "test"
    languages: tuple[str, ...] = ()
    translate: bool = False

    @property
    def model_signature(self) -> str:
        """Pins the trained model."""
        settings: dict[str, Any] = {
            "system": {**dataclasses.asdict(self.system), "name": ""},
            "training": dataclasses.asdict(self.training),
            "collection": collections.origin(self.source),
            "version": _VERSION,
        }
        if self.system.lexicon:
            settings["lexicon"] = lexicons.build(self.system.lexicon, self.source).signature
        return _digest(settings)

    @property
    def signature(self) -> str:
        """Pins the result."""
        return _digest([self.model_signature, self.part, self.languages, self.translate])

    @property
    def label(self) -> str:
        """What a line of the log calls it."""
        return f"{self.system.name}, seed {self.training.seed}, {self.training.embeddings}: {self.signature}"

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


def _digest(settings: Any) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


@functools.cache
def _published() -> dict[str, dict[str, Any]]:
    """The runs in the files of results, by signature: what is there is not run again."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json")))
    return {run["signature"]: run for document in documents for run in document["runs"]}


def _folder(name: str) -> Path:
    folder = fetch.cache_folder() / "image-text" / name
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
        model, history, images = _trained(run)
        seconds = time.monotonic() - start
        languages = run.languages or run.source.languages
        result = {
            **dataclasses.asdict(run),
            "signature": run.signature,
            "losses": [
                round(float(np.mean(history.losses[at : at + 20])), 4) for at in range(0, run.training.steps, 20)
            ],
            "curve": history.curve,
            "seconds_training": round(seconds, 1),
            **evaluation.evaluate(model.encode, images, run.source, run.part, languages, run.translate),
            "seconds_evaluation": round(time.monotonic() - start - seconds, 1),
        }
        files.write_bytes(run.result_file, json.dumps(result, ensure_ascii=False).encode())
        return result


def _run_of(settings: dict[str, Any]) -> Run:
    system = System(**{**settings["system"], "arguments": tuple(settings["system"]["arguments"])})
    training = settings["training"]
    image = ImageTraining(**training["image"])
    source = Source(**{**settings["source"], "languages": tuple(settings["source"]["languages"])})
    chosen = {"training": Training(**{**training, "image": image}), "languages": tuple(settings["languages"])}
    return Run(**{**settings, "system": system, "source": source, **chosen})


def image_features(training: ImageTraining, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of `image_tower.features`; computed once, then read.

    Parameters
    ----------
    training
        How the tower is trained.
    source
        The pictures.
    """
    digest = _digest([dataclasses.asdict(training), collections.origin(source), _VERSION])
    folder = _folder("image-towers") / digest
    with files.locked(_folder("locks") / digest):
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
    """The model of a run, how its training went, and the vectors of the tested images; what is trained is kept."""
    import torch

    from benchmarks.common import loop, starts
    from benchmarks.image_text import dual_encoder

    training, system, collection = run.training, run.system, collections.load(run.source)
    views, tested = image_features(training.image, run.source)
    lexicon = lexicons.build(system.lexicon, run.source) if system.lexicon else None
    known = [] if training.embeddings == "frozen" else _all_texts(run.source)
    model = dual_encoder.DualEncoder(starts.load(training.start), training, views.shape[2], known)
    align = dual_encoder.alignment(lexicon, collection.english) if lexicon is not None and system.alignment else None
    make = maker(system, run.source, training.seed)
    loss_of = dual_encoder.losses(
        model, training, collection.trained, views, collection.related(), make, align, system.alignment
    )

    def images() -> np.ndarray:
        with torch.inference_mode():
            return np.asarray(model.images(torch.from_numpy(tested)).numpy())

    def watch() -> float:
        languages = ("en", *collection.seen)
        return evaluation.mean_reciprocal_rank(model.encode, images(), collection, languages)

    path = _folder("models") / f"{run.model_signature}.pt"
    with files.locked(_folder("locks") / path.stem):
        if path.exists():
            history = loop.restore(path, model)
        else:
            checkpoint = path.with_suffix(".checkpoint")
            count = len(collection.trained)
            watches = min(_WATCHES, training.steps // _WATCH_STEPS)
            history = loop.train(model, training, count, loss_of, checkpoint, processes.say, watch, watches)
            loop.keep(path, model, history)
            checkpoint.unlink(missing_ok=True)
    return model, history, images()


def _all_texts(source: Source) -> list[str]:
    """What may come to the text tower: captions in all languages, and translations of their words."""
    collection, lexicon = collections.load(source), lexicons.build("dictionary", source)
    texts = [text for of in collection.names.values() for text in of]
    texts += [text for of in collection.keywords.values() for keywords in of for text in keywords]
    words = sorted({word.casefold() for text in collection.english for word in text.split()})
    texts += [each.translation for word in words for of in (lexicon.get(word) or {}).values() for each in of]
    return [", :", *texts]
