"""VecMap: alignment by whitening, orthogonal maps, re-weighting and de-whitening, with self-learning.

Artetxe, Labaka and Agirre (2018a), "Generalizing and improving bilingual word embedding mappings with a multi-step
framework of linear transformations"; (2018b), "A robust self-learning method for fully unsupervised cross-lingual
mappings of word embeddings". What differs from their method is marked as our own.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...errors import LexiconError
from ...switching.options import check_choice, whole_number
from .alignment import (
    NORMALISATIONS,
    Aligned,
    Iterations,
    check_spaces,
    normalise,
    orthogonal_maps,
    project,
)
from .alignment_checks import LEAST_SEEDS, share_of_seeds
from .arrays import Floats32, Indices, unit_rows
from .dictionary import Dictionary, induce, induce_with_dropout

_WORDS = 4_000
"""So many of the most frequent words take part in self-learning, but for its last dictionary."""
_KEEP = 0.1
"""Probability that a candidate is kept at first; it doubles whenever the objective stands still, up to 1."""
_PATIENCE = 4
_BETTER = 3e-4
"""The objective stands still if it has not grown by `_BETTER` for `_PATIENCE` dictionaries; less is noise."""
_STARTS = (4_000, 2_000, 1_500, 1_000)
"""So many of the most frequent words the first dictionaries are of. Which will do depends on the languages."""
_RESTARTS = 2
_RESTART_PAIRS = 30
_AGREEMENT = 0.3
"""Least share of words with the same counterpart in two runs without seeds.

Measured on the vectors of ``benchmarks/inducers``: at least .73 in Italian (five trainings) and for seven languages of
the encoder. In German, from little text, .04 to .06 with precision@1 below .02 (three trainings), and .16 and .18 with
.065 (two trainings; with seeds precision is .115). Unrelated artificial vectors of 40 dimensions agreed on .11 of 1,000
words but on .34 of 400, so a failure with few words may not be noticed.
"""
_POINTS = 1_000
_PRIOR = 0.15
_FIRST_RANKS = 20.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VecMap:
    """VecMap, supervised, semi-supervised or without seeds.

    Without seeds, self-learning starts from words that are similarly similar to the other words of their language
    (2018b, section 3.1). With seeds it starts from them, and without self-learning the seeds are all there is.

    Self-learning may end in a wrong map whose objective is as good as that of a right one. Without seeds it therefore
    starts again from 30 of the pairs that it found: a right map is found again, a wrong one is not (our own). If it is
    not, the next try begins with fewer words. The best map by objective is kept, and ``record["agreement"]`` is the
    share of words with the same counterpart in two runs. If it is below .3, ``record["failed"]`` is true, and the pairs
    are most probably not translations.

    With seeds, self-learning runs twice with other draws, and the run of the better objective is kept. It uses the
    seeds only to start, so they show whether the map is right: ``record["seeds_found"]`` is the share that the map has
    (see `share_of_seeds`), and below .05 ``record["failed"]`` is true. The second run starts from the seeds too. A run
    from 30 found pairs instead agreed as well with the first: on .388 of the words (from the seeds .396) in
    English-German and on .800 (.809) in English-Italian. Data: skip-gram vectors of 100 dimensions, 1,000 and 519 seed
    words, one training each.

    Parameters
    ----------
    self_learning : bool, default True
        Induce dictionaries and learn from them, in turn, until the objective stands still.
    reweight : float, default 0.5
        The power of the singular values that each space is multiplied with (2018a, section 3.4); 0 is none.
    max_words : int, default 8000
        So many of the most frequent words of each language are in the last dictionary; rarer ones have worse vectors.
    seed : int, default 0
        Of the random draws; from 0 to 2**64 - 1.
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
        if not 0 <= self.reweight <= 1:
            raise ValueError(f"reweight is {self.reweight!r}; it must be from 0 to 1")

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
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
            raise LexiconError("VecMap without self-learning needs seeds: pass pairs of words, or self_learning=True")
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
        """The pairs of the last dictionary, and what the record reports of them."""
        frequent = _Frequent(source, target, self.seed, iterations)
        outcome: dict[str, Any] = {}
        if seeds is None:
            best, agreement = frequent.learn_surely()
            outcome = {"agreement": agreement, "failed": agreement < _AGREEMENT}
        else:
            best = frequent.learn_from(seeds)
        wide = source[: self.max_words], target[: self.max_words]
        found = induce(*project(*wide, *_maps(*wide, best.pairs())))
        iterations.tell(found.objective)
        runs = {"runs": frequent.runs, "iterations": iterations.count, "objective": found.objective}
        return found.pairs(), runs | outcome


