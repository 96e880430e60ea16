"""Measures all conditions of a stress test, one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..._io.atomic import replace_file
from ..._io.checkpoint import Checkpoint
from ..._io.progress import progress_bar
from ...engine.packing import Floats, Ints
from .conditions import Condition
from .data import RetrievalData
from .documents import Documents, SwitchedDocuments, blocks
from .measures import MEASURES, measure
from .rankers import Ranker, Searcher, Workplace
from .ranking import Ranking
from .results import ConditionResult
from .run_files import SUFFIX, write_run

_BLOCK = 1024
"""Number of queries that are ranked at a time."""
_TOP = 10


class _Arrays(NamedTuple):
    """Measures of the queries of a condition, as arrays that a checkpoint keeps."""

    values: Floats
    ranks: Ints
    changed: npt.NDArray[np.bool_]
    bias: Floats

    @classmethod
    def empty(cls, queries: int, languages: int) -> _Arrays:
        return cls(
            np.zeros((queries, len(MEASURES))),
            np.zeros(queries, dtype=np.int64),
            np.zeros(queries, dtype=bool),
            np.zeros(languages),
        )


class StressTest:
    """Measures all conditions of one data set with one ranker."""

    def __init__(self, data: RetrievalData, ranker: Ranker, work: Path, runs: Path | None) -> None:
        self._data, self._ranker, self._work, self._runs = data, ranker, work, runs
        self._ids, self._texts = list(data.queries), list(data.queries.values())
        self._grades = _grades_by_row(data)
        self._languages = sorted(set(data.languages or ()))
        numbers = {language: number for number, language in enumerate(self._languages)}
        self._language_of = np.array([numbers[language] for language in data.languages or ()], dtype=np.int64)
        self._base = Ranking.empty(0)
        self._searcher: tuple[str, Searcher] | None = None

    def run(self, conditions: list[Condition], progress: bool) -> list[ConditionResult]:
        """Measure all conditions."""
        variants = len({_variant(condition) for condition in conditions})
        total = variants * len(self._data.documents.ids) + len(conditions) * len(self._ids)
        with progress_bar(total, "stress", "text", progress) as bar:
            return [self._result(condition, self._measured(condition, bar.update)) for condition in conditions]

    def _measured(self, condition: Condition, update: Callable[[int], Any]) -> _Arrays:
        """Return the measures of a condition, from its checkpoint if it is done."""
        checkpoint = Checkpoint(self._work / f"{condition.name}.npz", condition.signature)
        measured = _Arrays.empty(len(self._ids), len(self._languages))
        ranking = Ranking.empty(len(self._ids)) if condition.switcher is None else Ranking.empty(0)
        arrays = {**measured._asdict(), **{f"base_{name}": array for name, array in ranking._asdict().items()}}
        # Files with rankings are read each time: they may change between runs.
        is_kept = self._ranker.reads_texts and self._has_run_file(condition)
        if not is_kept or checkpoint.load_into(arrays) is None:
            self._measure(condition, measured, ranking, update)
            checkpoint.save(arrays, {})
            if _variant(condition):
                shutil.rmtree(self._work / condition.name, ignore_errors=True)  # vectors that no other condition needs
        else:
            update(len(self._ids))
        if condition.switcher is None:
            self._base = ranking
        return measured

    def _measure(self, condition: Condition, into: _Arrays, base: Ranking, update: Callable[[int], Any]) -> None:
        searcher = self._search(condition, update)

        def rankings() -> Iterator[Ranking]:
            for rows in blocks(len(self._ids), _BLOCK):
                part = slice(rows.start, rows.stop)
                ranking, changed = self._rank(condition, searcher, part)
                if condition.switcher is None:
                    base.rows[part], base.scores[part] = ranking
                found = measure(ranking, self._grades[part])
                into.values[part], into.ranks[part], into.changed[part] = *found, changed
                into.bias[:] += self._top_languages(ranking)
                update(len(rows))
                yield ranking

        file = self._run_file(condition)
        if file is None:
            for _ in rankings():
                pass
            return
        with replace_file(file) as path:
            write_run(path, self._ids, self._data.documents.ids, rankings(), "lexswitch")

    def _run_file(self, condition: Condition) -> Path | None:
        return None if self._runs is None else self._runs / f"{condition.name}{SUFFIX}"

    def _has_run_file(self, condition: Condition) -> bool:
        """Return whether the run file of a condition is there, or none is wanted."""
        file = self._run_file(condition)
        return file is None or file.is_file()

    def _rank(self, condition: Condition, searcher: Searcher, part: slice) -> tuple[Ranking, npt.NDArray[np.bool_]]:
        """Return the ranking of some queries, and which of them switching changed."""
        ids, texts = self._ids[part], self._texts[part]
        switcher = condition.query_switcher
        switched = texts if switcher is None else switcher.apply(texts, keys=ids)
        changed = np.array([new != old for new, old in zip(switched, texts, strict=True)], dtype=bool)
        keeps = condition.switcher is not None and condition.document_switcher is None and self._ranker.reads_texts
        if not keeps:
            return searcher.rank(condition.name, ids, switched), changed
        ranking = Ranking(self._base.rows[part].copy(), self._base.scores[part].copy())
        rows = np.flatnonzero(changed).tolist()
        if rows:
            found = searcher.rank(condition.name, [ids[row] for row in rows], [switched[row] for row in rows])
            ranking.rows[rows], ranking.scores[rows] = found
        return ranking, changed

    def _search(self, condition: Condition, update: Callable[[int], Any]) -> Searcher:
        """Return the searcher of the condition's documents; it is kept until other documents are needed."""
        variant = _variant(condition)
        if self._searcher is None or self._searcher[0] != variant:
            documents: Documents = self._data.documents
            if condition.document_switcher is not None:
                documents = SwitchedDocuments(documents, condition.document_switcher)
            name = condition.name if variant else "documents"
            self._searcher = variant, self._ranker.index(documents, Workplace(self._work / name, update, self._ids))
        return self._searcher[1]

    def _top_languages(self, ranking: Ranking) -> Floats:
        rows = ranking.rows[:, :_TOP]
        found = self._language_of[rows[rows >= 0]] if self._languages else np.empty(0, dtype=np.int64)
        return np.bincount(found, minlength=len(self._languages)).astype(float)

    def _result(self, condition: Condition, measured: _Arrays) -> ConditionResult:
        total = max(measured.bias.sum(), 1)
        bias = dict(zip(self._languages, (measured.bias / total).tolist(), strict=True))
        about = (condition.name, condition.language, condition.p, condition.seed, condition.signature)
        return ConditionResult(*about, measured.values, measured.ranks, measured.changed, bias)


def _variant(condition: Condition) -> str:
    """Return what identifies the documents of a condition; empty for the documents as they are."""
    return "" if condition.document_switcher is None else condition.signature


def _grades_by_row(data: RetrievalData) -> list[dict[int, int]]:
    judged = {document for grades in data.relevant.values() for document in grades}
    row_of = {number: row for row, number in enumerate(data.documents.ids) if number in judged}
    return [{row_of[document]: grade for document, grade in data.relevant[query].items()} for query in data.queries]
