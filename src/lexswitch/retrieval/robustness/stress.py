"""Stress tests: how a retriever takes text in mixed languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...lexicon import Lexicon
from .conditions import DEFAULT_P, Languages, Side, plan
from .coverage_check import coverage, warn_if_low
from .data import RetrievalData, as_data
from .examples import broken
from .job import job_of, working_folder
from .rankers import as_ranker
from .report import RobustnessReport
from .run_files import check_ids
from .runner import StressTest


def stress(
    dataset: RetrievalData | str | Path | Mapping[str, Any],
    model: Any,
    lexicon: Lexicon,
    languages: Languages,
    p: float | Iterable[float] = DEFAULT_P,
    *,
    side: Side = "query",
    seeds: Iterable[int] = (0,),
    folder: str | Path | None = None,
    run_files: str | Path | None = None,
    progress: bool = True,
    **options: Any,
) -> RobustnessReport:
    """Measure what mixing languages costs a retriever.

    The data are measured as they are, then switched, once for each language, probability and seed. Vectors of documents
    are computed once, unless documents are switched. Queries that switching leaves unchanged keep their ranking.

    Parameters
    ----------
    dataset : RetrievalData, str, Path or mapping
        The data, a folder in the layout of BEIR, or a mapping with the rows of ``corpus``, ``queries`` and ``qrels`` as
        in MTEB.
    model : callable, object with ``encode``, BM25, Reranker or RunFiles
        The retriever. A callable or ``encode`` maps a list of str to vectors, see `DenseRetriever`.
    lexicon : Lexicon
        Its source language is that of the texts that are switched.
    languages : sequence of str or of sequences of str
        Target languages. Each one is a condition of its own. Languages in an inner list are mixed in one condition:
        ``["de", ["de", "ru"]]``.
    p : float or iterable of float, default (0, 0.25, 0.5, 0.75, 1)
        Translation probabilities. The data as they are (p = 0) are always measured.
    side : {"query", "document", "both"}, default "query"
        What is switched.
    seeds : iterable of int, default (0,)
        Random seeds. Measures of a query are averaged over them.
    folder : str or Path, optional
        Where to keep vectors and finished conditions. A stopped run with the same folder and arguments resumes. Another
        model needs another folder. By default they are kept in a temporary folder, and removed.
    run_files : str or Path, optional
        Folder in which to write a run file of TREC for each condition.
    progress : bool, default True
        Show a progress bar on standard error if it is a terminal.
    options
        Options of `CodeSwitcher`, such as ``draw_language="text"``, ``runs=3``, ``candidates="weighted"`` or
        ``keep_names=True``.

    Returns
    -------
    RobustnessReport

    Raises
    ------
    TypeError, ValueError
        If an argument is not valid, the model returns something else than one finite vector for each text, `folder` has
        results of another run, or a file of `dataset` changed after it was read.
    FileNotFoundError
        If `dataset` is a folder without a file that it needs, or a file of `RunFiles` is missing.
    FileExistsError
        If another run uses `folder`.

    Warns
    -----
    LowCoverageWarning
        If less than 20 % of the words of the queries, or of the documents if these are switched, are in the lexicon.
    UserWarning
        If ``draw_language="text"`` has no effect, because each condition has one language.
    """
    data, ranker = as_data(dataset), as_ranker(model)
    conditions = plan(lexicon, languages, p, side, seeds, **options)
    if run_files is not None:
        check_ids(data.queries, data.documents.ids)
    shares = coverage(data, lexicon, side)
    warn_if_low(shares, lexicon)
    with working_folder(folder, job_of(data, ranker, conditions, run_files), ranker) as work:
        test = StressTest(data, ranker, work, None if run_files is None else Path(run_files))
        results = test.run(conditions, progress)
    return RobustnessReport(
        data.name,
        ranker.name,
        side,
        lexicon.signature,
        {
            "queries": len(data.queries),
            "documents": len(data.documents.ids),
            "queries without judgements": data.left_out,
        },
        tuple(data.queries),
        tuple(results),
        tuple(broken(data.queries, conditions, results)),
        _shares(data.languages),
        shares,
    )


def _shares(languages: list[str] | None) -> dict[str, float]:
    """Return the share of each language in the collection."""
    listed = languages or []
    return {language: listed.count(language) / len(listed) for language in sorted(set(listed))}
