"""The experiments: which systems are trained, with what settings and seeds."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import devices, experiments, fetch, machine, starts, xquad
from benchmarks.common.errors import CollectionError, DeviceError
from benchmarks.common.experiments import SEEDS, Experiment, renamed
from benchmarks.xquad_r import lexicons, measured, runs, samples
from benchmarks.xquad_r.runs import Run
from benchmarks.xquad_r.sources import Source
from benchmarks.xquad_r.systems import System
from benchmarks.xquad_r.training import SHALLOW, TWICE_THE_RATE, WHOLE, Training, large

PACKAGES = ("torch", "transformers", "tokenizers", "scipy", "numpy")

UNTRAINED = System("untrained", "none")
ZERO_SHOT = runs.ENGLISH
ML_CS = System("ML-CS", "switched", "merged")
WORD_BY_WORD = System("word by word", "switched", "merged", preset="word_by_word")
STUDENT = renamed(WORD_BY_WORD, "word by word, distilled", distillation=10.0)
TAUGHT = renamed(WORD_BY_WORD, "word by word, taught rankings", ranking=1.0)
AVERAGED = renamed(TAUGHT, f"{TAUGHT.name}, averaged", averaged=0.75)
LONGER = renamed(TAUGHT, f"{TAUGHT.name}, four times the steps", longer=4)
LONGEST = renamed(TAUGHT, f"{TAUGHT.name}, six times the steps", longer=6)
ENGLISH_LONGEST = renamed(ZERO_SHOT, f"{ZERO_SHOT.name}, six times the steps", longer=LONGEST.longer)
BASELINES = (ZERO_SHOT, ENGLISH_LONGEST)
HALF = renamed(LONGER, "half of the words, taught rankings, four times the steps", options={"p": 0.5})


_NOWHERE = Source("", "", "")  # replaced by the folders of the command line
_FOUR = ("de", "es", "ru", "zh")
_SYSTEMS = (ZERO_SHOT, ML_CS, WORD_BY_WORD, STUDENT, TAUGHT, AVERAGED)


def _runs(systems: Sequence[System], training: Training, seeds: Sequence[int] = SEEDS) -> list[Run]:
    found = [
        Run(system, experiments.with_seed(training, seed), _NOWHERE)
        for seed in seeds
        for system in systems
        if system.text != "none" or seed == seeds[0]
    ]
    # Averages come last: until both models are there, they would keep a process waiting.
    return sorted(found, key=lambda run: run.system.averaged < 1)


def _lexicons() -> list[Run]:
    starter = renamed(TAUGHT, f"{TAUGHT.name}, starter lexicon", lexicon="starter")
    return _teachers_first([ZERO_SHOT, TAUGHT, starter], WHOLE)


def _longer() -> list[Run]:
    return _runs([ZERO_SHOT, LONGER], WHOLE)


def _mixed() -> list[Run]:
    return _runs([ZERO_SHOT, LONGER, HALF], WHOLE, SEEDS[:1])


def _translate_test() -> list[Run]:
    systems = (ZERO_SHOT, TAUGHT)
    translated = _teachers_first([renamed(system, f"{system.name}, Translate-Test") for system in systems], WHOLE)
    return _teachers_first(systems, WHOLE) + [dataclasses.replace(run, translate=True) for run in translated]


def _teachers_first(systems: Sequence[System], training: Training, seeds: Sequence[int] = SEEDS) -> list[Run]:
    # Until the teachers are there, their students would keep processes waiting.
    return [run for system in systems for run in _runs([system], training, seeds)]


def _longest() -> list[Run]:
    return _teachers_first([ZERO_SHOT, ENGLISH_LONGEST, LONGEST], WHOLE)


def _higher_rate() -> list[Run]:
    return _teachers_first([ZERO_SHOT, LONGEST], TWICE_THE_RATE, SEEDS[:2])


def _large(training: Training) -> list[Run]:
    return _teachers_first([ZERO_SHOT, ML_CS, WORD_BY_WORD, TAUGHT], large(training))


def _development() -> list[Run]:
    higher = [renamed(system, f"{system.name}, twice the rate") for system in (ZERO_SHOT, TAUGHT)]
    planned = [
        *_runs([UNTRAINED, ZERO_SHOT, WORD_BY_WORD, STUDENT, TAUGHT], WHOLE, SEEDS[:1]),
        *_runs(higher, TWICE_THE_RATE, SEEDS[:1]),
    ]
    return [dataclasses.replace(run, development=True) for run in planned]


def _unseen() -> list[Run]:
    four = {"languages": {**dict.fromkeys(_FOUR, 1.0), "en": len(_FOUR) / 2}}
    return _teachers_first([ZERO_SHOT, renamed(TAUGHT, f"{TAUGHT.name}, four languages", options=four)], WHOLE)


EXPERIMENTS = {
    each.name: each
    for each in (
        Experiment(
            "main",
            "does it hold on a public benchmark, for a start that is trained for retrieval?",
            "80 min",
            lambda: _runs([UNTRAINED, *_SYSTEMS], WHOLE),
        ),
        Experiment(
            "shallow",
            "and for the lowest six layers alone, which are no retrieval model?",
            "60 min",
            lambda: _runs([UNTRAINED, ZERO_SHOT, TAUGHT], SHALLOW),
        ),
        Experiment(
            "longer",
            "does it gain from four times the steps?",
            "40 min after main",
            _longer,
        ),
        Experiment(
            "longest",
            "does it gain from six times the steps, and English training too?",
            "100 min after main",
            _longest,
        ),
        Experiment(
            "higher-rate",
            "is twice the learning rate better, as on the development pages?",
            "60 min",
            _higher_rate,
        ),
        Experiment("mixed", "what if half of the words stay, as in mixed queries?", "20 min after longer", _mixed),
        Experiment("lexicons", "is the starter lexicon enough?", "15 min after main", _lexicons),
        Experiment("translate-test", "is translating the test instead as good?", "15 min after main", _translate_test),
        Experiment("unseen", "does it help languages that were never switched to?", "15 min after main", _unseen),
        Experiment("development", "which student is best on the development pages?", "30 min", _development),
        Experiment("large", "does it hold for a larger run?", "on a GPU", lambda: _large(WHOLE), "large"),
        Experiment("large-shallow", "and for the lowest six layers?", "on a GPU", lambda: _large(SHALLOW), "large"),
    )
}
_UNSEEN = {"unseen": [language for language in xquad.LANGUAGES if language not in ("en", *_FOUR)]}


def smoke() -> list[Run]:
    """Return a few steps of every kind of system, on ten paragraphs in three languages."""
    few = Training("layers-6", frozen_layers=5, steps=4, batch=8)
    starter = [renamed(system, system.name, lexicon="starter") for system in (WORD_BY_WORD, STUDENT, TAUGHT, AVERAGED)]
    return [
        dataclasses.replace(run, languages=("en", "de", "th"), limit=10)
        for run in _runs([UNTRAINED, ZERO_SHOT, *starter], few, SEEDS[:1])
    ]


# --- the command line ------------------------------------------------------------------------------------------------


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this benchmark."""
    parser.add_argument("--xquad-r", metavar="FOLDER", default="", help="XQuAD-R: en.json, de.json ...")
    parser.add_argument(
        "--pairs", metavar="FOLDER", default="", help="question-sentence pairs: src-test.txt, tgt-test.txt"
    )
    parser.add_argument(
        "--sentences", metavar="FOLDER", default="", help="sentences for mean vectors: en.txt, de.txt ..."
    )
    parser.add_argument("--device", default=devices.CPU, help="cpu (default) or cuda, for --preset")
    parser.add_argument(
        "--batch", type=int, metavar="N", help=f"pairs of a step, for --preset (default {large(WHOLE).batch})"
    )


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit if the device cannot be used, or a folder is missing or damaged."""
    if options.report:
        return
    folders = (options.xquad_r, options.pairs, options.sentences)
    if not all(folders) and (any(folders) or not options.smoke):
        parser.error("pass --xquad-r, --pairs and --sentences; the README names where to get the data")
    try:
        devices.check(options.device)
        source = _source(options)
        _check_size(parser, options, len(source.training_pairs()))
        for language in xquad.LANGUAGES:
            xquad.read(language, Path(source.xquad_r))
            source.sentences_of(language)
    except (CollectionError, DeviceError, FileNotFoundError) as error:
        parser.error(str(error))


def _check_size(parser: argparse.ArgumentParser, options: argparse.Namespace, pairs: int) -> None:
    """Exit if options do not fit together, or the batch does not fit the pairs or the GPU."""
    if not options.preset:
        for name, value, default in (("device", options.device, devices.CPU), ("batch", options.batch, None)):
            if value != default:
                parser.error(f"--{name} {value} is for larger runs; pass --preset large with it, or leave it out")
        return
    planned = smoke() if options.smoke else _large(WHOLE)  # the other start needs less memory
    (training, *_) = (each.training for each in with_options(planned, options))
    if not 2 <= training.batch <= pairs:
        parser.error(f"--batch is {training.batch}; it must be from 2 to {pairs}, the number of training pairs")
    if options.device != devices.CPU:
        tokens = training.question_tokens + training.sentence_tokens
        devices.check_memory(devices.gpu(), training.batch, tokens, starts.depth(training.start), options.workers)


def with_options(chosen: list[Run], options: argparse.Namespace) -> list[Run]:
    """Return runs with the folders, the device and the batch of the command line; a preset trains all layers."""
    source = _source(options)
    found = [dataclasses.replace(each, source=source, device=options.device) for each in chosen]
    if not options.preset:
        return found
    changes = {"frozen_layers": 0, **({"batch": options.batch} if options.batch is not None else {})}
    return [dataclasses.replace(each, training=dataclasses.replace(each.training, **changes)) for each in found]


def _source(options: argparse.Namespace) -> Source:
    if options.smoke and not options.xquad_r:
        return samples.write(fetch.cache_folder() / Run.FOLDER / "samples")
    return source(options.xquad_r, options.pairs, options.sentences)


def source(*folders: str | Path) -> Source:
    """Return the data in the folders of XQuAD-R, of pairs and of sentences; a folder may be empty."""
    return Source(*(str(Path(folder).resolve()) if folder else "" for folder in folders))


def other_names(_: argparse.Namespace) -> list[str]:
    """Return nothing: all results are of the same models and collection."""
    return []


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
    used = {each: lexicons.build(each).signature for each in experiments.used_lexicons(chosen)}
    test = first.pool()
    document = {
        "experiment": name,
        "machine": machine.description(PACKAGES, devices.name(first.device)),
        "data": first.source.digest(),
        "counts": {
            "training pairs": len(first.source.training_pairs()),
            "questions": len(test.paragraphs),
            "paragraphs": len(set(test.paragraphs)),
            "candidates": {language: len(of) for language, of in test.candidates.items()},
        },
        "training": dataclasses.asdict(first.training),
        "steps": {each.system.name: each.schedule.steps for each in chosen if each.system.text != "none"},
        "lexicons": used,
        "unseen": _UNSEEN.get(name, []),
        "paragraphs": test.paragraphs,
        "runs": experiments.execute(chosen, runs.execute, workers),
    }
    return experiments.write(measured.summarise(document, comparisons(chosen)), path)


def comparisons(chosen: Sequence[Run]) -> dict[str, list[str]]:
    """Return system -> what it is compared with: English training under each view, others under the same view."""
    names = list(dict.fromkeys(each.system.name for each in chosen))
    views = (runs.PLAIN, runs.CENTRED, runs.OPTIMISTIC)
    return {
        measured.name_of(name, view): [
            *(measured.name_of(other.name, view) for other in (*BASELINES, ML_CS, WORD_BY_WORD) if other.name != name),
            *(measured.name_of(base.name, other) for base in BASELINES for other in views if other != view),
        ]
        for name in names
        for view in views
        if name != UNTRAINED.name
    }
