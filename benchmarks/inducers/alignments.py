"""Parts "rotated" and "trained": methods of aligning two spaces, with precision, time and memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.inducers import spaces, trained
from benchmarks.inducers.measure import Row, Task, divided, measured, precision, rows_of
from lexswitch.inducers.embeddings import Aligned, NoAlignment, Procrustes, Retrieval, VecMap, calibrate, retrieve

SEEDS = 1_000
SHARED = "one space, as it was"
_KIND = "apart"  # English and the other languages come from different documents
WEIGHTS_SHOWN = (SHARED, "VecMap, no seeds")
"""Methods whose weights are compared with precision."""
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

Matrix = np.ndarray
Aligner = Callable[[Matrix, Matrix, np.ndarray], Aligned]


def _scipy(source: Matrix, target: Matrix, seeds: np.ndarray) -> Aligned:
    from scipy.linalg import orthogonal_procrustes

    source, target = _unit(source), _unit(target)
    turn, _ = orthogonal_procrustes(source[seeds[:, 0]], target[seeds[:, 1]])
    return Aligned(source @ turn, target, {})


def _gensim(source: Matrix, target: Matrix, seeds: np.ndarray) -> Aligned:
    from gensim.models import KeyedVectors, TranslationMatrix

    spaces = []
    for letter, matrix in (("s", source), ("t", target)):
        keyed = KeyedVectors(matrix.shape[1])
        keyed.add_vectors([f"{letter}{row}" for row in range(len(matrix))], matrix)
        spaces.append(keyed)
    model = TranslationMatrix(*spaces, word_pairs=[(f"s{row}", f"t{other}") for row, other in seeds.tolist()])
    turned = source @ np.asarray(model.translation_matrix, dtype=np.float32)
    return Aligned(_unit(turned), _unit(target), {})


def _unit(matrix: Matrix) -> Matrix:
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def _by(method: Procrustes | VecMap) -> Aligner:
    return lambda source, target, seeds: method.align(source, target, seeds, False)


ALIGNERS: dict[str, Aligner] = {
    SHARED: lambda source, target, _: NoAlignment().align(source, target),
    f"Procrustes, {SEEDS:,} seeds": _by(Procrustes()),
    f"Procrustes without refinement, {SEEDS:,} seeds": _by(Procrustes(0)),
    f"VecMap, {SEEDS:,} seeds": _by(VecMap()),
    f"VecMap without self-learning, {SEEDS:,} seeds": _by(VecMap(False)),
    "VecMap, no seeds": lambda source, target, _: VecMap().align(source, target, None, False),
    f"scipy orthogonal_procrustes, {SEEDS:,} seeds": _scipy,
    f"gensim TranslationMatrix, {SEEDS:,} seeds": _gensim,
}
_ROTATED = [name for name in ALIGNERS if not name.startswith("VecMap, 1")]
"""Self-learning takes as long with seeds as without; the part "trained" measures it."""
_WITHIN_WORDS = {
    "Procrustes, identical words": ("identical", Procrustes),
    "Procrustes, numerals": ("numerals", Procrustes),
    "VecMap, identical words": ("identical", VecMap),
}


def rotated(quick: bool) -> list[Task]:
    """Return tasks for the rotated spaces of the encoder: every method for every language."""
    languages, words = (spaces.TARGETS[:1], 5_000) if quick else (spaces.TARGETS, spaces.WORDS)
    return [(align_rotated, (language, name, words)) for language in languages for name in _ROTATED]


def align_rotated(language: str, name: str, words: int) -> Row:
    """Measure one method for one language."""
    source = spaces.vectors(spaces.SOURCE, words)
    target = (spaces.vectors if name == SHARED else spaces.turned)(language, words)
    vocabularies = spaces.vocabulary(spaces.SOURCE, words), spaces.vocabulary(language, words)
    rows = rows_of(spaces.gold(language), *vocabularies)
    return {"language": language, **_aligned(name, ALIGNERS[name], source, target, rows)}


def trained_apart(quick: bool) -> list[Task]:
    """Return tasks for spaces that are trained on different text: every method, two languages, five seeds."""
    seeds = trained.SEEDS[:1] if quick else trained.SEEDS
    trained.train_all((_KIND, language, seed) for seed in seeds for language in ("en", "de", "it"))
    names = [name for name in (*ALIGNERS, *_WITHIN_WORDS) if name != SHARED]
    return [(align_trained, (language, seed, name)) for seed in seeds for language in ("de", "it") for name in names]


def align_trained(language: str, seed: int, name: str) -> Row:
    """Measure one method for one language and seed."""
    (words, source), (others, target) = (trained.vectors(_KIND, code, seed) for code in ("en", language))
    rows = rows_of(spaces.gold(language), words, others)
    aligner = ALIGNERS.get(name) or _with_words(name, words, others)
    return {"language": language, "seed": seed, **_aligned(name, aligner, source, target, rows)}


def _with_words(name: str, words: Sequence[str], others: Sequence[str]) -> Aligner:
    """Return a method whose seeds are words with the same spelling."""
    seeds, method = _WITHIN_WORDS[name]
    row_of = {word: row for row, word in enumerate(others)}
    alike = [(row, row_of[word]) for row, word in enumerate(words) if word in row_of]
    pairs = [(row, other) for row, other in alike if seeds == "identical" or words[row].isdecimal()]
    found = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return lambda source, target, _: method().align(source, target, found, False)


def _aligned(name: str, aligner: Aligner, source: Matrix, target: Matrix, rows: list[tuple[int, int]]) -> Row:
    seeds, gold = divided(rows, min(SEEDS, len({row for row, _ in rows}) // 2))
    row: Row = {"method": name, "words": [len(source), len(target)], "seeds": len(seeds), "gold_words": len(gold)}
    aligned, cost = measured(lambda: aligner(source, target, seeds))
    found = retrieve(aligned.source, aligned.target, "csls", 5, progress=False)
    record = {"failed": aligned.record["failed"]} if "failed" in aligned.record else {}
    shares = {f"precision@{k}": round(precision(found.forward.ids, gold, k), 4) for k in (1, 5)}
    weights = {"by_weight": _by_weight(found, gold)} if name in WEIGHTS_SHOWN else {}
    return row | shares | cost | record | weights


def _by_weight(found: Retrieval, gold: dict[int, set[int]]) -> list[list[float]]:
    """Return mean weight, precision at 1 and number of words for bins of the weight of first candidates."""
    ids = found.forward.ids
    returns = found.backward.ids[ids[:, 0], 0] == np.arange(len(ids))
    weights = calibrate(found.forward.scores[:, 0], returns)
    words = np.array(sorted(gold))
    right = np.array([int(ids[row, 0]) in gold[row] for row in words.tolist()])
    bins = np.digitize(weights[words], BINS[1:-1])
    parts = [bins == number for number in range(len(BINS) - 1)]
    return [
        [round(float(weights[words][part].mean()), 3), round(float(right[part].mean()), 3), int(part.sum())]
        if part.any()
        else [0.0, 0.0, 0]
        for part in parts
    ]
