"""``python -m benchmarks.speed``: measure how fast lexswitch is, compared with other methods."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence

from benchmarks.common import parts
from benchmarks.common.engines import switcher_with
from benchmarks.common.parts import Benchmark, Option, Results, Step
from benchmarks.speed import chart, instructions, lexicons, measure, methods, report, sweeps
from benchmarks.speed.competitors import COMPETITORS, P
from benchmarks.speed.measure import FULL, QUICK, Effort


def _sweep(name: str, effort: Effort) -> list[Step]:
    return [functools.partial(sweeps.STAGES[name], effort)]


_STEPS: dict[str, Callable[[Effort], Sequence[Step]]] = {
    "methods": methods.steps,
    **{name: functools.partial(_sweep, name) for name in sweeps.STAGES},
    "instructions": instructions.steps,
}


def _steps(name: str, quick: bool) -> Sequence[Step]:
    return _STEPS[name](QUICK if quick else FULL)


def _describe(quick: bool) -> Results:
    """Return what is switched, and with which lexicons."""
    effort = QUICK if quick else FULL
    texts = {name: read()[: effort.texts] for name, read in lexicons.TEXTS.items()}
    described = {name: load() for name, load in lexicons.LEXICONS.items()}
    switcher = switcher_with("c", described[lexicons.REAL], p=P)
    return {
        "switcher": switcher.signature,
        "texts": {name: {"count": len(each), "words": measure.count_words(each)} for name, each in texts.items()},
        "lexicons": {
            name: {
                "terms": len(lexicon),
                "pairs": lexicon.num_pairs,
                "coverage": {source: round(lexicon.coverage(each), 4) for source, each in texts.items()},
            }
            for name, lexicon in described.items()
        },
    }


def _plot(_: bool) -> int:
    chart.draw(BENCHMARK.newest())
    return 0


BENCHMARK = Benchmark(
    "speed",
    "Measure how fast lexswitch is, compared with other methods.",
    {name: functools.partial(_steps, name) for name in _STEPS},
    report.markdown,
    quick="take a few minutes: fewer texts, smaller lexicons, shorter passes",
    packages=["numpy", *sorted({one.package for one in COMPETITORS if one.package} - {"numpy"})],
    describe=_describe,
    side_by_side={"instructions": 2},
    options=[
        Option(
            "--plot",
            _plot,
            {"action": "store_true", "help": "measure nothing; draw docs/speed.png and write the figures of README.md"},
        )
    ],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
