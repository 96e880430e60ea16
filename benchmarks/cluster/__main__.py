"""``python -m benchmarks.cluster``: run Spark, Ray and distributed training on three hosts of this machine, as root."""

from __future__ import annotations

import functools
import sys

from benchmarks.cluster import measure, report
from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Step
from tests.cluster.running import Ray, Spark


def _bytes(_: bool) -> list[Step]:
    return [functools.partial(measure.same_bytes, service) for service in ("none", "Spark", "Ray", "PyTorch")]


def _rates(_: bool) -> list[Step]:
    return [functools.partial(measure.rates, service) for service in (Spark, Ray)]


def _memory(quick: bool) -> list[Step]:
    return [functools.partial(measure.memory, 10**power) for power in ((5,) if quick else (6, 7))]


BENCHMARK = Benchmark(
    "cluster",
    "Run Spark, Ray and distributed training on three hosts that are made of Linux namespaces.",
    {"bytes": _bytes, "rates": _rates, "memory": _memory},
    report.markdown,
    quick="use a small lexicon; LEXSWITCH_ROWS=100000 takes fewer rows",
    packages=("numpy", "pyarrow", "pyspark", "ray", "torch", "datasets", "accelerate", "transformers"),
    library=("integrations", "engine", "switching"),
    options=[report.PAGES],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
