"""From word vectors to a lexicon."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...checks import check_choice, whole_number
from ...engine.characters import normalise_term
from ...engine.packing import Ints, Mask
from ...errors import LexiconError
from ...lexicon import Lexicon, LexiconBuilder
from ...lexicon.pairs import PairBlock
from ...text.languages import check_language
from ...version import VERSION
from .alignment import Aligned, Aligner, NoAlignment, Procrustes
from .calibration import calibrate
from .quality import measure_precision
from .retrieval import METHODS, Retrieval, retrieve
from .seeds import Seeds, check_seeds, seed_rows
from .vecmap import VecMap
from .vectors import Vectors

ALIGNERS: dict[str, type[Aligner]] = {"none": NoAlignment, "procrustes": Procrustes, "vecmap": VecMap}


class InductionWarning(UserWarning):
    """A lexicon was induced, but it may be worthless."""


class EmbeddingInducer:
    """Induces a lexicon from word vectors: align the spaces, retrieve translations, weigh them.

    The weight of a pair is the estimated chance that the translation's own best translation is the word again, so that
    ``lexicon.select(min_weight=...)`` means the same for every pair of languages; see `calibrate`. Words without a
    letter take part in the alignment, but are not translated. Underscores within words stand for blanks, as word2phrase
    writes phrases (Mikolov et al., 2013).

    Parameters
    ----------
    source : Vectors
    targets : mapping of str to Vectors
        Target language (BCP 47) -> vectors.
    source_language : str, default "en"
    align : {"none", "procrustes", "vecmap"} or Aligner, default "none"
        How to bring the spaces together: "none" if they share one already, as MUSE's ``wiki.multi`` do (if they
        evidently do not, there is a warning); "procrustes" needs seeds; "vecmap" does without. For their settings pass
        `Procrustes` or `VecMap`.
    seeds : {"identical", "numerals"}, Lexicon or mapping of str to pairs, optional
        What to learn the alignment from: words that are spelled alike, numbers, or a dictionary.
    retrieval : {"csls", "nearest", "inverted-softmax"}, default "csls"
        See `retrieve`.
    top_k : int, default 1
        How many translations of each word, at most.
    mutual : bool, default False
        Keep only pairs of words that are each other's best translation.
    min_similarity : float, default -1
        Least cosine of a pair.
    identical : bool, default True
        Whether a translation may be spelled like its word; if not, the next best one takes its place.

    Raises
    ------
    TypeError, LexiconError
        If an argument is not as described; the message names it.
    """

    def __init__(
        self,
        source: Vectors,
        targets: Mapping[str, Vectors],
        source_language: str = "en",
        *,
        align: str | Aligner = "none",
        seeds: Seeds | None = None,
        retrieval: str = "csls",
        top_k: int = 1,
        mutual: bool = False,
        min_similarity: float = -1.0,
        identical: bool = True,
    ) -> None:
        self.source = _checked_vectors("source", source)
        self.source_language = check_language("source_language", source_language)
        if not isinstance(targets, Mapping) or not targets:
            raise TypeError(f"targets is {targets!r}; pass a mapping from language to vectors: {{'de': Vectors(...)}}")
        self.targets = {
            check_language("targets", language): _checked_vectors(f"targets[{language!r}]", vectors)
            for language, vectors in targets.items()
        }
        if source_language in targets:
            raise LexiconError(f"targets has {source_language!r}, the source language; leave it out")
        self.aligner = _aligner(align)
        if seeds is not None:
            if isinstance(self.aligner, NoAlignment):
                raise LexiconError(
                    "seeds is given, but align is 'none', which uses none; choose 'procrustes' or 'vecmap'"
                )
            check_seeds(seeds, source_language, self.targets)
        self.seeds = seeds
        check_choice("retrieval", retrieval, METHODS)
        self.retrieval = retrieval
        self.top_k = whole_number("top_k", top_k, 1, 1000)
        self.mutual = mutual
        self.min_similarity = float(min_similarity)
        self.identical = identical

    def induce(
        self, gold: Lexicon | None = None, checkpoint: str | Path | None = None, progress: bool = True
    ) -> Lexicon:
        """Induce the lexicon; its provenance tells how it was made and how good it seems (see `quality_table`).

        Parameters
        ----------
        gold : Lexicon, optional
            Right translations, to measure precision.
        checkpoint : str or Path, optional
            A folder, which should be this run's own, where long searches keep their state; a killed run that is
            repeated goes on from there. Remove it afterwards.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Warns
        -----
        InductionWarning
            If an alignment has evidently failed, or the vectors do not share a space and `align` is "none". The pairs
            are then not translations.

        Raises
        ------
        LexiconError
            If the seeds have no words in common with the vectors, there are too few words, or no pair is left.
        """
        builder, records = LexiconBuilder(self.source_language), []
        for language in self.targets:
            block, record = self._induce(language, None if checkpoint is None else Path(checkpoint), progress)
            record["dropped"] = {}
            for fault in builder.add_block(block):
                record["dropped"][fault.reason] = record["dropped"].get(fault.reason, 0) + 1
            records.append(record)
        if not builder.num_pairs:
            raise LexiconError("no pair is left; lower min_similarity, or do not ask for mutual pairs only")
        lexicon = builder.build(records)
        if gold is None:
            return lexicon
        found = measure_precision(lexicon, gold, lexicon.languages)
        for record, language in zip(records, self.targets, strict=True):
            record["quality"].update(found.get(language, {}))
        return builder.build(records)

    def _induce(self, language: str, checkpoint: Path | None, progress: bool) -> tuple[PairBlock, dict[str, Any]]:
        """The pairs of one target language, and how they were found."""
        target = self.targets[language]
        aligned = self._align(language, target, progress)
        rows = _Rows(_translatable(self.source, "source"), _translatable(target, f"targets[{language!r}]"))
        retrieval = retrieve(
            _take(aligned.source, rows.source),
            _take(aligned.target, rows.target),
            self.retrieval,
            min(self.top_k + 1, len(rows.source), len(rows.target)),  # one more: for the margin, and to replace a copy
            checkpoint=None if checkpoint is None else checkpoint / f"{language}.npz",
            progress=progress,
        )
        pairs = self._choose(retrieval, _copies(self.source, target, rows))
        places = pairs.kept.nonzero()
        terms = [_spoken(self.source.words[row]) for row in rows.source[places[0]].tolist()]
        chosen = rows.target[retrieval.forward.ids[places]].tolist()
        translations = [_spoken(target.words[row]) for row in chosen]
        block = PairBlock(range(len(terms)), terms, language, translations, pairs.weights[places].tolist())
        record = {
            "name": "induced from word vectors",
            "languages": [language],
            "source": self.source.record,
            "target": target.record,
            "alignment": aligned.record,
            "retrieval": self._settings(),
            "quality": _quality(retrieval, pairs),
            "version": VERSION,
        }
        return block, record

    def _settings(self) -> dict[str, Any]:
        return {
            "method": self.retrieval,
            "top_k": self.top_k,
            "mutual": self.mutual,
            "min_similarity": self.min_similarity,
            "identical": self.identical,
        }

    def _align(self, language: str, target: Vectors, progress: bool) -> Aligned:
        rows = None if self.seeds is None else seed_rows(self.seeds, language, self.source, target)
        try:
            aligned = self.aligner.align(self.source.matrix, target.matrix, rows, progress)
        except LexiconError as error:
            raise LexiconError(f"{self.source_language}-{language}: {error}") from None
        if aligned.record.get("failed"):
            warnings.warn(
                f"{self.source_language}-{language}: {_failure(aligned.record)}",
                InductionWarning,
                stacklevel=4,
            )
        return aligned

    def _choose(self, retrieval: Retrieval, copies: npt.NDArray[np.int64]) -> _Pairs:
        """Which candidates become pairs, and their weights."""
        ids, scores, similarities = retrieval.forward
        mutual = (retrieval.backward.ids[ids, 0] == np.arange(len(ids))[:, None]) & (ids >= 0)
        identical = ids == copies[:, None]
        wanted = ids >= 0
        if not self.identical:
            wanted &= ~identical
        rank = np.cumsum(wanted, axis=1)
        kept = wanted & (rank <= self.top_k) & (similarities >= self.min_similarity)
        if self.mutual:
            kept &= mutual & (rank == 1)
        by_rank = [calibrate(*rank) for rank in zip(scores.T, mutual.T, strict=True)]
        weights = np.minimum.accumulate(np.column_stack(by_rank), axis=1)  # the next best is no better
        return _Pairs(kept, weights, mutual, identical)


class _Rows(NamedTuple):
    """The rows of the words that are translated."""

    source: Ints
    target: Ints


class _Pairs(NamedTuple):
    """What is known of each candidate; arrays of shape (source words, candidates)."""

    kept: Mask
    weights: npt.NDArray[np.float64]
    mutual: Mask
    """Whether the best translation of the candidate is the source word."""
    identical: Mask


def _checked_vectors(name: str, vectors: Any) -> Vectors:
    if not isinstance(vectors, Vectors):
        raise TypeError(f"{name} is {type(vectors).__name__}; pass Vectors, as Vectors.read(path)")
    return vectors


def _aligner(align: Any) -> Aligner:
    if isinstance(align, str):
        check_choice("align", align, tuple(ALIGNERS))
        return ALIGNERS[align]()
    if not callable(getattr(align, "align", None)):
        raise TypeError(
            f"align is {align!r}; pass one of {', '.join(map(repr, ALIGNERS))}, or an aligner such as VecMap()"
        )
    aligner: Aligner = align
    return aligner


def _translatable(vectors: Vectors, name: str) -> Ints:
    """The rows of words that have a letter."""
    rows = np.flatnonzero([any(map(str.isalpha, word)) for word in vectors.words])
    if not len(rows):
        raise LexiconError(f"{name} has no word with a letter, as {vectors.words[0]!r}; pass vectors of words")
    return rows


def _take(matrix: npt.NDArray[np.float32], rows: Ints) -> npt.NDArray[np.float32]:
    """Some rows; the matrix itself if that is all of them."""
    return matrix if len(rows) == len(matrix) else matrix[rows]


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def _copies(source: Vectors, target: Vectors, rows: _Rows) -> npt.NDArray[np.int64]:
    """For each source word the number of the target word that is spelled alike, or -2: -1 stands for no candidate."""
    places = {normalise_term(target.words[row]): place for place, row in enumerate(rows.target.tolist())}
    return np.array([places.get(normalise_term(source.words[row]), -2) for row in rows.source.tolist()], dtype=np.int64)


def _quality(retrieval: Retrieval, pairs: _Pairs) -> dict[str, Any]:
    """What the pairs tell of their quality without gold."""
    scores, similarities = retrieval.forward.scores, retrieval.forward.similarities
    count = int(pairs.kept.sum())
    quality = {
        "words": len(scores),
        "pairs": count,
        "coverage": pairs.kept.any(axis=1).mean(),
        "identical": pairs.identical[pairs.kept].mean() if count else 0.0,
        "mutual": pairs.mutual[:, 0].mean(),
        "similarity": similarities[:, 0].mean(dtype=np.float64),
    }
    if scores.shape[1] > 1:
        quality["margin"] = (scores[:, 0] - scores[:, 1]).mean(dtype=np.float64)
    return {name: value if isinstance(value, int) else round(float(value), 4) for name, value in quality.items()}


def _failure(record: Mapping[str, Any]) -> str:
    """Why the pairs are worthless, and what to do."""
    evidence = ", ".join(f"{name} {value:.3f}" for name, value in record.items() if isinstance(value, float))
    if record["method"] == "none":
        return (
            f"the vectors evidently do not share a space ({evidence}), so the pairs are not translations; pass "
            "align='vecmap', or align='procrustes' with seeds"
        )
    return (
        f"the alignment has evidently failed ({evidence}), so the pairs are not translations; "
        f"{'check the' if 'seeds' in record else 'pass'} seeds, or use vectors trained on more or on more similar text"
    )
