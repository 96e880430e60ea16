"""The experiments: which systems are trained, with what settings and seeds, and the file that keeps what came out."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import encoder, files, machine, processes
from benchmarks.common.starts import STARTS
from benchmarks.image_text import collections, emoji, evaluation, lexicons, runs
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.collections import Source
from benchmarks.image_text.runs import Run
from benchmarks.image_text.systems import System
from benchmarks.image_text.training import ImageTraining, Training

SEEDS = (0, 1, 2)
PACKAGES = ("torch", "transformers", "tokenizers", "scipy", "pillow", "resvg-py", "numpy")

ENGLISH = System("English captions", "english")
ML_CS = System("ML-CS", "switched", "general")
TEXT = System("one language per caption", "switched", "general", preset="text")
PHRASES = System("phrases (Wiki-CS)", "switched", "general", preset="wiki_cs")
ALIGNED = System("English, lexical alignment", "english", "general", alignment=0.3)
LIMIT = System("translated captions", "translated")
MAIN = Training()


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Some runs and what they are for.

    Attributes
    ----------
    name : str
    question : str
    cost : str
        On two cores, after the main experiment.
    runs : callable
        Returns the runs.
    """

    name: str
    question: str
    cost: str
    runs: Callable[[], list[Run]]


def _with_seeds(systems: Sequence[System], training: Training, seeds: Sequence[int] = SEEDS[:1]) -> list[Run]:
    return [Run(system, dataclasses.replace(training, seed=seed)) for seed in seeds for system in systems]


def _named(system: System, name: str, **changes: Any) -> System:
    return dataclasses.replace(system, name=name, **changes)


def _bilingual() -> list[Run]:
    each = [
        System(f"BL-CS {language}", "switched", "general", preset="bilingual", arguments=(language,))
        for language in emoji.SEEN
    ]
    return _with_seeds([ENGLISH, ML_CS, *each], MAIN)


def _lexicons() -> list[Run]:
    names = ("dictionary", "general", "captions", "starter")
    systems = [_named(TEXT, f"one language per caption, {name}", lexicon=name) for name in names]
    systems += [_named(ML_CS, f"ML-CS, {name}", lexicon=name) for name in names[:2]]
    return _with_seeds([ENGLISH, *systems], MAIN)


def _sweep() -> list[Run]:
    systems = [_named(ML_CS, f"p = {p:g}", options={} if p == 0.5 else {"p": p}) for p in (0.25, 0.5, 0.75, 1.0)]
    systems.insert(0, _named(ENGLISH, "p = 0"))
    return _with_seeds(systems, MAIN)


def _translate_test() -> list[Run]:
    found = _with_seeds([ENGLISH, ML_CS], MAIN, SEEDS[-1:])
    translated = [
        dataclasses.replace(run, system=_named(run.system, f"{run.system.name}, Translate-Test"), translate=True)
        for run in found
    ]
    return found + translated


EXPERIMENTS = {
    each.name: each
    for each in (
        Experiment(
            "main",
            "does code-switching help, and how much of what translated captions give?",
            "100 min",
            lambda: _with_seeds([ENGLISH, ML_CS, TEXT, PHRASES, ALIGNED, LIMIT], MAIN, SEEDS),
        ),
        Experiment(
            "bilingual", "is one model for all languages as good as one for each (BL-CS)?", "35 min", _bilingual
        ),
        Experiment("lexicons", "which lexicon, ranked by what?", "20 min", _lexicons),
        Experiment("sweep", "which translation probability?", "15 min", _sweep),
        Experiment("translate-test", "is translating the captions that ask as good?", "2 min", _translate_test),
        Experiment(
            "random",
            "what if the text tower knows no language?",
            "25 min",
            lambda: _with_seeds([ENGLISH, ML_CS, TEXT, LIMIT], dataclasses.replace(MAIN, embeddings="random")),
        ),
        Experiment(
            "trained-embeddings",
            "what if the whole text tower is trained?",
            "25 min",
            lambda: _with_seeds([ENGLISH, ML_CS, TEXT, LIMIT], dataclasses.replace(MAIN, embeddings="trained")),
        ),
        Experiment(
            "whole-encoder",
            "what if the text tower knows languages well?",
            "35 min",
            lambda: _with_seeds(
                [ENGLISH, ML_CS, TEXT, LIMIT], dataclasses.replace(MAIN, start="layers-12", frozen_layers=9)
            ),
        ),
        Experiment(
            "longer",
            "is the training long enough?",
            "40 min",
            lambda: _with_seeds([ENGLISH, ML_CS, TEXT, LIMIT], dataclasses.replace(MAIN, steps=2 * MAIN.steps)),
        ),
    )
}


