"""Translation retrieval: the target words with the best scores for each source word, exact and in bounded memory.

Every method scores a pair by its cosine minus a penalty of the target word. The returned score also subtracts one of
the source word, which does not change the ranking. One pass over all similarities keeps the most similar words of each
word in both directions. It finds the penalties and nearly all translations. For some words the kept neighbours do not
prove which translation is best; for these a second pass computes all similarities again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..._io.checkpoint import Checkpoint
from ..._io.progress import progress_bar
from ...checks import check_choice, check_number, whole_number
from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32, Indices, Ints32
from .neighbours import BLOCK_ROWS, Tiles, TopLists, search

METHODS = ("nearest", "csls", "inverted-softmax")

# Number of neighbours kept beyond those needed, so that they prove which translations are best.
_SPARE = 22
# Number of blocks between two checkpoints: some seconds of work with 200,000 words.
_BLOCKS_SAVED = 8


class Retrieved(NamedTuple):
    """The best translations of each word, the best first; arrays of shape (words, top_k)."""

    ids: Ints32
    """Rows of the other matrix; -1 if it has too few."""
    scores: Floats32
    """Cosine for "nearest", CSLS, or the logarithm of the inverted softmax."""
    similarities: Floats32
    """Cosines."""


class Retrieval(NamedTuple):
    """The best translations in both directions."""

    forward: Retrieved
    """For each source word."""
    backward: Retrieved
    """For each target word."""


class _Scoring(NamedTuple):
    """The terms of a score: scale * (cosine - penalty of the translation) - offset of the word."""

    scale: float
    penalties: Floats32
    offsets: Floats32 | float


def retrieve(
    source: Floats32,
    target: Floats32,
    method: str = "csls",
    top_k: int = 1,
    neighbours: int = 10,
    temperature: float = 1 / 30,
    checkpoint: Path | None = None,
    progress: bool = True,
) -> Retrieval:
    """Find the best translations of each word by exact search over all pairs.

    The search needs about 1 kB of memory per word of either language, besides the two matrices.

    Parameters
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length in one shared space.
    method : {"csls", "nearest", "inverted-softmax"}, default "csls"
        CSLS: 2 cos(x, y) - r(x) - r(y), where r is the mean cosine to the `neighbours` most similar words of the other
        language (Conneau et al., 2018, equation 4). Nearest: cos(x, y). Inverted softmax: the logarithm of
        exp(cos(x, y) / T) / sum over x' of exp(cos(x', y) / T) (Smith et al., 2017, equation 6).
    top_k : int, default 1
        Number of translations per word.
    neighbours : int, default 10
        Number of neighbours for CSLS.
    temperature : float, default 1/30
        T of the inverted softmax.
    checkpoint : Path, optional
        File to which the state is saved after every 16,384 words. A repeated run resumes from there.
    progress : bool, default True
        Whether to show progress on standard error, if that is a terminal.

    Raises
    ------
    TypeError, ValueError
        If an option is not valid. The message names it, its value and what is allowed.
    LexiconError
        If the matrices have different numbers of columns, or fewer rows than `neighbours` or `top_k`.
    """
    check_choice("method", method, METHODS)
    top_k = whole_number("top_k", top_k, 1, 1 << 16)
    neighbours = whole_number("neighbours", neighbours, 1, 1 << 16) if method == "csls" else 1
    temperature = check_number("temperature", temperature, 1e-6, 1e6, "a number from 1e-06 to 1e+06")
    _check(source, target, top_k, neighbours)
    keep = max(top_k, neighbours) + _SPARE
    signature = f"{_hash(source)}-{_hash(target)}-{keep}"
    forward, backward = _most_similar(source, target, keep, Checkpoint(checkpoint, signature), progress)
    if method == "inverted-softmax":
        source_masses, target_masses = _log_masses(source, target, temperature, progress)
        scale = 1 / temperature
        scorings = _Scoring(scale, target_masses, 0), _Scoring(scale, source_masses, 0)
    elif method == "csls":
        r_source, r_target = (similarities[:, :neighbours].mean(axis=1) for _, similarities in (forward, backward))
        scorings = _Scoring(2, r_target / 2, r_source), _Scoring(2, r_source / 2, r_target)
    else:
        zeros = np.zeros(max(len(source), len(target)), dtype=np.float32)
        scorings = _Scoring(1, zeros, 0), _Scoring(1, zeros, 0)
    return Retrieval(
        _best(source, target, *forward, scorings[0], top_k, progress),
        _best(target, source, *backward, scorings[1], top_k, progress),
    )


def _check(source: Floats32, target: Floats32, top_k: int, neighbours: int) -> None:
    if source.shape[1] != target.shape[1]:
        raise LexiconError(
            f"source has {source.shape[1]} dimensions, target has {target.shape[1]}; align them into one space first"
        )
    for name, matrix in (("source", source), ("target", target)):
        if len(matrix) < top_k:
            raise LexiconError(
                f"{name} has {len(matrix)} words, fewer than top_k ({top_k}); choose {len(matrix)} or less"
            )
        if len(matrix) < neighbours:
            raise LexiconError(
                f"{name} has {len(matrix)} words, but CSLS compares each word with {neighbours} neighbours; pass "
                "vectors of more words, or rank by cosine alone with 'nearest'"
            )


def _hash(matrix: Floats32) -> str:
    import hashlib

    return hashlib.sha256(np.ascontiguousarray(matrix).data).hexdigest()


def _most_similar(
    source: Floats32, target: Floats32, keep: int, checkpoint: Checkpoint, progress: bool
) -> tuple[tuple[Ints32, Floats32], tuple[Ints32, Floats32]]:
    """Return, for each source and each target word, ids and cosines of the most similar words of the other language."""
    forward, backward = TopLists.empty(len(source), keep), TopLists.empty(len(target), keep)
    state: dict[str, npt.NDArray[Any]] = {
        "forward": forward.keys,
        "backward": backward.keys,
        "forward_least": forward.least,
        "backward_least": backward.least,
    }
    tiles = Tiles(target)
    done = checkpoint.load_into(state) or 0
    with progress_bar(len(source), "similarities", " words", progress, done) as bar:
        for rows in blocks(len(source), BLOCK_ROWS):
            if rows.start < done:
                continue
            search(tiles, source[rows], forward[rows], backward, rows.start)
            bar.update(rows.stop - rows.start)
            if rows.stop // BLOCK_ROWS % _BLOCKS_SAVED == 0:
                checkpoint.save(state, rows.stop)
    return forward.sorted(), backward.sorted()


def _log_masses(source: Floats32, target: Floats32, temperature: float, progress: bool) -> tuple[Floats32, Floats32]:
    """Return T log sum exp(cosine / T) over the other language, for each source and each target word."""
    source_sums, target_sums = np.zeros(len(source)), np.zeros(len(target))
    tiles = Tiles(target)
    with progress_bar(len(source), "softmax", " words", progress) as bar:
        for rows in blocks(len(source), BLOCK_ROWS):
            for columns, tile in tiles.of(source[rows]):
                tile -= 1  # so that exp does not overflow
                np.exp(np.divide(tile, np.float32(temperature), out=tile), out=tile)
                source_sums[rows] += tile.sum(axis=1)[: rows.stop - rows.start]
                target_sums[columns] += tile.sum(axis=0)
            bar.update(rows.stop - rows.start)
    least = np.finfo(np.float32).tiny
    logs = (1 + temperature * np.log(np.maximum(sums, least)) for sums in (source_sums, target_sums))
    first, second = (log.astype(np.float32) for log in logs)
    return first, second


def _best(
    words: Floats32,
    others: Floats32,
    ids: Ints32,
    similarities: Floats32,
    scoring: _Scoring,
    top_k: int,
    progress: bool,
) -> Retrieved:
    """Return the best translations: among the most similar words if these prove which are best, else among all."""
    values = similarities - scoring.penalties[ids]
    order = np.lexsort((ids, -values), axis=1)[:, :top_k]
    ids_best, values_best = np.take_along_axis(ids, order, axis=1), np.take_along_axis(values, order, axis=1)
    # Bound on the words that were not kept: the least kept similarity minus the least penalty.
    limit = similarities[:, -1] - scoring.penalties[: len(others)].min()
    unproven = np.flatnonzero(~(values_best[:, -1] > limit))
    if len(others) > ids.shape[1] and len(unproven):
        found = _search_scores(words, others, unproven, scoring.penalties, top_k, progress)
        ids_best[unproven], values_best[unproven] = found
    offsets = np.broadcast_to(np.float32(scoring.offsets), len(words))[:, None]
    return Retrieved(
        ids_best,
        np.float32(scoring.scale) * values_best - offsets,
        values_best + scoring.penalties[ids_best],
    )


def _search_scores(
    words: Floats32, others: Floats32, rows: Indices, penalties: Floats32, top_k: int, progress: bool
) -> tuple[Ints32, Floats32]:
    """Return ids and penalised cosines of the best translations of some words, from all pairs."""
    tiles, best = Tiles(others, penalties), TopLists.empty(len(rows), top_k)
    with progress_bar(len(rows), "close calls", " words", progress) as bar:
        for part in blocks(len(rows), BLOCK_ROWS):
            search(tiles, words[rows[part]], best[part])
            bar.update(part.stop - part.start)
    return best.sorted()
