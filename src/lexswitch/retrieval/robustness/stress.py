"""Stress tests: how a retriever takes text in mixed languages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..._io.atomic import replace_file
from ...lexicon import Lexicon
from ...version import VERSION
from .bm25 import BM25
from .conditions import DEFAULT_P, Condition, Languages, Side, plan
from .coverage_check import warn_of_coverage
from .data import RetrievalData, as_data
from .documents import digest
from .examples import broken
from .measuring import StressTest
from .rankers import DenseRetriever, Ranker
from .ranking import DEPTH
from .report import RobustnessReport
from .reranker import Reranker
from .run_files import RunFiles

_JOB = "job.json"


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
        Where to keep vectors and finished conditions. A stopped run with the same folder and arguments resumes. By
        default they are kept in a temporary folder, and removed.
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
        If an argument is not valid, or the model returns something else than one finite vector for each text.

    Warns
    -----
    LowCoverageWarning
        If less than 20 % of the words of the queries, or of the documents if these are switched, are in the lexicon.
    """
    data, ranker = as_data(dataset), as_ranker(model)
    conditions = plan(lexicon, languages, p, side, seeds, **options)
    warn_of_coverage(data, lexicon, side)
    with _working_folder(folder, _job(data, ranker, conditions, run_files)) as work:
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
    )


def as_ranker(model: Any) -> Ranker:
    """Return a model as a ranker; anything that is not one of ours is an encoder."""
    if isinstance(model, (BM25, DenseRetriever, Reranker, RunFiles)):
        return model
    if isinstance(model, str):
        hint = "BM25()" if model.lower() == "bm25" else f"SentenceTransformer({model!r}), or any function to vectors"
        raise TypeError(f"model is {model!r}; pass {hint}")
    return DenseRetriever(model)


def _shares(languages: list[str] | None) -> dict[str, float]:
    """Return the share of each language in the collection."""
    listed = languages or []
    return {language: listed.count(language) / len(listed) for language in sorted(set(listed))}


def _job(
    data: RetrievalData, ranker: Ranker, conditions: list[Condition], run_files: str | Path | None
) -> dict[str, str]:
    """Return all on which the results depend, apart from the model itself."""
    return {
        "version": VERSION,
        "data": digest([*data.queries, *data.queries.values(), json.dumps(data.relevant), data.documents.fingerprint]),
        "model": ranker.name,
        "depth": str(DEPTH),
        "run_files": "" if run_files is None else str(Path(run_files).resolve()),
        "conditions": digest(condition.signature for condition in conditions),
    }


@contextmanager
def _working_folder(folder: str | Path | None, job: dict[str, str]) -> Iterator[Path]:
    """Yield a folder that holds results of this job, or none."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="lexswitch-stress-") as temporary:
            yield Path(temporary)
        return
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    file = path / _JOB
    if file.exists():
        other = json.loads(file.read_text(encoding="utf-8"))
        changed = [name for name in job if other.get(name) != job[name]]
        if changed:
            raise ValueError(
                f"{folder} has results of another run ({', '.join(changed)} differ); choose another folder, or remove "
                "it"
            )
    elif any(path.iterdir()):
        raise ValueError(f"{folder} has other files; choose a new or empty folder")
    else:
        with replace_file(file) as temporary_file:
            temporary_file.write_text(json.dumps(job), encoding="utf-8")
    yield path
