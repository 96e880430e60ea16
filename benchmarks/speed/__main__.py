"""``python -m benchmarks.speed``: measure how fast lexswitch is, compared with other methods."""

from __future__ import annotations

import functools
import sys

import lexswitch
from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Results, Step
from benchmarks.speed import lexicons, measure, report, sweeps
from benchmarks.speed.competitors import COMPETITORS, P
from benchmarks.speed.measure import FULL, QUICK


def _steps(name: str, quick: bool) -> list[Step]:
    return [functools.partial(sweeps.STAGES[name], QUICK if quick else FULL)]


def _describe(quick: bool) -> Results:
    """Return what is switched, and with which lexicon."""
    texts, lexicon = sweeps.english(QUICK if quick else FULL), lexicons.real()
    return {
        "switcher": lexswitch.CodeSwitcher(lexicon, p=P).signature,
        "texts": {"paragraphs": len(texts), "words": measure.count_words(texts)},
        "lexicon": {
            "terms": len(lexicon),
            "pairs": lexicon.num_pairs,
            "languages": lexicon.languages,
            "coverage": round(lexicon.coverage(texts), 4),
        },
    }


def _plot(_: bool) -> int:
    report.plot(BENCHMARK.newest())
    return 0


BENCHMARK = Benchmark(
    "speed",
    "Measure how fast lexswitch is, compared with other methods.",
    {name: functools.partial(_steps, name) for name in sweeps.STAGES},
    report.markdown,
    quick="take about a minute: fewer texts, smaller lexicons, shorter passes",
    packages=["numpy", *sorted({one.package for one in COMPETITORS if one.package} - {"numpy"})],
    describe=_describe,
    options=[Option("--plot", _plot, {"action": "store_true", "help": "measure nothing; draw docs/speed.png"})],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