class _Frequent:
    """Self-learning with the most frequent words, run by run."""

    def __init__(self, source: Floats32, target: Floats32, seed: int, iterations: Iterations) -> None:
        self._spaces = source, target
        self.source, self.target = source[:_WORDS], target[:_WORDS]
        self.runs = 0
        self._seed = seed
        self._iterations = iterations

    def learn_from(self, seeds: Indices) -> Dictionary:
        """The better of two dictionaries from the same seeds, with other draws."""
        return max(self.learn(seeds), self.learn(seeds), key=_objective)

    def learn_surely(self) -> tuple[Dictionary, float]:
        """The best dictionary without seeds, and the share of words with the same counterpart in another run."""
        best = self.learn(self._start(_STARTS[0]))
        best, agreement = self._confirmed(best)
        for size in _STARTS[1:]:
            if agreement >= _AGREEMENT:
                break
            found = self.learn(self._start(size))
            best, agreement = self._confirmed(max(best, found, key=_objective))
        return best, agreement

    def _start(self, size: int) -> Indices:
        return initial_pairs(self.source[:size], self.target[:size])

    def _confirmed(self, best: Dictionary) -> tuple[Dictionary, float]:
        """The best dictionary after another run, or after two if the first was better, and their agreement."""
        for _ in range(_RESTARTS):
            latest = self.learn(self.some(best.mutual()))
            agreement = float(np.mean(best.forward == latest.forward))
            _log.info("objectives %.4f and %.4f, agreement %.3f", best.objective, latest.objective, agreement)
            before, best = best, max(best, latest, key=_objective)
            if agreement >= _AGREEMENT or best is before:
                break
        return best, agreement

    def learn(self, pairs: Indices) -> Dictionary:
        """The dictionary that self-learning ends with (2018b, sections 3.2 and 3.3)."""
        bits = np.random.PCG64([self._seed, self.runs])
        self.runs += 1
        keep = _KEEP
        found = self._found(*self._spaces, pairs, bits, keep)
        best, waited = found.objective, 0
        while keep < 1 or waited < _PATIENCE:
            if waited == _PATIENCE:
                keep, waited = min(1.0, 2 * keep), 0
            found = self._found(self.source, self.target, found.pairs(), bits, keep)
            waited = 0 if found.objective > best + _BETTER else waited + 1
            best = max(best, found.objective)
        return found

    def _found(
        self, source: Floats32, target: Floats32, pairs: Indices, bits: np.random.PCG64, keep: float
    ) -> Dictionary:
        """The next dictionary, from pairs of rows of these matrices."""
        spaces = project(self.source, self.target, *_maps(source, target, pairs))
        found = induce_with_dropout(*spaces, keep, bits) if keep < 1 else induce(*spaces)
        self._iterations.tell(found.objective)
        return found

    def some(self, pairs: Indices) -> Indices:
        """A few pairs, drawn at random."""
        draws = np.random.PCG64([self._seed, self.runs, 1]).random_raw(len(pairs))
        return pairs[np.argsort(draws, kind="stable")[:_RESTART_PAIRS]]


def _objective(found: Dictionary) -> float:
    return found.objective


def _maps(source: Floats32, target: Floats32, pairs: Indices) -> tuple[Floats32, Floats32]:
    return orthogonal_maps(source[pairs[:, 0]], target[pairs[:, 1]])


def initial_pairs(source: Floats32, target: Floats32) -> Indices:
    """Pairs of words that are similarly similar to the other words of their language (2018b, section 3.1).

    A word's similarities in (XXᵀ)^½, sorted and thinned to as many points, are its vector in a space that both
    languages share. There words of similar ranks are preferred, as translations are of similar frequency: that makes
    two to three times as many of the pairs right (our own).
    """
    count = min(len(source), len(target), _POINTS)
    spaces = _signatures(source, count), _signatures(target, count)
    return induce(*_with_ranks(*spaces)).pairs()


def _signatures(space: Floats32, count: int) -> Floats32:
    left, values, _ = np.linalg.svd(space, full_matrices=False)
    similarities = (left * values) @ left.T
    similarities.sort(axis=1)
    similarities = unit_rows(similarities[:, np.linspace(0, len(space) - 1, count).round().astype(np.intp)])
    return unit_rows(similarities - similarities.mean(axis=0))


def _with_ranks(source: Floats32, target: Floats32) -> tuple[Floats32, Floats32]:
    """Columns that subtract from each similarity `_PRIOR` times the squared difference of the logarithms of ranks."""
    ranks = [np.log(np.arange(len(space)) + _FIRST_RANKS) for space in (source, target)]
    ones = [np.ones(len(space)) for space in (source, target)]
    of_source = [2 * _PRIOR * ranks[0], -_PRIOR * ranks[0] ** 2, ones[0]]
    of_target = [ranks[1], ones[1], -_PRIOR * ranks[1] ** 2]
    spaces = np.column_stack([source, *of_source]), np.column_stack([target, *of_target])
    return spaces[0].astype(np.float32), spaces[1].astype(np.float32)


def multi_step(source: Floats32, target: Floats32, pairs: Indices, reweight: float) -> tuple[Floats32, Floats32]:
    """Whitening, orthogonal maps, re-weighting and de-whitening (2018a, steps 1 to 4), then unit length.

    With X and Z the rows of the pairs, W the whitening matrices (XᵀX)^-½ and (ZᵀZ)^-½, USVᵀ the singular value
    decomposition of (X W)ᵀ(Z W'), a source row x becomes x W U S^r Uᵀ W⁻¹ U, and a target row likewise with W' and V.
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
    """The matrix that whitens rows, and the one that undoes it."""

    def __init__(self, rows: Floats32) -> None:
        values, basis = np.linalg.eigh((rows.T @ rows).astype(np.float64))
        # directions without any variance stay as they are
        values = np.where(values > values[-1] * 1e-6, values, 1.0)
        self.whiten = basis * values**-0.5 @ basis.T
        self.colour = basis * values**0.5 @ basis.T
