"""Alignment of two spaces of word vectors: the protocol, no alignment, and orthogonal Procrustes.

All matrices are float32 with one word per row, the most frequent word first.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol, final

import numpy as np

from ..._io.progress import progress_bar
from ...checks import check_choice, whole_number
from ...errors import LexiconError
from .alignment_checks import LEAST_HALVES, agreement_of_halves
from .arrays import Floats32, Indices, unit_rows
from .dictionary import induce

NORMALISATIONS = ("centre", "unit")

_REFINED_WORDS = 8_000
_log = logging.getLogger(__name__)


class Aligned(NamedTuple):
    """Two spaces of word vectors, mapped into one.

    Attributes
    ----------
    source, target : float32 array of shape (words, dimensions)
        Rows of unit length. The number of dimensions is that of the smaller space.
    record : dict
        Describes the alignment for the provenance: method, settings and number of seeds. Methods that induce
        dictionaries add the number of iterations and the objective. Methods that test themselves add whether the
        alignment has evidently failed.
    """

    source: Floats32
    target: Floats32
    record: dict[str, Any]


class Aligner(Protocol):
    """Maps two spaces into one."""

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        """Align two spaces.

        Parameters
        ----------
        source, target : float32 array of shape (words, dimensions)
            One word per row, the most frequent first.
        seeds : int array of shape (seeds, 2), optional
            Rows of words that are translations of each other.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If the method cannot use these matrices or seeds.
        """
        ...


@dataclass(frozen=True)
class NoAlignment:
    """No alignment: the vectors already share a space, and are only normalised.

    If they evidently do not share one, ``record["failed"]`` is true; see `agreement_of_halves`.

    Parameters
    ----------
    normalisation : {"centre", "unit"}, default "centre"
        See `normalise`.
    """

    normalisation: str = "centre"

    def __post_init__(self) -> None:
        check_choice("normalisation", self.normalisation, NORMALISATIONS)

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        """Normalise two spaces that already are one.

        Parameters
        ----------
        source, target : float32 array of shape (words, dimensions)
            One word per row, the most frequent first.
        seeds : int array of shape (seeds, 2), optional
            They are checked, but not used.
        progress : bool, default True
            Not used.

        Returns
        -------
        Aligned
            Arrays with the shapes of `source` and `target`.

        Raises
        ------
        LexiconError
            If an array has another shape or type, has NaN, infinite values or rows of zeros; or if the numbers of
            dimensions differ.
        """
        check_spaces(source, target, seeds)
        if source.shape[1] != target.shape[1]:
            raise LexiconError(
                f"source has {source.shape[1]} dimensions, target has {target.shape[1]}, so they do not share a space; "
                "align them with Procrustes or VecMap"
            )
        aligned = normalise(source, self.normalisation), normalise(target, self.normalisation)
        record: dict[str, Any] = {"method": "none", "settings": asdict(self)}
        if (agreement := agreement_of_halves(*aligned)) is not None:
            record |= {"agreement": agreement, "failed": agreement < LEAST_HALVES}
        return Aligned(*aligned, record)


@dataclass(frozen=True)
class Procrustes:
    """Orthogonal Procrustes from a seed dictionary, with the refinement of MUSE.

    X and Z are the rows of the seeds. The orthogonal W that minimises ||XW - Z|| is UVᵀ of the singular value
    decomposition XᵀZ = USVᵀ (Schönemann, 1966; for word vectors Xing et al., 2015, and Smith et al., 2017).

    A refinement induces the next dictionary from the most frequent words: the pairs that are each other's nearest by
    CSLS (Conneau et al., 2018, sections 2.2 and 3.4). Our own addition: it also contains the seeds, which keep the map
    from drifting towards words spelled alike. The map with the best mean cosine of words to their nearest is kept (as
    in section 3.5).

    Parameters
    ----------
    refinements : int, default 5
        Maximum number of refinements; 0 keeps the map of the seeds. With 0 and fewer seeds than dimensions, the map is
        only determined for the directions that the seeds span.
    normalisation : {"centre", "unit"}, default "centre"
        See `normalise`.
    """

    refinements: int = 5
    normalisation: str = "centre"

    def __post_init__(self) -> None:
        whole_number("refinements", self.refinements, 0, 1000)
        check_choice("normalisation", self.normalisation, NORMALISATIONS)

    def align(self, source: Floats32, target: Floats32, seeds: Indices | None = None, progress: bool = True) -> Aligned:
        """Align two spaces by the pairs of the seeds.

        Parameters
        ----------
        source, target : float32 array of shape (words, dimensions)
            One word per row, the most frequent first.
        seeds : int array of shape (seeds, 2)
            Rows of words that are translations of each other. They are needed; None raises an error.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Returns
        -------
        Aligned
            Arrays of shape (words, dimensions of the smaller space).

        Raises
        ------
        LexiconError
            If `seeds` is None, an array has another shape or type, or has NaN, infinite values or rows of zeros, or a
            seed is not a row.
        """
        check_spaces(source, target, seeds)
        if seeds is None:
            raise LexiconError("seeds is None, but Procrustes needs seeds; pass pairs of words, or use VecMap")
        source, target = normalise(source, self.normalisation), normalise(target, self.normalisation)
        record: dict[str, Any] = {"method": "procrustes", "settings": asdict(self), "seeds": len(seeds)}
        best = maps_of_pairs(source, target, seeds)
        if self.refinements:
            best, iterations, objective = self._refine(source, target, seeds, best, progress)
            record |= {"iterations": iterations, "objective": objective}
        return Aligned(*project(source, target, *best), record)

    def _refine(
        self, source: Floats32, target: Floats32, seeds: Indices, maps: tuple[Floats32, Floats32], progress: bool
    ) -> tuple[tuple[Floats32, Floats32], int, float]:
        """Return the best maps, the number of refinements done and the objective."""
        frequent = source[:_REFINED_WORDS], target[:_REFINED_WORDS]
        best, best_objective = maps, -np.inf
        with Iterations("refining", progress, self.refinements + 1) as iterations:
            for _ in range(self.refinements + 1):
                found = induce(*project(*frequent, *maps))
                iterations.report(found.objective)
                if found.objective <= best_objective:
                    break
                best, best_objective = maps, found.objective
                maps = maps_of_pairs(source, target, np.concatenate([found.mutual(), seeds]))
        return best, iterations.count - 1, best_objective


def check_spaces(source: Floats32, target: Floats32, seeds: Indices | None) -> None:
    """Raise `LexiconError` if these matrices and seeds cannot be aligned."""
    for name, matrix in (("source", source), ("target", target)):
        if not isinstance(matrix, np.ndarray) or matrix.dtype != np.float32 or matrix.ndim != 2:
            what = f"{matrix.dtype} of shape {matrix.shape}" if isinstance(matrix, np.ndarray) else repr(type(matrix))
            raise LexiconError(f"{name} is {what}; pass a float32 array of shape (words, dimensions)")
        if len(matrix) < 2 or not matrix.shape[1]:
            raise LexiconError(f"{name} has shape {matrix.shape}; pass the vectors of at least two words")
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
            f"{len(source)} source words and {len(target)} target words; pass existing rows"
        )


def normalise(matrix: Floats32, normalisation: str) -> Floats32:
    """Return the rows in unit length, centred or not.

    "unit" divides each row by its length. "centre" then subtracts the mean of all rows and divides again (Artetxe et
    al., 2018a, section 3.1). The vectors of sentence encoders have nearly the same direction, so centring improves
    them a lot.

    Raises
    ------
    LexiconError
        If all vectors have the same direction, so that centring leaves zeros.
    """
    matrix = unit_rows(matrix)
    if normalisation == "unit":
        return matrix
    matrix -= matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    if np.abs(matrix).max() < 1e-5:
        raise LexiconError("all vectors of one matrix have the same direction; check how they were made")
    return unit_rows(matrix)


def maps_of_pairs(source: Floats32, target: Floats32, pairs: Indices) -> tuple[Floats32, Floats32]:
    """Return `orthogonal_maps` of pairs of rows."""
    return orthogonal_maps(source[pairs[:, 0]], target[pairs[:, 1]])


def orthogonal_maps(source: Floats32, target: Floats32) -> tuple[Floats32, Floats32]:
    """Return the two matrices with orthonormal columns that bring paired rows as near to each other as possible.

    They are U and V of the singular value decomposition XᵀZ = USVᵀ. XU is as near to ZV as X is to ZVUᵀ, and the two
    spaces may differ in dimensions.
    """
    left, _, right = np.linalg.svd(source.T @ target, full_matrices=False)
    return left, right.T


def project(
    source: Floats32, target: Floats32, source_map: Floats32, target_map: Floats32
) -> tuple[Floats32, Floats32]:
    """Map both spaces into the shared one, rows of unit length. For equal dimensions that is the target's space."""
    if source.shape[1] == target.shape[1]:
        return source @ (source_map @ target_map.T), target
    return unit_rows(source @ source_map), unit_rows(target @ target_map)


@final
class Iterations:
    """Counts induced dictionaries, and reports them to a progress bar and to the log."""

    def __init__(self, task: str, progress: bool, total: int | None = None) -> None:
        self.count = 0
        self._task = task
        self._bar = progress_bar(total, task, " dictionaries", progress)

    def __enter__(self) -> Iterations:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def report(self, objective: float) -> None:
        """Report the next dictionary."""
        self.count += 1
        self._bar.set_postfix(objective=f"{objective:.4f}", refresh=False)
        self._bar.update()
        _log.debug("%s: dictionary %d, objective %.5f", self._task, self.count, objective)
