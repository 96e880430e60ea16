"""``python -m benchmarks.integrations``: measure the hooks for other libraries."""

from __future__ import annotations

import sys

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Step, in_process
from benchmarks.integrations import loaders, measure, report
from lexswitch import CodeSwitcher, Lexicon


def _count(quick: bool) -> int:
    return 10_000 if quick else 100_000


def _hooks(quick: bool) -> list[Step]:
    count = _count(quick)
    datasets = [(method, workers) for method in ("map_dataset", "map") for workers in (1, 2)]
    return [
        in_process(measure.columns, count),
        in_process(measure.arrow, count),
        *(in_process(measure.huggingface, count, *each) for each in datasets),
        *(in_process(measure.torch, count, workers) for workers in (0, 2)),
        *(in_process(measure.spark, count, partitions) for partitions in (1, 16)),
        in_process(measure.on_ray, count),
    ]


def _loaders(quick: bool) -> list[Step]:
    effort = (640, 5) if quick else (3200, 11)
    columns = (measure.COLUMNS[:1], measure.COLUMNS)
    return [
        in_process(loaders.compare, name, each, *effort)
        for name in (loaders.STARTER, loaders.FREEDICT)
        for each in columns
    ]


def _arrow(quick: bool) -> list[Step]:
    return [in_process(measure.arrow_against_lists, _count(quick), column) for column in measure.COLUMNS]


def _memory(quick: bool) -> list[Step]:
    return [in_process(measure.worker_memory, 10 * _count(quick), workers) for workers in (1, 2)]


def _entities(quick: bool) -> list[Step]:
    return [in_process(measure.entity_texts, inside) for inside in ("whole", "units", "nothing")]


def _file(quick: bool) -> list[Step]:
    return [in_process(measure.big_file, 100_000 if quick else 5_000_000, 2, 5)]


BENCHMARK = Benchmark(
    "integrations",
    "Measure the hooks for other libraries: rows per second, memory of workers, large files.",
    {"hooks": _hooks, "loaders": _loaders, "arrow": _arrow, "memory": _memory, "entities": _entities, "file": _file},
    report.markdown,
    quick="take some minutes: fewer rows and pairs",
    packages=("numpy", "pyarrow", "pandas", "polars", "datasets", "torch", "pyspark", "ray"),
    describe=lambda _: {"signature": CodeSwitcher(Lexicon.starter(), measure.LANGUAGES).signature},
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
