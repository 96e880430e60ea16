"""Run files of TREC: ``query Q0 document rank score tag``, one line per ranked document."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .documents import Documents, order_of_ties
from .rankers import Searcher, Workplace
from .ranking import BestDocuments, Ranking
from .text_lines import text_lines

SUFFIX = ".run"
_LINE = "query Q0 document rank score tag"
_COLUMNS = 6


class RunFiles:
    """Rankings of a system that was run elsewhere: one file for each condition.

    The file of a condition is called after it, such as ``de-p0.5.run``, and ``unchanged.run`` for the data as they are.
    `make_stress_set` writes the switched queries. Scores decide the order, as in trec_eval.

    Parameters
    ----------
    folder : str or Path
    name : str, optional
        Name for reports. Default is the name of the folder.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """

    reads_texts = False

    def __init__(self, folder: str | Path, name: str = "") -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise FileNotFoundError(f"{folder} is not a folder; pass the folder of the files CONDITION{SUFFIX}")
        self.name = name or self._folder.resolve().name

    def probe(self) -> list[float]:
        """Return nothing: the files are read each time."""
        return []

    def index(self, documents: Documents, workplace: Workplace) -> Searcher:
        """Number the documents."""
        workplace.progress(len(documents.ids))
        return _RunSearch(self._folder, documents, workplace.queries)


class _RunSearch:
    def __init__(self, folder: Path, documents: Documents, queries: Sequence[str]) -> None:
        self._folder, self._queries, self._ties = folder, queries, order_of_ties(documents.ids)
        self._row_of = {number: row for row, number in enumerate(documents.ids)}
        self._read = lru_cache(maxsize=1)(self._read_file)

    def rank(self, condition: str, ids: Sequence[str], texts: Sequence[str]) -> Ranking:
        path = self._folder / f"{condition}{SUFFIX}"
        found, best = self._read(path), BestDocuments(len(ids), self._ties)
        counts = [len(found.get(number, ())) for number in ids]
        rows = [row for number in ids for row in found.get(number, ())]
        scores = [score for number in ids for score in found.get(number, {}).values()]
        best.add_pairs(
            np.repeat(np.arange(len(ids)), counts), np.array(rows, dtype=np.int64), np.array(scores, dtype=np.float32)
        )
        return best.ranking

    def _read_file(self, path: Path) -> dict[str, dict[int, float]]:
        """Return for each query the scores of documents, by their rows."""
        if not path.is_file():
            raise FileNotFoundError(f"{path} does not exist; write one run file for each condition")
        found: dict[str, dict[int, float]] = {}
        for line, cells in _lines(path):
            if len(cells) != _COLUMNS:
                raise ValueError(f"{path}:{line}: {' '.join(cells)!r:.60}; write: {_LINE}")
            if not _is_number(cells[4]):
                raise ValueError(f"{path}:{line}: the score is {cells[4]!r}; it must be a finite number")
            query, document = cells[0], cells[2]
            if document not in self._row_of:
                raise ValueError(f"{path}:{line}: document {document!r} is not in the corpus; rank the same corpus")
            of = found.setdefault(query, {})
            if self._row_of[document] in of:
                raise ValueError(f"{path}:{line}: document {document!r} is repeated for query {query!r}; rank it once")
            of[self._row_of[document]] = float(cells[4])
        self._check_queries(path, found)
        return found

    def _check_queries(self, path: Path, found: Mapping[str, Any]) -> None:
        """Warn if a file lacks some of all queries, and raise an error if it has none of them."""
        missing = [number for number in self._queries if number not in found]
        if not missing:
            return
        if len(missing) == len(self._queries):
            raise ValueError(f"{path} has no line for any query, such as {missing[0]!r}; write: {_LINE}")
        warnings.warn(
            f"{path} has no line for {len(missing)} of {len(self._queries)} queries, such as {missing[0]!r}; they "
            "count as 0",
            stacklevel=4,
        )


def write_run(path: Path, ids: Sequence[str], documents: Sequence[str], rankings: Iterable[Ranking], tag: str) -> None:
    """Write a run file. The rankings have the queries of `ids`, in their order; `check_ids` has passed all ids."""
    queries = iter(ids)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for ranking in rankings:
            for rows, scores in zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True):
                query = next(queries)
                for rank, (row, score) in enumerate(zip(rows, scores, strict=True), 1):
                    if row >= 0:
                        file.write(f"{query} Q0 {documents[row]} {rank} {score!r} {tag}\n")


def check_ids(*listed: Iterable[str]) -> None:
    """Raise an error for an id that a run file cannot hold."""
    for ids in listed:
        for number in ids:
            if len(number.split()) != 1:
                raise ValueError(f"id {number!r} has white space, which separates the columns of a run file; rename it")


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in text_lines(path):
        if cells := line.split():
            yield number, cells


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
