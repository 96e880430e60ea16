"""VecMap: alignment by whitening, orthogonal maps, re-weighting and de-whitening, with self-learning.

Artetxe, Labaka and Agirre (2018a), "Generalizing and improving bilingual word embedding mappings with a multi-step
framework of linear transformations"; (2018b), "A robust self-learning method for fully unsupervised cross-lingual
mappings of word embeddings". Differences from their method are marked as our own.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...checks import check_choice, check_flag, check_number, whole_number
from ...errors import LexiconError
from .alignment import (
    NORMALISATIONS,
    Aligned,
    Iterations,
    check_spaces,
    maps_of_pairs,
    normalise,
    project,
)
from .alignment_checks import LEAST_SEEDS, share_of_seeds
from .arrays import Floats32, Indices, unit_rows
from .dictionary import Dictionary, induce, induce_with_dropout

_WORDS = 4_000
"""Number of the most frequent words in self-learning, except in its last dictionary."""
_KEEP = 0.1
"""First probability that a candidate is kept; it doubles, up to 1, each time the objective stops growing."""
_PATIENCE = 4
_BETTER = 3e-4
"""The objective has stopped growing if `_PATIENCE` dictionaries have not added `_BETTER` to it; less is noise."""
_STARTS = (4_000, 2_000, 1_500, 1_000)
"""Numbers of words in the first dictionary, tried in turn; which one works depends on the languages."""
_RESTARTS = 2
_RESTART_PAIRS = 30
_AGREEMENT = 0.3
"""Least share of words with the same counterpart in two runs without seeds.

