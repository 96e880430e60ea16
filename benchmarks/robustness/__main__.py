"""``python -m benchmarks.robustness``: measure what mixing languages costs retrievers."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Step
from benchmarks.common.processes import Row
from benchmarks.robustness import collections, measure, models, report
from benchmarks.robustness.collections import HELP, POOL, XQUAD_R
from benchmarks.robustness.models import ENGLISH, RECIPE, RECIPES


def _steps(name: str, _: bool) -> list[Step]:
    return [functools.partial(_row, system, name) for system in models.systems(name)]


def _row(system: models.System, name: str) -> list[Row]:
    return [measure.measure(system, name)]


def _claims(name: str, _: bool) -> list[Step]:
    """Compare the recipes of a collection with the English-trained model, as far as they were trained."""
    by_name = {system.name: system for system in models.systems(name)}
    recipes = [by_name[recipe] for recipe in RECIPES if recipe in by_name]
    return [functools.partial(_claim, name, by_name[ENGLISH], recipe) for recipe in recipes]


def _claim(name: str, english: models.System, recipe: models.System) -> list[Row]:
    return [measure.claim(name, english, recipe)]


def _folder(value: Path) -> None:
    collections.folder = value


def _model(name: str, value: str) -> None:
    models.chosen[name] = value


def _setting(name: str) -> Any:
    return functools.partial(setattr, models, name)


_MODEL = "a run of a benchmark, such as 'retrieval:main/zero-shot', or FILE.pt@START"
BENCHMARK = Benchmark(
    "robustness",
    "Measure what mixing languages in queries costs retrievers. A stopped run resumes.",
    {
        **{name: functools.partial(_steps, name) for name in (XQUAD_R, HELP, POOL)},
        **{f"claims-{name}": functools.partial(_claims, name) for name in report.CLAIMED},
    },
    report.markdown,
    packages=("bm25s", "numpy", "tokenizers", "torch", "transformers"),
    library=("retrieval", "switching", "lexicon", "text", "engine"),
    describe=lambda _: {"lexicon": measure.lexicon().signature},
    missed=report.missed,
    options=[
        Option("--xquad-r", _folder, {"type": Path, "metavar": "FOLDER", "help": "XQuAD-R: en.json, de.json ..."}),
        Option("--pairs", _setting("pairs"), {"metavar": "FOLDER", "help": "as for benchmarks.xquad_r"}),
        Option("--sentences", _setting("sentences"), {"metavar": "FOLDER", "help": "as for benchmarks.xquad_r"}),
        Option(
            "--english", functools.partial(_model, ENGLISH), {"metavar": "MODEL", "help": f"English-trained: {_MODEL}"}
        ),
        Option("--recipe", functools.partial(_model, RECIPE), {"metavar": "MODEL", "help": "trained by the recipe"}),
    ],
)

if __name__ == "__main__":
    code = parts.main(BENCHMARK)
    if any(report.RESULTS.glob("[0-9]*.json")):
        report.plots(BENCHMARK.newest())
    sys.exit(code)
