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
from benchmarks.common.systems import System
from benchmarks.retrieval import collections, help_pages, lexicons, measured, runs
from benchmarks.retrieval.runs import Run
from benchmarks.retrieval.training import CrossTraining, Training

_CROSS = ("en", "de", "ru")
_UNSEEN = tuple(pair for one in collections.unseen("help") for pair in (("en", one), (one, "en"), (one, one)))
PACKAGES = ("torch", "transformers", "tokenizers", "ir_measures", "scipy", "datasketch", "numpy")

UNTRAINED = System("untrained", "none")
ZERO_SHOT = System("zero-shot", "english")
LIMIT = System("real translations", "translated")
ML_CS = System("ML-CS", "switched", "reweighted")
PLANNED = System(
    "word by word, as planned",
    "switched",
    "reweighted",
    preset="word_by_word",
    options={"candidates": "weighted", "languages": dict.fromkeys(help_pages.SEEN, 1), "p": 1.0},
)
WORD_BY_WORD = System(
    "word by word",
    "switched",
    "reweighted",
    preset="word_by_word",
    options={"candidates": "weighted", "languages": {"en": 2, "de": 1, "it": 1, "nl": 1, "ru": 1}, "p": 0.9},
)
WIKI_CS = System("Wiki-CS", "switched", "titles", preset="wiki_cs")
MAIN = Training()


def _with_seeds(
    systems: Sequence[System], training: Training, seeds: Sequence[int] = SEEDS, **options: Any
) -> list[Run]:
    return [
        Run(system, experiments.with_seed(training, seed), **options)
        for seed in seeds
        for system in systems
        if system.text != "none" or seed == seeds[0]
    ]


def _complete() -> list[Run]:
    """All systems on pairs that lack no translation, and what helps without training.

    Real translations have the languages of the switched texts, because no pair lacks one.
    """
    limit = renamed(LIMIT, LIMIT.name, options={"languages": WORD_BY_WORD.options["languages"]})
    systems = [ZERO_SHOT, ML_CS, WORD_BY_WORD, limit]
    centred = [renamed(system, f"{system.name}, centred") for system in systems]
    translated = [renamed(system, f"{system.name}, Translate-Test") for system in (ZERO_SHOT, ML_CS)]
    return [
        *_with_seeds(systems, MAIN, complete=True),
        *_with_seeds(centred, MAIN, complete=True, centred=True),
        *_with_seeds(translated, MAIN, complete=True, translate=True),
    ]


def _pairs() -> list[Run]:
    """One model for each of six pairs."""
    pairs = (("de", "en"), ("ru", "en"), ("en", "de"), ("en", "ru"), ("de", "ru"), ("ru", "de"))
    systems = [
        System(f"BL-CS {one}-{other}", "switched", "reweighted", preset="bilingual", arguments=(one, other))
        for one, other in pairs
    ]
    return _with_seeds([ZERO_SHOT, ML_CS, *systems], MAIN, SEEDS[:1])


def _sweep() -> list[Run]:
    return _with_seeds(experiments.sweep(ZERO_SHOT, ML_CS), MAIN, SEEDS[:1])


def _start(start: str, training: Training) -> list[Run]:
    systems = (UNTRAINED, ZERO_SHOT, ML_CS, WORD_BY_WORD, LIMIT)
    return _with_seeds(systems, dataclasses.replace(training, start=start), SEEDS[:1])


def _lexicons() -> list[Run]:
    names = ("dictionary", "general", "reweighted", "starter", "induced")
    systems = [renamed(WORD_BY_WORD, f"word by word, {name}", lexicon=name) for name in names]
    systems += [renamed(ML_CS, f"ML-CS, {name}", lexicon=name) for name in ("dictionary", "reweighted")]
    return _with_seeds([ZERO_SHOT, *systems], MAIN, SEEDS[:1])


def _cross() -> list[Run]:
    """Re-ranking in eight directions, a hundred queries each."""
    pairs = (("en", "en"), ("de", "de"), *((one, other) for one in _CROSS for other in _CROSS if one != other))
    training = CrossTraining(steps=150, warm_up=250)
    return _with_seeds([ZERO_SHOT, ML_CS, WORD_BY_WORD, LIMIT], training, SEEDS[:1], only=pairs, limit=100)


def _descriptions() -> list[Run]:
    """Another domain; the lexicon is ranked by text of the help."""
    return _with_seeds([UNTRAINED, ZERO_SHOT, ML_CS, WORD_BY_WORD, LIMIT], MAIN, SEEDS[:1], collection="descriptions")


