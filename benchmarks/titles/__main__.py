"""``python -m benchmarks.titles``: measure lexicons from the titles of Wikipedia."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Step, in_process
from benchmarks.common.processes import Row
from benchmarks.titles import measure, report

_ROUNDS = 3


def _small(quick: bool) -> int:
    return 10_000 if quick else 100_000


def _read(read: Callable[[int, str], Row], methods: Sequence[str], quick: bool) -> list[Step]:
    """Return steps for one part. Methods take turns, so that a slow moment of the machine affects all of them."""
    rounds = range(1 if quick else _ROUNDS)
    return [in_process(read, _small(quick), method) for _ in rounds for method in methods]


def _memory(quick: bool) -> list[Step]:
    large = 20_000 if quick else 1_000_000
    cases = ((_small(quick), "JSON"), (_small(quick), "SQL"), (large, "JSON"))
    return [in_process(measure.memory, count, kind) for count, kind in cases]


BENCHMARK = Benchmark(
    "titles",
    "Measure lexicons from the titles of Wikipedia: time and memory.",
    {
        "json": functools.partial(_read, measure.read_json, measure.json_methods()),
        "sql": functools.partial(_read, measure.read_sql, measure.sql_methods()),
        "memory": _memory,
    },
    report.markdown,
    quick="take a minute: smaller dumps, one round",
    packages=("numpy", "orjson", "qwikidata", "mwsql", "pycountry"),
    library=("inducers/titles",),
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
