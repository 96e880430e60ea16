"""Induces a lexicon from word vectors."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ...checks import check_choice, check_flag, check_number, whole_number
from ...engine.packing import Ints
from ...errors import LexiconError
from ...lexicon import Lexicon, LexiconBuilder
from ...lexicon.pairs import PairBlock
from ...text.languages import check_language
from ...version import VERSION
from .alignment import Aligned, Aligner, NoAlignment, Procrustes
from .arrays import Floats32
from .quality import estimate_quality, measure_precision
from .retrieval import METHODS, retrieve
from .seeds import Seeds, check_seeds, seed_rows
from .selection import Selection
from .vecmap import VecMap
from .vectors import Vectors

ALIGNERS: dict[str, type[Aligner]] = {"none": NoAlignment, "procrustes": Procrustes, "vecmap": VecMap}


class InductionWarning(UserWarning):
    """A lexicon was induced, but its pairs may not be translations."""


class EmbeddingInducer:
    """Induces a lexicon from word vectors: aligns the spaces, retrieves translations and weights them.

    The weight of a pair is the estimated probability that the best translation of the translation is the word again.
    So ``lexicon.select(min_weight=...)`` has the same meaning for every pair of languages; see `calibrate`. Words
    without a letter take part in the alignment, but are not translated. Underscores within words are read as spaces,
    because word2phrase writes phrases so (Mikolov et al., 2013).

    Parameters
    ----------
    source : Vectors
    targets : mapping of str to Vectors
        Target language (BCP 47) -> vectors.
    source_language : str, default "en"
    align : {"none", "procrustes", "vecmap"} or Aligner, default "none"
        Alignment of the spaces. "none": they already share a space, as MUSE's ``wiki.multi`` do; there is a warning if
        they evidently do not. "procrustes" needs seeds. "vecmap" works without seeds. To change their settings, pass
        `Procrustes` or `VecMap`.
    seeds : {"identical", "numerals"}, Lexicon or mapping of str to pairs, optional
        Pairs from which the alignment is learned: words that are spelled alike, numbers, or a dictionary.
    retrieval : {"csls", "nearest", "inverted-softmax"}, default "csls"
        See `retrieve`.
    top_k : int, default 1
        Maximum number of translations per word.
    mutual : bool, default False
        Whether to keep only pairs of words that are each other's best translation.
    min_similarity : float, default -1
        Minimum cosine of a pair.
    identical : bool, default True
        Whether a translation may be spelled like its word. If not, the next best candidate replaces it.

    Raises
    ------
    TypeError, ValueError
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
        self.targets = _checked_targets(targets, source_language)
        self.aligner = _aligner(align)
        if seeds is not None:
            if isinstance(self.aligner, NoAlignment):
                raise LexiconError("seeds is given, but align is 'none'; choose 'procrustes' or 'vecmap'")
            check_seeds(seeds, source_language, self.targets)
        self.seeds = seeds
        check_choice("retrieval", retrieval, METHODS)
        self.retrieval = retrieval
        top_k = whole_number("top_k", top_k, 1, 1000)
        check_flag("mutual", mutual)
        min_similarity = check_number("min_similarity", min_similarity, -math.inf, math.inf, "a number such as 0.5")
        check_flag("identical", identical)
        self.selection = Selection(top_k, mutual, min_similarity, identical)

    def induce(
        self, gold: Lexicon | None = None, checkpoint: str | Path | None = None, progress: bool = True
    ) -> Lexicon:
        """Induce the lexicon. Its provenance describes how it was made and its quality; see `quality_table`.

        Parameters
        ----------
        gold : Lexicon, optional
            Correct translations, to measure precision.
        checkpoint : str or Path, optional
            Folder for the state of long searches; use one folder per run. If a killed run is repeated, it resumes from
            there. Remove the folder afterwards.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Warns
        -----
        InductionWarning
            If an alignment has evidently failed, or the vectors do not share a space and `align` is "none". The pairs
            are then not translations.

        Raises
        ------
        LexiconError
            If the seeds and the vectors have no words in common, there are too few words, or no pair is left.
        """
        builder, records = LexiconBuilder(self.source_language), []
        for language in self.targets:
            block, record = self._induce(language, None if checkpoint is None else Path(checkpoint), progress)
            record["dropped"] = dict(Counter(fault.reason for fault in builder.add_block(block)))
            records.append(record)
        if not builder.num_pairs:
            raise LexiconError(
                f"no pair is left; choose a min_similarity below {self.selection.min_similarity}, or mutual=False"
            )
        lexicon = builder.build(records)
        if gold is None:
            return lexicon
        precision = measure_precision(lexicon, gold, lexicon.languages)
        for record, language in zip(records, self.targets, strict=True):
            record["quality"].update(precision.get(language, {}))
        return builder.build(records)

    def _induce(self, language: str, checkpoint: Path | None, progress: bool) -> tuple[PairBlock, dict[str, Any]]:
        """Return the pairs of one target language, and their provenance."""
        target = self.targets[language]
        aligned = self._align(language, target, progress)
        rows = _translatable("source", self.source), _translatable(f"targets[{language!r}]", target)
        # One candidate more than wanted: the margin needs it, and it may replace an identical one.
        top_k = min(self.selection.top_k + 1, *map(len, rows))
        retrieval = retrieve(
            _take(aligned.source, rows[0]),
            _take(aligned.target, rows[1]),
            self.retrieval,
            top_k,
            checkpoint=None if checkpoint is None else checkpoint / f"{language}.npz",
            progress=progress,
        )
        words = [self.source.words[row] for row in rows[0].tolist()], [target.words[row] for row in rows[1].tolist()]
        candidates = self.selection.select(retrieval, *words)
        kept = candidates.kept.nonzero()
        terms = [_with_spaces(words[0][row]) for row in kept[0].tolist()]
        translations = [_with_spaces(words[1][row]) for row in retrieval.forward.ids[kept].tolist()]
        block = PairBlock(range(len(terms)), terms, language, translations, candidates.weights[kept].tolist())
        record = {
            "name": "induced from word vectors",
            "languages": [language],
            "source": self.source.record,
            "target": target.record,
            "alignment": aligned.record,
            "retrieval": {"method": self.retrieval, **asdict(self.selection)},
            "quality": estimate_quality(retrieval, candidates),
            "version": VERSION,
        }
        return block, record

    def _align(self, language: str, target: Vectors, progress: bool) -> Aligned:
        seeds = None if self.seeds is None else seed_rows(self.seeds, language, self.source, target)
        try:
            aligned = self.aligner.align(self.source.matrix, target.matrix, seeds, progress)
        except LexiconError as error:
            raise LexiconError(f"{self.source_language}-{language}: {error}") from None
        if aligned.record.get("failed"):
            warnings.warn(
                f"{self.source_language}-{language}: {_failure(aligned.record)}", InductionWarning, stacklevel=4
            )
        return aligned


