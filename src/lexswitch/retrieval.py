"""Data for retrieval across languages: code-switched training rows, multilingual test sets, Translate-Test.

References
----------
Litschko, Artemova & Plank (2023): Boosting Zero-shot Cross-lingual Retrieval by Training on Artificially Code-Switched
Data. Findings of ACL. https://arxiv.org/abs/2305.05295
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .arguments import row_keys, whole_number
from .column_switcher import ColumnSwitcher, switch_columns
from .engine import draws
from .errors import LexiconError
from .lexicon import Lexicon
from .switcher import CodeSwitcher

Id = TypeVar("Id", bound=Hashable)

_BATCH = 1000


@dataclass(frozen=True)
class RetrievalSwitcher:
    """A switcher for queries and one for documents; None leaves that side as it is.

    Attributes
    ----------
    query, document : CodeSwitcher or None
    """

    query: CodeSwitcher | None
    document: CodeSwitcher | None

    @classmethod
    def bilingual(cls, lexicon: Lexicon, query: str, document: str, **options: Any) -> RetrievalSwitcher:
        """BL-CS of the paper for queries in one language and documents in another; p = 0.5.

        Parameters
        ----------
        lexicon : Lexicon
        query, document : str
            Languages; a side in the source language of the lexicon stays as it is.
        options
            For `CodeSwitcher`, as ``p=0.25``.
        """

        def switcher(language: str) -> CodeSwitcher | None:
            return None if language == lexicon.source else CodeSwitcher.bilingual(lexicon, language, **options)

        return cls(switcher(query), switcher(document))

    @classmethod
    def multilingual(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """ML-CS of the paper: each word of queries and documents into a language drawn for it; p = 0.5."""
        switcher = CodeSwitcher.multilingual(lexicon, languages, **options)
        return cls(switcher, switcher)

    @classmethod
    def titles(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """Wiki-CS of the paper: titles in queries and documents, one language drawn for each text; p = 1."""
        switcher = CodeSwitcher.titles(lexicon, languages, **options)
        return cls(switcher, switcher)

    @classmethod
    def pseudo_parallel(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """Stand-ins for translated pairs: each text word by word into one language drawn for it, or left as it is.

        Queries and documents draw on their own, the source language too, so that all pairs of languages occur: p = 0.9,
        candidates drawn by weight, phrases of up to three words. These are the settings that the benchmark of retrieval
        found best.

        Parameters
        ----------
        lexicon : Lexicon
            Best one whose candidates were ranked for the texts, by `Lexicon.reweight`.
        languages : sequence of str or mapping of str to float, optional
            Default: a third of the texts stay in the source language, the others go to those of the lexicon, equally.
        options
            For `CodeSwitcher`, as ``p=1``.
        """
        if languages is None:
            languages = {**dict.fromkeys(lexicon.languages, 1.0), lexicon.source: len(lexicon.languages) / 2}
        fixed = {"p": 0.9, "draw_language": "text", "candidates": "weighted"}
        switcher = CodeSwitcher(lexicon, languages, **{**fixed, **options})
        return cls(switcher, switcher)

    def on(
        self,
        query: str,
        *documents: str,
        keys: str | None = None,
        into: Mapping[str, str] | None = None,
        epoch: int = 0,
    ) -> ColumnSwitcher:
        """A function on batches of columns: ``switcher.on("query", "positive", "negative")``; see `CodeSwitcher.on`."""
        switchers = {query: self.query, **dict.fromkeys(documents, self.document)}
        chosen = {column: switcher for column, switcher in switchers.items() if switcher is not None}
        if not chosen:
            raise ValueError("neither queries nor documents are switched; use the columns as they are")
        return switch_columns(chosen, into=into, keys=keys, epoch=epoch)

    def rows(self, rows: Iterable[Sequence[str]], epoch: int = 0) -> Iterator[tuple[str, ...]]:
        """Switch a stream of pairs or triples.

        Parameters
        ----------
        rows : iterable of sequences of str
            A query and its documents: (query, document), (query, positive, negative), ..., all of one length.
        epoch : int, default 0

        Yields
        ------
        tuple of str
            The row, switched; it draws by its number in the stream.

        Raises
        ------
        ValueError
            If a row has another length than the first one, or no document.
        """
        stream, first = iter(rows), 0
        width = 0
        while batch := list(islice(stream, _BATCH)):
            for number, row in enumerate(batch, first):
                width = width or len(row)
                if isinstance(row, str) or len(row) != width or width < 2:
                    raise ValueError(
                        f"row {number} is {row!r:.80}; pass a query and its documents, as many in every row"
                    )
            yield from self._switched(batch, first, epoch)
            first += len(batch)

    def _switched(self, batch: list[Sequence[str]], first: int, epoch: int) -> Iterator[tuple[str, ...]]:
        columns = {str(number): list(column) for number, column in enumerate(zip(*batch, strict=True))}
        if self.query is not None or self.document is not None:
            columns |= self.on(*columns, epoch=epoch)(columns, range(first, first + len(batch)))
        return zip(*columns.values(), strict=True)


class MixedTexts(NamedTuple):
    """Texts of many languages under their ids."""

    texts: dict[Any, str]
    languages: dict[Any, str]
    """The language that was drawn for each id."""


def mix_languages(texts: Mapping[str, Mapping[Id, str]], seed: int = 0) -> MixedTexts:
    """Make a multilingual set: each id takes its text from a language drawn for it (MLIR of the paper).

    The draw depends on seed and id alone, and on the languages that have the id: adding other ids changes nothing.

    Parameters
    ----------
    texts : mapping of str to mapping of id to str
        For each language its texts by id; ids are ints or strings. An id that a language lacks is drawn among the
        others.
    seed : int, default 0
        Use different ones for queries and documents.

    Returns
    -------
    MixedTexts
        In the order in which ids first come.

    Raises
    ------
    ValueError
        If there is no language.
    """
    if not isinstance(texts, Mapping) or not texts:
        raise ValueError(f"texts is {texts!r:.80}; pass {{language: {{id: text}}}}")
    ids: list[Any] = list(dict.fromkeys(key for of_language in texts.values() for key in of_language))
    streams = draws.streams(row_keys(ids, len(ids)), whole_number("seed", seed, 0, 2**64), 0)
    uniform = draws.uniform(streams, draws.TEXT_LANGUAGE).tolist()
    languages = {}
    for key, chance in zip(ids, uniform, strict=True):
        having = [language for language in texts if key in texts[language]]
        languages[key] = having[int(chance * len(having))]
    return MixedTexts({key: texts[languages[key]][key] for key in ids}, languages)


def translate_test(
    texts: Sequence[str], languages: Sequence[str], lexicons: Iterable[Lexicon], to: str = "en"
) -> list[str]:
    """Translate test texts term by term (Translate-Test of the paper).

    Parameters
    ----------
    texts : sequence of str
    languages : sequence of str
        The language of each text; one in `to` stays as it is.
    lexicons : iterable of Lexicon
        From each of these languages to `to`.
    to : str, default "en"

    Raises
    ------
    LexiconError
        If there is no lexicon for a language.
    ValueError
        If `languages` has another length than `texts`.
    """
    if len(texts) != len(languages):
        raise ValueError(f"languages has {len(languages)} elements, texts has {len(texts)}; pass one for each text")
    by_source = {lexicon.source: lexicon for lexicon in lexicons}
    missing = sorted({*languages} - {*by_source, to})
    if missing:
        raise LexiconError(f"no lexicon from {missing} to {to!r}; there are some from {sorted(by_source)}")
    result, spoken = list(texts), np.array(languages, dtype=object)
    for language in sorted({*languages} - {to}):
        rows = np.flatnonzero(spoken == language).tolist()
        switched = CodeSwitcher.translate(by_source[language], to).apply([texts[row] for row in rows])
        for row, text in zip(rows, switched, strict=True):
            result[row] = text
    return result
