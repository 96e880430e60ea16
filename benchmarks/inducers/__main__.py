"""``python -m benchmarks.inducers``: measure lexicons from word vectors."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.common import parts
from benchmarks.common.parts import Benchmark, Option, Step, in_process
from benchmarks.inducers import alignments, report, searches, spaces
from benchmarks.inducers.measure import Task
from lexswitch.inducers.embeddings import Vectors

_PARTS: dict[str, Callable[[bool], list[Task]]] = {
    "csls": searches.csls,
    "reading": searches.reading,
    "retrieval": searches.retrieval,
    "rotated": alignments.rotated,
    "trained": alignments.trained_apart,
}


def _steps(name: str) -> Callable[[bool], Sequence[Step]]:
    def steps(quick: bool) -> Sequence[Step]:
        tasks = _PARTS[name](quick)
        if name in BENCHMARK.side_by_side:
            os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core for each process
        return [in_process(function, *arguments) for function, arguments in tasks]

    return steps


def _write_vectors(folder: str) -> int:
    for language in (spaces.SOURCE, *spaces.TARGETS):
        matrix = (spaces.vectors if language == spaces.SOURCE else spaces.turned)(language)
        Vectors(spaces.vocabulary(language), matrix).save(Path(folder) / f"{language}.vec")
    return 0


_VECTORS = "measure nothing; write the encoder's vectors, each language in a separate space, as LANGUAGE.vec"
BENCHMARK = Benchmark(
    "inducers",
    "Measure lexicons from word vectors: precision, time, memory.",
    {name: _steps(name) for name in _PARTS},
    report.markdown,
    quick="take some minutes: fewer words, languages and seeds",
    packages=("numpy", "scipy", "gensim", "faiss-cpu", "hnswlib", "pandas", "torch", "wordfreq"),
    library=("inducers/embeddings",),
    side_by_side={"rotated": 2, "trained": 2},
    options=[Option("--vectors", _write_vectors, {"metavar": "FOLDER", "help": _VECTORS})],
)

if __name__ == "__main__":
    sys.exit(parts.main(BENCHMARK))
