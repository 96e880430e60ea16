"""Training rows for cross-lingual retrieval: switch queries and documents.

References
----------
Litschko, Artemova & Plank (2023): Boosting Zero-shot Cross-lingual Retrieval by Training on Artificially Code-Switched
Data. Findings of ACL. https://arxiv.org/abs/2305.05295
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from ..checks import is_table
from ..lexicon import Lexicon
from ..switching.columns import ColumnSwitcher, switch_columns
from ..switching.options import check_lexicon
from ..switching.switcher import CodeSwitcher

Row: TypeAlias = "Sequence[str] | Mapping[str, Any]"

_BATCH = 1000
_NAMES = re.compile(
    r"(query|question|anchor|(hard_?)?(positive|negative|pos|neg)|document|doc|passage|answer|sentence|text)s?_?\d*",
    re.IGNORECASE,
)
"""Names of columns of queries and documents. Text under other names may be an id, a label or a language."""
_COLUMNS = "for the columns of a table or frame use switcher.on('query', 'document')"


@dataclass(frozen=True)
class RetrievalSwitcher:
    """Switches queries and documents with one switcher each.

    Attributes
    ----------
    query, document : CodeSwitcher or None
        None leaves queries or documents unchanged.

    Raises
    ------
    TypeError
        If an attribute is something else.
    """

    query: CodeSwitcher | None
    document: CodeSwitcher | None

    def __post_init__(self) -> None:
        for name, switcher in (("query", self.query), ("document", self.document)):
            if not isinstance(switcher, CodeSwitcher | None):
                raise TypeError(f"{name} is {type(switcher).__name__}; pass a CodeSwitcher, or None to change nothing")

    @classmethod
    def bilingual(cls, lexicon: Lexicon, query: str, document: str, **options: Any) -> RetrievalSwitcher:
        """Create BL-CS of the paper: queries in one language, documents in another, p = 0.5.

        Parameters
        ----------
        lexicon : Lexicon
        query, document : str
            Target languages. Texts whose target is the source language of the lexicon stay unchanged.
        options
            Passed to `CodeSwitcher`, for example ``p=0.25``.
        """
        check_lexicon(lexicon)

        def switcher(language: str) -> CodeSwitcher | None:
            return None if language == lexicon.source else CodeSwitcher.bilingual(lexicon, language, **options)

        return cls(switcher(query), switcher(document))

    @classmethod
    def multilingual(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """Create ML-CS of the paper: each word goes into a language drawn for this word, p = 0.5."""
        switcher = CodeSwitcher.multilingual(lexicon, languages, **options)
        return cls(switcher, switcher)

    @classmethod
    def wiki_cs(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """Create Wiki-CS of the paper: titles go into a language drawn for the text, p = 1."""
        switcher = CodeSwitcher.wiki_cs(lexicon, languages, **options)
        return cls(switcher, switcher)

    @classmethod
    def word_by_word(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> RetrievalSwitcher:
        """Create a replacement for translated pairs: each text goes word by word into a language drawn for the text.

        This method is not in the paper. Queries and documents draw their languages independently, including the source
        language, so all pairs of languages occur. The settings are p = 0.9, candidates drawn by weight, and phrases of
        up to three words. They scored best in the retrieval benchmark.

        Parameters
        ----------
        lexicon : Lexicon
            Rank its candidates for your texts first, with `Lexicon.reweight`.
        languages : sequence of str or mapping of str to float, optional
            Default: a third of the texts stay in the source language; the others are divided equally among the
            languages of the lexicon.
        options
            Passed to `CodeSwitcher`, for example ``p=1``.
        """
        check_lexicon(lexicon)
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
        """Return a function on batches of columns: ``switcher.on("query", "positive")``; see `CodeSwitcher.on`.

        Parameters
        ----------
        query : str
            Name of the column of queries.
        documents : str
            Names of the columns of documents.
        keys, into, epoch
            As for `CodeSwitcher.on`.

        Returns
        -------
        ColumnSwitcher

        Raises
        ------
        ValueError
            If a column is named twice, `into` has other columns, or the switcher changes neither queries nor documents.
        TypeError
            If `keys` is not the name of a column, or `epoch` is not a whole number.
        """
        columns = [query, *documents]
        if not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
            raise ValueError(f"columns are {columns}; name each text column once: switcher.on('query', 'positive')")
        switchers = {query: self.query, **dict.fromkeys(documents, self.document)}
        chosen = {column: switcher for column, switcher in switchers.items() if switcher is not None}
        if not chosen:
            raise ValueError(
                "query and document are both None, so nothing is switched; pass a CodeSwitcher for at least one, or "
                "use the columns unchanged"
            )
        return switch_columns(chosen, into=into, keys=keys, epoch=epoch)

    def rows(self, rows: Iterable[Row], epoch: int = 0, *, columns: Sequence[str] | None = None) -> Iterator[Any]:
        """Switch a stream of pairs or triples.

        Parameters
        ----------
        rows : iterable of sequences of str, or of dicts
            A query and its documents: (query, document), (query, positive, negative), ..., all of one length. Or
            dicts with the same columns, such as the rows of a data set of Hugging Face.
        epoch : int, default 0
            Epoch of the draws.
        columns : sequence of str, optional
            The columns of dicts to switch: the query, then the documents. Other columns stay unchanged. Default: the
            columns of text. They must have usual names, such as ``positive`` or ``negative_1``, because ids and labels
            can be text, too. The query is ``"query"``, or the first of them without that name. A column is not
            text if its first value is something else, such as a number; None and lists without a value do not count.

        Yields
        ------
        tuple of str, or dict
            The switched row; it draws by its number in the stream.

        Raises
        ------
        ValueError
            If a row has no document, or its length or columns differ from those of the first row. If `columns` names
            a column that is not there, or is needed and missing.
        TypeError
            If `rows` is a table or a frame, the query is not text, or a column of texts has another value in a later
            row.
        """
        if is_table(rows):
            raise TypeError(f"rows is {type(rows).__name__}; {_COLUMNS}(rows)")
        stream, first = iter(rows), 0
        head: Row | None = None
        texts: dict[str, bool | None] = {}
        while batch := list(islice(stream, _BATCH)):
            if head is None:
                head = batch[0]
                texts = _text_columns(head, columns)
            for number, row in enumerate(batch, first):
                if not _is_alike(row, head, texts):
                    raise ValueError(
                        f"row {number} is {row!r:.80}; pass a query and the same number of documents in every row, or "
                        f"dicts with the same columns; {_COLUMNS}(batch)"
                    )
            yield from self._switched(batch, texts, range(first, first + len(batch)), epoch)
            first += len(batch)

    def _switched(self, batch: list[Any], texts: dict[str, bool | None], numbers: range, epoch: int) -> Iterator[Any]:
        """Yield the switched rows of a batch; `texts` are the `_text_columns` of dicts, and empty for sequences."""
        if self.query is None and self.document is None:
            yield from (dict(row) if isinstance(row, Mapping) else tuple(row) for row in batch)
        elif texts:
            columns = {name: _cells(batch, name, texts) for name in texts}
            switched = self.on(*columns, epoch=epoch)(columns, numbers)
            switched = {name: column for name, column in switched.items() if texts[name] is not False}
            for number, row in enumerate(batch):
                yield {**row, **{name: column[number] for name, column in switched.items()}}
        else:
            columns = {str(number): list(column) for number, column in enumerate(zip(*batch, strict=True))}
            columns |= self.on(*columns, epoch=epoch)(columns, numbers)
            yield from zip(*columns.values(), strict=True)


def _is_alike(row: Any, head: Row, texts: Mapping[str, Any]) -> bool:
    """Return whether a row has a query, documents and the shape of the first row, whose text columns are given."""
    if isinstance(head, Mapping):
        return isinstance(row, Mapping) and row.keys() == head.keys() and len(texts) > 1
    return isinstance(row, Collection) and not isinstance(row, (str, Mapping)) and len(row) == len(head) > 1


def _text_columns(row: Row, columns: Sequence[str] | None) -> dict[str, bool | None]:
    """Return the columns of the first row that can hold text, with the query first; nothing if it is not a dict.

    The value is True if the cell holds text, and None if a later row has to show what the column holds.
    """
    if columns is not None:
        return dict.fromkeys(_named_columns(row, columns), True)
    if not isinstance(row, Mapping):
        return {}
    kinds = {name: kind for name, cell in row.items() if (kind := _is_text(cell)) is not False}
    if "query" in row and "query" not in kinds:
        raise TypeError(f"the column 'query' holds {type(row['query']).__name__} in row 0; a query is text")
    _check_names(kinds)
    return dict(sorted(kinds.items(), key=lambda item: item[0] != "query"))  # stable, so documents keep their order


def _named_columns(row: Row, columns: Sequence[str]) -> Sequence[str]:
    """Return the columns that the caller names."""
    is_list = isinstance(columns, Collection) and not isinstance(columns, str)
    if not is_list or not isinstance(row, Mapping) or not all(column in row for column in columns):
        here = f"the columns {list(row)}" if isinstance(row, Mapping) else f"no columns: it is {type(row).__name__}"
        raise ValueError(f"columns is {columns!r}; it must list columns of the rows, and row 0 has {here}")
    return columns


def _check_names(texts: Mapping[str, bool | None]) -> None:
    """Raise an error if columns that hold text may be ids or labels, by their names."""
    if other := [name for name, kind in texts.items() if kind and not _NAMES.fullmatch(str(name))]:
        raise ValueError(
            f"the columns {other} hold text, but may be ids or labels; name the query and the documents: rows(rows, "
            f"columns={[name for name in texts if name not in other] or ['query', 'positive']})"
        )


def _is_text(cell: Any) -> bool | None:
    """Return whether a cell holds text or a list of texts; None if it has no value."""
    values = cell if isinstance(cell, (list, tuple)) else [cell]
    first = next((value for value in values if value is not None), None)
    return None if first is None else isinstance(first, str)


def _cells(batch: list[Any], name: str, texts: dict[str, bool | None]) -> list[Any]:
    """Return the cells of a column, and note in `texts` what it holds.

    A column that turns out to hold other values is empty for the switcher. It keeps its place, because the draws of the
    other columns depend on theirs.
    """
    cells = [row[name] for row in batch]
    if texts[name] is None:
        texts[name] = next((kind for cell in cells if (kind := _is_text(cell)) is not None), None)
        _check_names({name: texts[name]})
    return [None] * len(cells) if texts[name] is False else cells