def _checked_vectors(name: str, vectors: Any) -> Vectors:
    if not isinstance(vectors, Vectors):
        raise TypeError(f"{name} is {type(vectors).__name__}; pass Vectors, such as Vectors.read(path)")
    return vectors


def _checked_targets(targets: Any, source_language: str) -> dict[str, Vectors]:
    if not isinstance(targets, Mapping) or not targets:
        raise TypeError(f"targets is {targets!r}; pass a mapping from language to vectors: {{'de': Vectors(...)}}")
    checked = {
        check_language("targets", language): _checked_vectors(f"targets[{language!r}]", vectors)
        for language, vectors in targets.items()
    }
    if source_language in checked:
        raise LexiconError(f"targets has {source_language!r}, the source language; leave it out")
    return checked


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


def _translatable(name: str, vectors: Vectors) -> Ints:
    """Return the rows of words that have a letter."""
    rows = np.flatnonzero([any(map(str.isalpha, word)) for word in vectors.words])
    if not len(rows):
        raise LexiconError(f"{name} has no word with a letter; its first is {vectors.words[0]!r}; pass words")
    return rows


def _take(matrix: Floats32, rows: Ints) -> Floats32:
    """Return some rows; the matrix itself, not a copy, if these are all."""
    return matrix if len(rows) == len(matrix) else matrix[rows]


def _with_spaces(word: str) -> str:
    return word.replace("_", " ")


def _failure(record: Mapping[str, Any]) -> str:
    """Say why the pairs are not translations, and what to do."""
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
