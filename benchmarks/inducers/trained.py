"""Word vectors that are trained on `corpora` with several seeds; ``python -m benchmarks.inducers.trained`` trains all.

One thread trains a language, so that a seed always gives the same vectors. Two processes run side by side.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch, files
from benchmarks.inducers import corpora

SEEDS = (0, 1, 2, 3, 4)
SETTINGS = {"dimensions": 200, "epochs": 10, "window": 5, "min_count": 5}  # chosen with seed 100, which is not reported
EPOCHS = {"de": 20}  # German has the least text by far

_VERSION = 1  # version of cached files, beyond settings and corpus
_PROCESSES = 2
_THREADS = "OMP_NUM_THREADS"  # one core for each process

Task = tuple[str, str, int]  # kind of corpus, language, seed


def vectors(kind: str, language: str, seed: int) -> tuple[list[str], np.ndarray]:
    """Return words, the most frequent first, and their float32 vectors. They are trained once, then read.

    Parameters
    ----------
    kind, language
        As in `corpora.paragraphs_file`.
    seed
        Any seed; `SEEDS` are reported.
    """
    words, matrix = _cached(kind, language, seed)
    if not matrix.exists():
        with files.locked(matrix.with_suffix(".lock")):
            if not matrix.exists():
                _train(kind, language, seed, words, matrix)
    return files.read_lines(words), np.load(matrix, allow_pickle=False)


def train_all(tasks: Iterable[Task]) -> None:
    """Train missing vectors, two at a time, the longest training first."""
    waiting = [task for task in tasks if not _cached(*task)[1].exists()]
    waiting.sort(key=lambda task: -corpora.paragraphs_file(task[1], task[0]).stat().st_size)
    if not waiting:
        return
    os.environ.setdefault(_THREADS, "1")  # for child processes, before they import NumPy
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for task in pool.map(_trained, waiting):
            print("trained", *task, file=sys.stderr, flush=True)


def _trained(task: Task) -> Task:
    vectors(*task)
    return task


def _train(kind: str, language: str, seed: int, words: Path, matrix: Path) -> None:
    from lexswitch.inducers.embeddings.training import train_vectors

    start = time.process_time()
    settings: dict[str, Any] = {**_settings(language), "seed": seed}
    trained = train_vectors(corpora.paragraphs_file(language, kind), **settings)
    print(f"{kind} {language} {seed}: {time.process_time() - start:.0f} s of one core", file=sys.stderr, flush=True)
    files.write_bytes(words, "".join(f"{word}\n" for word in trained.words).encode())
    files.write_array(matrix, trained.matrix)  # written last, so that the words exist if it exists


def _settings(language: str) -> dict[str, int]:
    return {**SETTINGS, "epochs": EPOCHS.get(language, SETTINGS["epochs"])}


def _cached(kind: str, language: str, seed: int) -> tuple[Path, Path]:
    corpus = corpora.paragraphs_file(language, kind).name  # contains a digest of the corpus
    recipe = repr((_VERSION, corpus, metadata.version("gensim"), sorted(_settings(language).items())))
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    base = fetch.cache_folder() / "vectors" / f"fasttext-{kind}-{language}-{seed}-{digest}"
    return base.with_suffix(".txt"), base.with_suffix(".npy")


if __name__ == "__main__":
    train_all((kind, language, seed) for kind in corpora.KINDS for seed in SEEDS for language in corpora.LANGUAGES)
