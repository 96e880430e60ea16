"""The experiments: which systems are trained, with what settings and seeds."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import experiments, machine
from benchmarks.common.experiments import SEEDS, Experiment, renamed
from benchmarks.image_text import collections, emoji, evaluation, lexicons, measured, runs
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.collections import Source
from benchmarks.image_text.runs import Run
from benchmarks.image_text.systems import System
from benchmarks.image_text.training import ImageTraining, Training

PACKAGES = ("torch", "transformers", "tokenizers", "scipy", "pillow", "resvg-py", "numpy")

ENGLISH = runs.ENGLISH
ML_CS = System("ML-CS", "switched", "general")
TEXT = System("one language per caption", "switched", "general", preset="text")
PHRASES = System("phrases (Wiki-CS)", "switched", "general", preset="wiki_cs")
ALIGNED = System("English, lexical alignment", "english", "general", alignment=0.3)
LIMIT = System("translated captions", "translated")
STUDENT = renamed(TEXT, "one language per caption, taught rankings", ranking=1.0)
MAIN = Training()


def _with_seeds(systems: Sequence[System], training: Training, seeds: Sequence[int] = SEEDS[:1]) -> list[Run]:
    return [Run(system, experiments.with_seed(training, seed)) for seed in seeds for system in systems]


def _bilingual() -> list[Run]:
    each = [
        System(f"BL-CS {language}", "switched", "general", preset="bilingual", arguments=(language,))
        for language in emoji.SEEN
    ]
    return _with_seeds([ENGLISH, ML_CS, *each], MAIN)


def _lexicons() -> list[Run]:
    names = ("dictionary", "general", "captions", "starter")
    systems = [renamed(TEXT, f"one language per caption, {name}", lexicon=name) for name in names]
    systems += [renamed(ML_CS, f"ML-CS, {name}", lexicon=name) for name in names[:2]]
    return _with_seeds([ENGLISH, *systems], MAIN)


def _sweep() -> list[Run]:
    return _with_seeds(experiments.sweep(ENGLISH, ML_CS), MAIN)


def _translate_test() -> list[Run]:
    found = _with_seeds([ENGLISH, ML_CS], MAIN, SEEDS[-1:])
    return found + _measured_as("Translate-Test", found, translate=True)


def _student() -> list[Run]:
    found = _with_seeds([ENGLISH, STUDENT], MAIN, SEEDS)
    return found + _measured_as("centred", found, centred=True)


def _measured_as(name: str, found: Sequence[Run], **changes: Any) -> list[Run]:
    """Return runs of the same models that are measured in another way."""
    return [
        dataclasses.replace(run, system=renamed(run.system, f"{run.system.name}, {name}"), **changes) for run in found
    ]


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
        Experiment("student", "does a student of the tower of English captions keep English?", "75 min", _student),
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
    """Return a few steps of some systems, measured on development concepts."""
    image = ImageTraining(width=8, steps=8, batch=64, views=1)
    few = Training(steps=4, batch=16, frozen_layers=5, image=image)
    systems = (ENGLISH, renamed(TEXT, TEXT.name, lexicon="starter"), renamed(ALIGNED, ALIGNED.name, lexicon="starter"))
    return [Run(system, few, part="development", languages=("en", "de", "pt")) for system in (*systems, LIMIT)]


# --- the command line ------------------------------------------------------------------------------------------------


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this benchmark."""
    parser.add_argument("--image-model", metavar="NAME", default="", help="a CLIP or SigLIP of Hugging Face")
    parser.add_argument("--text-model", metavar="NAME", default="", help="an encoder of Hugging Face to start from")
    parser.add_argument("--collection", choices=collections.PUBLIC, help="a public data set; see the README")
    parser.add_argument("--captions", metavar="PATH", help="its captions")
    parser.add_argument("--images", metavar="FOLDER", help="its images")
    parser.add_argument("--languages", metavar="CODE,CODE", help="languages beside English")


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit if an option is missing."""
    if options.collection and not (options.captions and options.images and options.languages):
        parser.error(f"--collection {options.collection} needs --captions, --images and --languages")


def with_options(chosen: list[Run], options: argparse.Namespace) -> list[Run]:
    """Return runs with the collection and the models of the command line."""
    source = collections.EMOJI
    if options.collection:
        languages = ("en", *(language for language in options.languages.split(",") if language != "en"))
        size = 224 if options.image_model else source.size
        source = collections.Source(options.collection, options.captions, options.images, languages, size)
    return _elsewhere(chosen, source, options.image_model, options.text_model)


def _elsewhere(chosen: list[Run], source: Source, image_model: str, text_model: str) -> list[Run]:
    """Return runs on another collection or with other towers, without systems for languages that it lacks.

    Only the embeddings of a text model are frozen.
    """
    changes: dict[str, Any] = {"start": text_model, "frozen_layers": 0} if text_model else {}

    def changed(training: Training) -> Training:
        image = dataclasses.replace(training.image, model=image_model)
        return dataclasses.replace(training, image=image, **changes)

    systems = [each for each in chosen if not {*each.system.arguments} - {*source.languages}]
    return [dataclasses.replace(each, source=source, training=changed(each.training)) for each in systems]


def other_names(options: argparse.Namespace) -> list[str]:
    """Return the names of collection and models that a results file is named after."""
    return [options.collection or "", options.image_model, options.text_model]


def run(chosen: Sequence[Run], name: str, path: Path | None, workers: int = 2) -> dict[str, Any]:
    """Execute runs and write their summary. Runs that are done are not repeated.

    Parameters
    ----------
    chosen
        The runs.
    name
        Name of the experiment.
    path
        The file of the summary; None writes nothing.
    workers
        Number of processes.
    """
    first = chosen[0]
    source, part = first.source, first.part
    collection = collections.load(source)  # fetches the data before processes start
    print(f"{collection.name}: {collection.counts()}; left out: {collection.left_out}", file=sys.stderr, flush=True)
    used = experiments.used_lexicons(chosen)
    for each in used:
        lexicons.build(each, source)
    if any(each.result() is None for each in chosen):
        runs.image_features(first.training.image, source)
    results = experiments.execute(chosen, runs.execute, workers)
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
    return experiments.write(measured.summarise(document), path)


def _about_lexicon(name: str, source: Source, part: str) -> dict[str, Any]:
    collection = collections.load(source)
    asked = collection.asked(part)
    found = {language: _bits(lexicons.entries(name, source, language), asked) for language in collection.seen}
    return {"signature": lexicons.build(name, source).signature, "entries": found}


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