Measured on the vectors of ``benchmarks/inducers``: at least .73 in Italian (five trainings) and for seven languages of
the encoder. In German, from little text, .04 to .06 with precision@1 below .02 (three trainings), and .16 and .18 with
.065 (two trainings; with seeds precision is .115). Unrelated artificial vectors of 40 dimensions agreed on .11 of 1,000
words but on .34 of 400, so a failure with few words may go unnoticed.
"""
_POINTS = 1_000
_PRIOR = 0.15
_FIRST_RANKS = 20.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VecMap:
    """VecMap: supervised, semi-supervised or without seeds.

    Without seeds, self-learning starts from words whose similarities to the other words of their language are alike
    (2018b, section 3.1). With seeds, it starts from the seeds. Without self-learning, only the seeds are used.

    Self-learning may end in a wrong map whose objective is as good as that of the right one. Our own addition, without
    seeds: it starts again from 30 of the pairs that it found. A right map is found again, a wrong one is not. If it is
    not, the next try starts with fewer words. The map with the best objective is kept. ``record["agreement"]`` is the
    share of words with the same counterpart in two runs. If it is below .3, ``record["failed"]`` is true, and the pairs
    are most probably not translations.

    With seeds, self-learning runs twice with different draws, and the run with the better objective is kept. It uses
    the seeds only to start, so they test the map: ``record["seeds_found"]`` is the share that the map finds (see
    `share_of_seeds`). If it is below .05, ``record["failed"]`` is true. The second run starts from the seeds too. A run
    from 30 found pairs instead agreed as well with the first: on .388 of the words (from the seeds .396) in
    English-German and on .800 (.809) in English-Italian. Data: skip-gram vectors of 100 dimensions, 1,000 and 519 seed
    words, one training each.

    Parameters
    ----------
    self_learning : bool, default True
        Whether to induce dictionaries and learn from them, in turn, until the objective stops growing.
    reweight : float, default 0.5
        Exponent of the singular values that re-weight each space (2018a, section 3.4); 0 does not re-weight.
    max_words : int, default 8000
        Number of the most frequent words of each language in the last dictionary; rarer ones have worse vectors.
    seed : int, default 0
        Random seed, from 0 to 2**64 - 1.
    normalisation : {"centre", "unit"}, default "centre"
        See `normalise`.
    """

    self_learning: bool = True
    reweight: float = 0.5
    max_words: int = 8_000
    seed: int = 0
    normalisation: str = "centre"

    def __post_init__(self) -> None:
        whole_number("max_words", self.max_words, 2, 10**9)
        whole_number("seed", self.seed, 0, 2**64)
        check_choice("normalisation", self.normalisation, NORMALISATIONS)
        check_flag("self_learning", self.self_learning)
        check_number("reweight", self.reweight, 0, 1, "a number from 0 to 1")

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        """Align two spaces, from seeds or without.

        Parameters
        ----------
        source, target : float32 array of shape (words, dimensions)
            One word per row, the most frequent first.
        seeds : int array of shape (seeds, 2), optional
            Rows of words that are translations of each other.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Returns
        -------
        Aligned
            Arrays of shape (words, dimensions of the smaller space).

        Raises
        ------
        LexiconError
            If an array has another shape or type, or has NaN, infinite values or rows of zeros; if a seed is not a row;
            or if there is no self-learning, and fewer seeds than dimensions.
        """
        check_spaces(source, target, seeds)
        source, target = normalise(source, self.normalisation), normalise(target, self.normalisation)
        record: dict[str, Any] = {"method": "vecmap", "settings": asdict(self)}
        if seeds is not None:
            record["seeds"] = len(seeds)
        if self.self_learning:
            with Iterations("self-learning", progress) as iterations:
                pairs, outcome = self._learn(source, target, seeds, iterations)
            record |= outcome
        elif seeds is None:
            raise LexiconError("seeds is None and self_learning is False; pass pairs of words, or self_learning=True")
        elif len(seeds) < (dimensions := max(source.shape[1], target.shape[1])):
            raise LexiconError(
                f"seeds has {len(seeds)} pairs, too few to whiten {dimensions} dimensions; pass more seeds or "
                "self_learning=True, or choose Procrustes"
            )
        else:
            pairs = seeds
        aligned = multi_step(source, target, pairs, self.reweight)
        if self.self_learning and seeds is not None:
            found = share_of_seeds(*aligned, seeds)
            record |= {"seeds_found": found, "failed": found < LEAST_SEEDS}
        return Aligned(*aligned, record)

    def _learn(
        self, source: Floats32, target: Floats32, seeds: Indices | None, iterations: Iterations
    ) -> tuple[Indices, dict[str, Any]]:
        """Return the pairs of the last dictionary, and their part of the record."""
        learner = _SelfLearning(source, target, self.seed, iterations)
        outcome: dict[str, Any] = {}
        if seeds is None:
            best, agreement = learner.learn_without_seeds()
            outcome = {"agreement": agreement, "failed": agreement < _AGREEMENT}
        else:
            best = learner.learn_from_seeds(seeds)
        more = source[: self.max_words], target[: self.max_words]
        found = induce(*project(*more, *maps_of_pairs(*more, best.pairs())))
        iterations.report(found.objective)
        runs = {"runs": learner.runs, "iterations": iterations.count, "objective": found.objective}
        return found.pairs(), runs | outcome


class _SelfLearning:
    """Runs of self-learning with the most frequent words."""

    def __init__(self, source: Floats32, target: Floats32, seed: int, iterations: Iterations) -> None:
        self._spaces = source, target
        self.source, self.target = source[:_WORDS], target[:_WORDS]
        self.runs = 0
        self._seed = seed
        self._iterations = iterations

    def learn_from_seeds(self, seeds: Indices) -> Dictionary:
        """Return the better of two dictionaries from the same seeds, with different draws."""
        return max(self.learn(seeds), self.learn(seeds), key=_objective)

    def learn_without_seeds(self) -> tuple[Dictionary, float]:
        """Return the best dictionary, and the share of words with the same counterpart in another run."""
        best = self.learn(self._start(_STARTS[0]))
        best, agreement = self._confirm(best)
        for size in _STARTS[1:]:
            if agreement >= _AGREEMENT:
                break
            found = self.learn(self._start(size))
            best, agreement = self._confirm(max(best, found, key=_objective))
        return best, agreement

    def _start(self, size: int) -> Indices:
        return initial_pairs(self.source[:size], self.target[:size])

    def _confirm(self, best: Dictionary) -> tuple[Dictionary, float]:
        """Return the better dictionary after another run, or after two if that was better, and the agreement."""
        for _ in range(_RESTARTS):
            latest = self.learn(self._sample(best.mutual()))
            agreement = float(np.mean(best.forward == latest.forward))
            _log.info("objectives %.4f and %.4f, agreement %.3f", best.objective, latest.objective, agreement)
            before, best = best, max(best, latest, key=_objective)
            if agreement >= _AGREEMENT or best is before:
                break
        return best, agreement

    def learn(self, pairs: Indices) -> Dictionary:
        """Return the last dictionary of a run (2018b, sections 3.2 and 3.3)."""
        bits = np.random.PCG64([self._seed, self.runs])
        self.runs += 1
        keep = _KEEP
        found = self._next(*self._spaces, pairs, bits, keep)
        best, waited = found.objective, 0
        while keep < 1 or waited < _PATIENCE:
            if waited == _PATIENCE:
                keep, waited = min(1.0, 2 * keep), 0
            found = self._next(self.source, self.target, found.pairs(), bits, keep)
            waited = 0 if found.objective > best + _BETTER else waited + 1
            best = max(best, found.objective)
        return found

    def _next(
        self, source: Floats32, target: Floats32, pairs: Indices, bits: np.random.PCG64, keep: float
    ) -> Dictionary:
        """Return the next dictionary, from pairs of rows of these matrices."""
        spaces = project(self.source, self.target, *maps_of_pairs(source, target, pairs))
        found = induce_with_dropout(*spaces, keep, bits) if keep < 1 else induce(*spaces)
        self._iterations.report(found.objective)
        return found

    def _sample(self, pairs: Indices) -> Indices:
        """Draw a few pairs at random."""
        draws = np.random.PCG64([self._seed, self.runs, 1]).random_raw(len(pairs))
        return pairs[np.argsort(draws, kind="stable")[:_RESTART_PAIRS]]


def _objective(found: Dictionary) -> float:
    return found.objective


def initial_pairs(source: Floats32, target: Floats32) -> Indices:
    """Return pairs of words whose similarities to the other words of their language are alike (2018b, section 3.1).

    The similarities of a word in (XXᵀ)^½, sorted and sampled at equally many points, are its vector in a space that
    both languages share. Our own addition: words of similar rank are preferred, because translations have similar
    frequencies. This makes two to three times as many pairs right.
    """
    count = min(len(source), len(target), _POINTS)
    spaces = _signatures(source, count), _signatures(target, count)
    return induce(*_with_ranks(*spaces)).pairs()


def _signatures(space: Floats32, count: int) -> Floats32:
    """Return the sorted similarities of each word at `count` points, centred, in unit length."""
    left, values, _ = np.linalg.svd(space, full_matrices=False)
    similarities = (left * values) @ left.T
    similarities.sort(axis=1)
    similarities = unit_rows(similarities[:, np.linspace(0, len(space) - 1, count).round().astype(np.intp)])
    return unit_rows(similarities - similarities.mean(axis=0))


def _with_ranks(source: Floats32, target: Floats32) -> tuple[Floats32, Floats32]:
    """Append columns that subtract `_PRIOR` times the squared difference of log ranks from each similarity."""
    ranks = [np.log(np.arange(len(space)) + _FIRST_RANKS) for space in (source, target)]
    ones = [np.ones(len(space)) for space in (source, target)]
    source_columns = [2 * _PRIOR * ranks[0], -_PRIOR * ranks[0] ** 2, ones[0]]
    target_columns = [ranks[1], ones[1], -_PRIOR * ranks[1] ** 2]
    spaces = np.column_stack([source, *source_columns]), np.column_stack([target, *target_columns])
    return spaces[0].astype(np.float32), spaces[1].astype(np.float32)


def multi_step(source: Floats32, target: Floats32, pairs: Indices, reweight: float) -> tuple[Floats32, Floats32]:
    """Whiten, map orthogonally, re-weight and de-whiten (2018a, steps 1 to 4), then divide by the lengths.

    X and Z are the rows of the pairs. W = (XᵀX)^-½ and W' = (ZᵀZ)^-½ are the whitening matrices. USVᵀ is the singular
    value decomposition of (X W)ᵀ(Z W'). A source row x becomes x W U S^r Uᵀ W⁻¹ U, a target row likewise with W' and V.
    """
    whitening = _Whitening(source[pairs[:, 0]]), _Whitening(target[pairs[:, 1]])
    cross = whitening[0].whiten.T @ (source[pairs[:, 0]].T @ target[pairs[:, 1]]) @ whitening[1].whiten
    left, values, right = np.linalg.svd(cross.astype(np.float64), full_matrices=False)
    weights = values**reweight
    maps = [
        side.whiten @ basis * weights @ (basis.T @ side.colour @ basis)
        for side, basis in zip(whitening, (left, right.T), strict=True)
    ]
    return unit_rows(source @ maps[0].astype(np.float32)), unit_rows(target @ maps[1].astype(np.float32))


class _Whitening:
    """The matrix that whitens rows, and its inverse."""

    def __init__(self, rows: Floats32) -> None:
        values, basis = np.linalg.eigh((rows.T @ rows).astype(np.float64))
        # Directions without variance stay unchanged.
        values = np.where(values > values[-1] * 1e-6, values, 1.0)
        self.whiten = basis * values**-0.5 @ basis.T
        self.colour = basis * values**0.5 @ basis.T