def smoke() -> list[Run]:
    """A few steps of some systems, measured on development concepts."""
    image = ImageTraining(width=8, steps=8, batch=64, views=1)
    few = Training(steps=4, batch=16, frozen_layers=5, image=image)
    systems = (ENGLISH, _named(TEXT, TEXT.name, lexicon="starter"), _named(ALIGNED, ALIGNED.name, lexicon="starter"))
    return [Run(system, few, part="development", languages=("en", "de", "pt")) for system in (*systems, LIMIT)]


def elsewhere(chosen: list[Run], source: Source, image_model: str, text_model: str) -> list[Run]:
    """Return the runs on another collection and with other towers; those of a name that is empty stay.

    Parameters
    ----------
    chosen
        The runs.
    source
        The collection; systems for languages that it lacks are left out.
    image_model, text_model
        Models of Hugging Face. Of a text model only the embeddings are frozen.
    """
    changes: dict[str, Any] = {"start": text_model, "frozen_layers": 0} if text_model else {}

    def changed(training: Training) -> Training:
        image = dataclasses.replace(training.image, model=image_model)
        return dataclasses.replace(training, image=image, **changes)

    systems = [each for each in chosen if not {*each.system.arguments} - {*source.languages}]
    return [dataclasses.replace(each, source=source, training=changed(each.training)) for each in systems]


def run(chosen: Sequence[Run], name: str, path: Path | None, workers: int = 2) -> dict[str, Any]:
    """Execute runs and write what came out; what was done is not done again.

    Parameters
    ----------
    chosen
        The runs.
    name
        Of the experiment.
    path
        The file of results; None writes none.
    workers
        Processes at a time.
    """
    first = chosen[0]
    source, part = first.source, first.part
    collection = collections.load(source)  # fetches the data, before there are processes
    print(f"{collection.name}: {collection.counts()}; left out: {collection.left_out}", file=sys.stderr, flush=True)
    if first.training.start in STARTS:
        encoder.weights_file()
    used = sorted({each.system.lexicon for each in chosen} - {""})
    for each in used:
        lexicons.build(each, source)
    if any(each.result() is None for each in chosen):
        runs.image_features(first.training.image, source)
    results = processes.execute_all(chosen, runs.execute, workers)
    document = {
        "experiment": name,
        "machine": machine.description(PACKAGES),
        "part": part,
        "counts": collection.counts(),
        "seen": collection.seen,
        "unseen": collection.unseen,
        "lexicons": {each: _about_lexicon(each, source, part) for each in used},
        "concepts": _about_concepts(collection, part),
        "examples": evaluation.example_concepts(collection),
        "runs": results,
    }
    if path is not None:
        files.write_bytes(path, (json.dumps(document, ensure_ascii=False) + "\n").encode())
        print(f"wrote {path}", file=sys.stderr)
    return document


def _about_lexicon(name: str, source: Source, part: str) -> dict[str, Any]:
    collection = collections.load(source)
    asked = collection.asked(part)
    found = {language: _bits(lexicons.entries(name, source, language), asked) for language in collection.seen}
    return {"signature": lexicons.build(name, source).signature, "captions that are entries": found}


def _about_concepts(collection: Collection, part: str) -> dict[str, Any]:
    asked = collection.asked(part)
    others = collection.languages[1:]
    return {
        "numbers": asked.tolist(),
        "families": [collection.families[number] for number in asked],
        "held out": _bits(collection.held_out, asked),
        "identical": {language: _bits(collection.identical(language), asked) for language in others},
    }


def _bits(flags: Sequence[bool] | Any, asked: Any) -> str:
    return "".join(str(int(flags[number])) for number in asked)
