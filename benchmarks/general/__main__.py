"""``python -m benchmarks.general``: measure lexicons on the questions and paragraphs of XQuAD-R."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Step
from benchmarks.common.report import put_between_marks
from benchmarks.general import context, measure, report
from benchmarks.general.lexicons import LANGUAGES


def _steps(_: bool) -> list[Step]:
    return [functools.partial(measure.measure, language) for language in LANGUAGES]


def _measure_encoder(model: str) -> int:
    context.run(model)
    put_between_marks(BENCHMARK.readme, BENCHMARK.markdown(BENCHMARK.newest()))
    return 0


_FOLDER = {
    "type": Path,
    "metavar": "FOLDER",
    "help": "folder of XQuAD-R with en.json, de.json ...; by default the files are downloaded",
}
_ENCODER = {
    "nargs": "?",
    "const": "",
    "metavar": "MODEL",
    "help": "measure only candidates in context, with a model of the Hugging Face hub; default: multilingual-e5-small",
}
BENCHMARK = Benchmark(
    "general",
    "Measure how many words of general text lexicons know, and whether translations are in the parallel text.",
    {"lexicons": _steps},
    report.markdown,
    packages=("numpy", "wordfreq"),
    library=("lexicon", "text", "engine", "switching"),
    describe=measure.describe,
    options=[
        Option("--xquad-r", functools.partial(setattr, measure, "folder"), _FOLDER),
        Option("--encoder", _measure_encoder, _ENCODER),
    ],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
