"""Aligning two spaces of word vectors: what aligners share, no alignment, and orthogonal Procrustes.

All matrices are float32, one word a row, the most frequent first.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol, final

import numpy as np

from ..._io.progress import progress_bar
from ...errors import LexiconError
from ...switching.options import check_choice, whole_number
from .alignment_checks import LEAST_HALVES, agreement_of_halves
from .arrays import Floats32, Indices, unit_rows
from .dictionary import induce

NORMALISATIONS = ("centre", "unit")

_REFINED_WORDS = 8_000
_log = logging.getLogger(__name__)


class Aligned(NamedTuple):
    """Two spaces of word vectors that have become one.

    Attributes
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length; the dimensions are those of the smaller space.
    record : dict
        How it was done, for the provenance: method, settings and number of seeds; of those methods that induce
        dictionaries iterations and objective; of those that can tell, whether the alignment has evidently failed.
    """

    source: Floats32
    target: Floats32
    record: dict[str, Any]


class Aligner(Protocol):
    """What brings two spaces together."""

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        """Align two spaces.

        Parameters
        ----------
        source, target : float32 array of shape (words, dimensions)
            One word a row, the most frequent first.
        seeds : int array of shape (seeds, 2), optional
            Rows of words that are translations of each other.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If the method cannot do with these matrices or seeds.
        """
        ...


@dataclass(frozen=True)
class NoAlignment:
    """No alignment: the vectors share a space already, and are only normalised.

    If they evidently do not, ``record["failed"]`` is true; see `agreement_of_halves`.

    Parameters
    ----------
    normalisation : {"centre", "unit"}, default "centre"
        See `normalise`.
    """

    normalisation: str = "centre"

    def __post_init__(self) -> None:
        check_choice("normalisation", self.normalisation, NORMALISATIONS)

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        check_spaces(source, target, seeds)
        if source.shape[1] != target.shape[1]:
            raise LexiconError(
                f"source has {source.shape[1]} dimensions, target {target.shape[1]}, so they share no space; align "
                "them with Procrustes or VecMap"
            )
        aligned = normalise(source, self.normalisation), normalise(target, self.normalisation)
        record: dict[str, Any] = {"method": "none", "settings": asdict(self)}
        if (agreement := agreement_of_halves(*aligned)) is not None:
            record |= {"agreement": agreement, "failed": agreement < LEAST_HALVES}
        return Aligned(*aligned, record)


@dataclass(frozen=True)
class Procrustes:
    """Orthogonal Procrustes from a seed dictionary, with the refinement of MUSE.

    The orthogonal W that minimises ||XW - Z|| over the seeds' rows X and Z is UVᵀ of the singular value decomposition
    XᵀZ = USVᵀ (Schönemann, 1966; for word vectors Xing et al., 2015, and Smith et al., 2017). A refinement takes the
    pairs of the most frequent words that are each other's nearest by CSLS as the next dictionary (Conneau et al.,
    2018, sections 2.2 and 3.4), and the seeds (our own: they keep it from drifting towards words spelled alike); the
    best of the maps by the mean cosine of words to their nearest is kept (as in section 3.5).

    Parameters
    ----------
    refinements : int, default 5
        At most so many; 0 leaves the map of the seeds. With 0 and fewer seeds than dimensions the map is only
        determined for the directions that the seeds span.
    normalisation : {"centre", "unit"}, default "centre"
        See `normalise`.
    """

    refinements: int = 5
    normalisation: str = "centre"

    def __post_init__(self) -> None:
        whole_number("refinements", self.refinements, 0, 1000)
        check_choice("normalisation", self.normalisation, NORMALISATIONS)

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        check_spaces(source, target, seeds)
        if seeds is None:
            raise LexiconError("Procrustes needs seeds: pass pairs of words, or align without seeds (VecMap)")
        source, target = normalise(source, self.normalisation), normalise(target, self.normalisation)
        record: dict[str, Any] = {"method": "procrustes", "settings": asdict(self), "seeds": len(seeds)}
        best = orthogonal_maps(source[seeds[:, 0]], target[seeds[:, 1]])
        if self.refinements:
            best, iterations, objective = self._refine(source, target, seeds, best, progress)
            record |= {"iterations": iterations, "objective": objective}
        return Aligned(*project(source, target, *best), record)

    def _refine(
        self, source: Floats32, target: Floats32, seeds: Indices, maps: tuple[Floats32, Floats32], progress: bool
    ) -> tuple[tuple[Floats32, Floats32], int, float]:
        """The best maps, the number of refinements done and the objective."""
        frequent = source[:_REFINED_WORDS], target[:_REFINED_WORDS]
        best, best_objective = maps, -np.inf
        with Iterations("refining", progress, self.refinements + 1) as iterations:
            for _ in range(self.refinements + 1):
                found = induce(*project(*frequent, *maps))
                iterations.tell(found.objective)
                if found.objective <= best_objective:
                    break
                best, best_objective = maps, found.objective
                pairs = np.concatenate([found.mutual(), seeds])
                maps = orthogonal_maps(source[pairs[:, 0]], target[pairs[:, 1]])
        return best, iterations.count - 1, best_objective


def check_spaces(source: Floats32, target: Floats32, seeds: Indices | None) -> None:
    """Refuse matrices and seeds that nothing can be aligned with."""
    for name, matrix in (("source", source), ("target", target)):
        if not isinstance(matrix, np.ndarray) or matrix.dtype != np.float32 or matrix.ndim != 2:
            what = f"{matrix.dtype} of shape {matrix.shape}" if isinstance(matrix, np.ndarray) else repr(type(matrix))
            raise LexiconError(f"{name} is {what}; pass a float32 array of shape (words, dimensions)")
        if len(matrix) < 2 or not matrix.shape[1]:
            raise LexiconError(f"{name} has shape {matrix.shape}; pass the vectors of two words at least")
        if not np.isfinite(matrix).all():
            row = int((~np.isfinite(matrix)).any(axis=1).argmax())
            raise LexiconError(f"{name} has NaN or infinite values, first in row {row}; leave such words out")
        if not (occupied := matrix.any(axis=1)).all():
            raise LexiconError(f"{name} has only zeros in row {int(occupied.argmin())}; leave such words out")
    if seeds is None:
        return
    if seeds.ndim != 2 or seeds.shape[1] != 2 or seeds.dtype.kind not in "iu":
        raise LexiconError(f"seeds is {seeds.dtype} of shape {seeds.shape}; pass an int array of shape (seeds, 2)")
    if not len(seeds):
        raise LexiconError("seeds is empty; pass pairs of words that both have vectors, or None for no seeds")
    if seeds.min() < 0 or (seeds.max(axis=0) >= (len(source), len(target))).any():
        raise LexiconError(
            f"seeds has rows from {seeds.min(axis=0).tolist()} to {seeds.max(axis=0).tolist()}, but there are "
            f"{len(source)} source words and {len(target)} target words; pass rows that are there"
        )


def normalise(matrix: Floats32, normalisation: str) -> Floats32:
    """Rows of unit length, centred or not.

    "unit" only divides by the length; "centre" then subtracts the mean of all rows and divides again (Artetxe et al.,
    2018a, section 3.1). The vectors of sentence encoders point nearly all one way, and are much the better for it.

    Raises
    ------
    LexiconError
        If all vectors have one direction, so that nothing is left when they are centred.
    """
    matrix = unit_rows(matrix)
    if normalisation == "unit":
        return matrix
    matrix -= matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    if np.abs(matrix).max() < 1e-5:
        raise LexiconError("all vectors of one matrix have the same direction; check how they were made")
    return unit_rows(matrix)


def orthogonal_maps(source: Floats32, target: Floats32) -> tuple[Floats32, Floats32]:
    """The maps that bring paired rows as near to each other as matrices with orthonormal columns can.

    They are U and V of the singular value decomposition XᵀZ = USVᵀ; so XU is as near to ZV as X to ZVUᵀ, and the
    dimensions may differ.
    """
    left, _, right = np.linalg.svd(source.T @ target, full_matrices=False)
    return left, right.T


def project(source: Floats32, target: Floats32, of_source: Floats32, of_target: Floats32) -> tuple[Floats32, Floats32]:
    """Both spaces in the shared one, rows of unit length; of equal dimensions it is the target's own."""
    if source.shape[1] == target.shape[1]:
        return source @ (of_source @ of_target.T), target
    return unit_rows(source @ of_source), unit_rows(target @ of_target)


@final
class Iterations:
    """Tells of the dictionaries that are induced: a bar on standard error, if that is a terminal, and the log."""

    def __init__(self, task: str, progress: bool, total: int | None = None) -> None:
        self.count = 0
        self._task = task
        self._bar = progress_bar(total, task, " dictionaries", progress)

    def __enter__(self) -> Iterations:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def tell(self, objective: float) -> None:
        """Another dictionary has this objective."""
        self.count += 1
        self._bar.set_postfix(objective=f"{objective:.4f}", refresh=False)
        self._bar.update()
        _log.debug("%s: dictionary %d, objective %.5f", self._task, self.count, objective)
