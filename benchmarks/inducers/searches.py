"""Parts "csls", "retrieval" and "reading": speed and memory, compared with other libraries."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inducers.measure import Row, Task, measured
from lexswitch.inducers.embeddings import Vectors, retrieve

_DIMENSIONS = 300
_BLOCK = (2048, 4096)


def unit_rows(count: int, seed: int) -> np.ndarray:
    """Return random unit vectors."""
    matrix = np.random.default_rng(seed).standard_normal((count, _DIMENSIONS), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix


def csls(quick: bool) -> list[Task]:
    """Return the task that compares CSLS with bare products."""
    return [(csls_of, (20_000 if quick else 200_000,))]


def csls_of(words: int) -> Row:
    """Measure bare products and CSLS of the same blocks, and compare CSLS of 5,000 words with a plain version."""
    source, target = unit_rows(words, 0), unit_rows(words, 1)
    start = time.perf_counter()
    _products(source, target)
    bare = time.perf_counter() - start
    _, cost = measured(lambda: retrieve(source, target, "csls", progress=False))
    start = time.perf_counter()
    _products(source, target)
    bare = (bare + time.perf_counter() - start) / 2  # before and after, because the speed of the machine varies
    return {
        "words": words,
        "sgemm_seconds": round(bare, 1),
        "ratio": round(cost["seconds"] / bare, 3),
        **cost,
    } | _equal(source[:5000], target[:5000])


def _products(source: np.ndarray, target: np.ndarray) -> None:
    rows, columns = _BLOCK
    buffer = np.empty(rows * columns, dtype=np.float32)
    for first in range(0, len(source), rows):
        block = source[first : first + rows]
        for start in range(0, len(target), columns):
            part = target[start : start + columns]
            np.dot(block, part.T, out=buffer[: len(block) * len(part)].reshape(len(block), len(part)))


def _equal(source: np.ndarray, target: np.ndarray) -> Row:
    """Compare the best translations and scores with CSLS computed from its equation in float64."""
    cosines = source.astype(np.float64) @ target.T.astype(np.float64)
    of_sources, of_targets = np.sort(cosines, axis=1)[:, -10:].mean(axis=1), np.sort(cosines, axis=0)[-10:].mean(axis=0)
    scores = 2 * cosines - of_sources[:, None] - of_targets
    found = retrieve(source, target, "csls", progress=False).forward
    differing = int((found.ids[:, 0] != scores.argmax(axis=1)).sum())
    distance = float(np.abs(found.scores[:, 0] - scores.max(axis=1)).max())
    return {"compared_words": len(source), "differing": differing, "greatest_difference": float(f"{distance:.2g}")}


def retrieval(quick: bool) -> list[Task]:
    """Return tasks for CSLS by several libraries."""
    sizes = (5_000,) if quick else (20_000, 50_000)
    return [(retrieval_of, (size, name)) for size in sizes for name in _SEARCHERS]


def retrieval_of(words: int, name: str) -> Row:
    """Measure one library, for some number of words."""
    source, target = unit_rows(words, 0), unit_rows(words, 1)
    ids, cost = measured(lambda: _SEARCHERS[name](source, target))
    exact = retrieve(source, target, "csls", progress=False).forward.ids[:, 0]
    return {"method": name, "words": words, **cost, "same": round(float((ids == exact).mean()), 4)}


def _ours(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    return retrieve(source, target, "csls", progress=False).forward.ids[:, 0]


def _by_searches(search: Any, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return CSLS by three searches: in the last one, an added column subtracts the mean similarity of the targets."""
    of_targets = search(source, target, 10)[0].mean(axis=1)
    search(target, source, 10)  # the mean similarity of the sources, which does not affect the ranking
    queries = np.column_stack([2 * source, np.ones(len(source), np.float32)])
    items = np.column_stack([target, -of_targets])
    return search(items.astype(np.float32), queries.astype(np.float32), 1)[1][:, 0]


def _faiss(items: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    import faiss

    index = faiss.IndexFlatIP(items.shape[1])
    index.add(np.ascontiguousarray(items))
    return index.search(np.ascontiguousarray(queries), k)


def _hnswlib(items: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    import hnswlib

    index = hnswlib.Index(space="ip", dim=items.shape[1])
    index.init_index(max_elements=len(items), ef_construction=100, M=16)
    index.add_items(items)
    index.set_ef(50)
    ids, distances = index.knn_query(queries, k=k)
    return 1 - distances, ids.astype(np.int64)


_SEARCHERS = {
    "lexswitch": _ours,
    "faiss IndexFlatIP": lambda source, target: _by_searches(_faiss, source, target),
    "hnswlib": lambda source, target: _by_searches(_hnswlib, source, target),
}


def reading(quick: bool) -> list[Task]:
    """Return tasks for readers of a text file of vectors."""
    return [(read, (20_000 if quick else 200_000, name)) for name in _READERS]


def _write(path: str, words: int) -> None:
    random = np.random.default_rng(0)
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{words} {_DIMENSIONS}\n")
        for first in range(0, words, 1000):
            rows = (random.standard_normal((min(1000, words - first), _DIMENSIONS)) / 17).tolist()
            line = "w%d" + " %.5f" * _DIMENSIONS + "\n"
            file.write("".join(line % (first + number, *row) for number, row in enumerate(rows)))


def read(words: int, name: str) -> Row:
    """Measure one reader; the sum shows whether all read the same numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "vectors.vec"))
        _write(path, words)  # also fills the page cache
        size = Path(path).stat().st_size
        matrix, cost = measured(lambda: _READERS[name](path))
    return {"method": name, "words": words, "bytes": size, **cost, "sum": float(matrix.sum(dtype=np.float64))}


def _gensim(path: str) -> np.ndarray:
    from gensim.models import KeyedVectors

    return KeyedVectors.load_word2vec_format(path, binary=False).vectors


def _pandas(path: str) -> np.ndarray:
    import pandas as pd

    table = pd.read_csv(path, sep=" ", skiprows=1, header=None, quoting=3, dtype={0: str}, na_filter=False)
    return table.iloc[:, 1:].to_numpy(dtype=np.float32)


_READERS = {
    "lexswitch": lambda path: Vectors.read(path, progress=False).matrix,
    "gensim load_word2vec_format": _gensim,
    "pandas read_csv": _pandas,
}