def _verses() -> list[Run]:
    """Arabic and unseen languages; ML-CS and word by word have a lexicon for these languages."""
    own = {**WORD_BY_WORD.options, "languages": {"en": 2, "ar": 1, "ru": 1, "fr": 1, "es": 1}}
    by_word = renamed(WORD_BY_WORD, WORD_BY_WORD.name, lexicon="verses", options=own)
    systems = [ZERO_SHOT, renamed(ML_CS, ML_CS.name, lexicon="verses"), by_word, LIMIT]
    return _with_seeds([UNTRAINED, *systems], MAIN, SEEDS[:1], collection="verses")


EXPERIMENTS = {
    each.name: each
    for each in (
        Experiment(
            "main",
            "does code-switching help, and how much of what real translations give?",
            "65 min",
            lambda: _with_seeds([UNTRAINED, ZERO_SHOT, ML_CS, PLANNED, WORD_BY_WORD, LIMIT], MAIN),
        ),
        Experiment(
            "complete",
            "and if real translations lack no language? Also centred, and with Translate-Test.",
            "60 min",
            _complete,
        ),
        Experiment(
            "titles",
            "does switching titles (Wiki-CS) help?",
            "10 min",
            lambda: _with_seeds([ZERO_SHOT, ML_CS, WIKI_CS], MAIN, SEEDS[:1]),
        ),
        Experiment("pairs", "is one model for all pairs as good as one for each (BL-CS)?", "40 min", _pairs),
        Experiment("lexicons", "which lexicon?", "40 min", _lexicons),
        Experiment("sweep", "which translation probability?", "25 min", _sweep),
        Experiment(
            "trained-start",
            "does it hold for a start that is retrieval-trained?",
            "60 min",
            lambda: _start("layers-12", dataclasses.replace(MAIN, learning_rate=1e-4, frozen_layers=9)),
        ),
        Experiment(
            "new-start",
            "does it hold for a start whose last layers are new?",
            "35 min",
            lambda: _start("new-top-6", MAIN),
        ),
        Experiment(
            "unseen",
            "does it help languages that were never switched to?",
            "8 min after main",
            lambda: _with_seeds(
                [UNTRAINED, ZERO_SHOT, ML_CS, WORD_BY_WORD, LIMIT], MAIN, SEEDS[:1], unseen=True, only=_UNSEEN
            ),
        ),
        Experiment("cross", "does it hold for a cross-encoder?", "45 min", _cross),
        Experiment("descriptions", "does it hold for other text?", "30 min", _descriptions),
        Experiment("verses", "does it hold for Arabic?", "35 min", _verses),
    )
}


def smoke() -> list[Run]:
    """Return a few steps of every kind of system and of a cross-encoder, in four directions of development pages."""
    few = Training(steps=4, batch=8, document_tokens=24, frozen_layers=5)
    cross = CrossTraining(steps=2, batch=4, document_tokens=24, frozen_layers=5, warm_up=2)
    pairs = tuple((one, other) for one in ("en", "de") for other in ("en", "de"))
    starter = renamed(WORD_BY_WORD, WORD_BY_WORD.name, lexicon="starter")
    measured: dict[str, Any] = {"part": "development", "only": pairs, "limit": 15}
    return [
        *_with_seeds([ZERO_SHOT, starter, LIMIT], few, (0,), **measured),
        *_with_seeds([renamed(starter, "cross-encoder")], cross, (0,), **measured),
    ]


# --- the command line ------------------------------------------------------------------------------------------------


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this benchmark."""
    parser.add_argument("--model", metavar="NAME", help="start from a model of Hugging Face; not in the report")


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Accept all options."""


def with_options(chosen: list[Run], options: argparse.Namespace) -> list[Run]:
    """Return runs that start from the model of the command line; only its embeddings are frozen."""
    if options.model is None:
        return chosen
    return [
        dataclasses.replace(each, training=dataclasses.replace(each.training, start=options.model, frozen_layers=0))
        for each in chosen
    ]


def other_names(options: argparse.Namespace) -> list[str]:
    """Return the names of models that a results file is named after."""
    return [options.model or ""]


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
    dropped = collections.load(first.collection, first.unseen).dropped  # fetches the data before processes start
    task = first.task()
    print(f"{task.collection.name}: {task.collection.counts()}; left out: {dropped}", file=sys.stderr, flush=True)
    results = experiments.execute(chosen, runs.execute, workers)
    queries = task.collection.queries
    document = {
        "experiment": name,
        "machine": machine.description(PACKAGES),
        "collection": first.collection,
        "part": first.part,
        "counts": task.collection.counts(),
        "dropped": dropped,
        "training_pairs": len(first.training_collection().pairs()),
        "unseen": list(collections.unseen(first.collection)) if first.unseen else [],
        "lexicons": {
            each: {"signature": lexicons.build(each).signature, "entries": lexicons.title_overlap(each, queries)}
            for each in experiments.used_lexicons(chosen)
        },
        "queries": task.about(),
        "runs": results,
    }
    return experiments.write(measured.summarise(document), path)
