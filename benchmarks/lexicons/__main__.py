"""``python -m benchmarks.lexicons``: measure lexicons: speed, size, safety, quality."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Step
from benchmarks.common.processes import Row
from benchmarks.lexicons import dictionaries, everything, kills, pivot, report, sharing, speed
from benchmarks.lexicons.measure import FULL, QUICK, Effort

_PARTS: dict[str, Callable[[Effort], list[Row]]] = {
    "dictionaries": dictionaries.dictionaries,
    "pivot": pivot.pivot,
    "reading": speed.reading,
    "keeping": speed.keeping,
    "sharing": sharing.sharing,
    "kills": kills.kills,
}
_EVERYTHING = (
    "read every public dictionary, or those with NAME in their names, and compare with a plain parse of each; "
    "the exit code is 1 if one loses more than 2 %% of its pairs without a known reason"
)


def _steps(name: str, quick: bool) -> list[Step]:
    return [functools.partial(_PARTS[name], QUICK if quick else FULL)]


def _save(path: str) -> int:
    print(dictionaries.save(path))
    return 0


BENCHMARK = Benchmark(
    "lexicons",
    "Measure lexicons: speed, size, safety, quality.",
    {name: functools.partial(_steps, name) for name in _PARTS},
    report.markdown,
    quick="take a few minutes: fewer pairs, rounds and kills",
    packages=("lexswitch", "numpy", "lmdb", "marisa-trie", "pandas"),
    describe=lambda _: {"lexicon": dictionaries.everything().signature},
    options=[
        Option("--output", _save, {"metavar": "PATH", "help": "measure nothing; save the lexicon of all dictionaries"}),
        Option("--everything", everything.run, {"metavar": "NAME", "nargs": "*", "help": _EVERYTHING}),
    ],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
