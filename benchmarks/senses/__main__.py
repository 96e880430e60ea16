"""``python -m benchmarks.senses``: measure which translation is chosen, and whether real translations have it."""

from __future__ import annotations

import functools
import sys

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Step
from benchmarks.common.processes import Row
from benchmarks.senses import measure, report


def _half(half: int, _: bool) -> list[Step]:
    return [functools.partial(_row, language, half) for language in measure.LANGUAGES]


def _row(language: str, half: int) -> list[Row]:
    return [measure.measure(language, half)]


def _speed(_: bool) -> list[Step]:
    return [lambda: [measure.speed()]]


BENCHMARK = Benchmark(
    "senses",
    "Measure how often the chosen translation of a title's word is in the translated title.",
    {"development": functools.partial(_half, 1), "test": functools.partial(_half, 0), "speed": _speed},
    report.markdown,
    packages=("numpy", "wordfreq", "lxml"),
    library=("lexicon", "text", "engine"),
    missed=report.missed,
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
