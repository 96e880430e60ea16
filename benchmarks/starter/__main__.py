"""``python -m benchmarks.starter``: measure which translations of the starter lexicon a dictionary confirms."""

from __future__ import annotations

import functools
import sys

from benchmarks.common import freedict, parts
from benchmarks.common.parts import Benchmark, Option, Step
from benchmarks.common.processes import Row
from benchmarks.starter import measure, report
from lexswitch import Lexicon


def _steps(_: bool) -> list[Step]:
    return [functools.partial(_row, language) for language in freedict.LANGUAGES]


def _row(language: str) -> list[Row]:
    return [measure.measure(language)]


def _print_unconfirmed(language: str) -> int:
    for english, translation in measure.unconfirmed(language):
        print(f"{english}\t{translation}")
    return 0


_UNCONFIRMED = {"choices": freedict.LANGUAGES, "help": "measure nothing; print the pairs that are not confirmed"}
BENCHMARK = Benchmark(
    "starter",
    "Measure which translations of the starter lexicon a dictionary confirms.",
    {"dictionaries": _steps},
    report.markdown,
    library=("lexicon",),
    describe=lambda _: {"lexicon": Lexicon.starter().signature},
    missed=report.missed,
    options=[Option("--unconfirmed", _print_unconfirmed, _UNCONFIRMED)],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
