"""``python -m benchmarks.general``: measure lexicons on the questions and paragraphs of XQuAD-R."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Step
from benchmarks.general import measure, report
from benchmarks.general.lexicons import LANGUAGES


def _steps(_: bool) -> list[Step]:
    return [functools.partial(measure.measure, language) for language in LANGUAGES]


_FOLDER = {
    "type": Path,
    "metavar": "FOLDER",
    "help": "folder of XQuAD-R with en.json, de.json ...; by default the files are downloaded",
}
BENCHMARK = Benchmark(
    "general",
    "Measure how many words of general text lexicons know, and whether translations are in the parallel text.",
    {"lexicons": _steps},
    report.markdown,
    packages=("numpy", "wordfreq"),
    library=("lexicon", "text", "engine", "switching"),
    describe=measure.describe,
    options=[Option("--xquad-r", functools.partial(setattr, measure, "folder"), _FOLDER)],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
