"""MTEB: a set that `make_stress_set` wrote as a task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..retrieval.robustness.export import METADATA, SPLIT
from ..text.languages import iso639, scripts_of

try:
    from mteb.abstasks.retrieval import AbsTaskRetrieval
    from mteb.abstasks.task_metadata import TaskMetadata
    from mteb.languages import ISO_TO_LANGUAGE, ISO_TO_SCRIPT
except ImportError:
    raise ImportError('tasks of MTEB need mteb; pip install "lexswitch[mteb]"') from None


def mteb_task(folder: str | Path, name: str | None = None) -> AbsTaskRetrieval:
    """Return a retrieval task of MTEB. Its subsets are the conditions, such as ``unchanged`` and ``de-p0.5``.

    ``mteb.evaluate(model, mteb_task("folder"))`` measures all of them.

    Parameters
    ----------
    folder : str or Path
        A folder that `lexswitch.retrieval.make_stress_set` or ``lexswitch stress make`` wrote.
    name : str, optional
        Name of the task. Default is the name of the data, followed by "CodeSwitched".

    Returns
    -------
    mteb.AbsTaskRetrieval

    Raises
    ------
    FileNotFoundError
        If `folder` is not such a folder.
    ValueError
        If a language has no code or no script in MTEB.
    """
    path = Path(folder).resolve()
    if not (path / METADATA).is_file():
        raise FileNotFoundError(f"{folder} has no {METADATA}; pass a folder that lexswitch stress make wrote")
    about = json.loads((path / METADATA).read_text(encoding="utf-8"))
    metadata = TaskMetadata(
        name=name or f"{''.join(filter(str.isalnum, about['name']))}CodeSwitched",
        description=f"{about['name']} with words replaced by dictionary translations (lexswitch {about['version']}).",
        dataset={"path": str(path), "revision": about["lexicon"]["signature"]},
        type="Retrieval",
        category="t2t",
        eval_splits=[SPLIT],
        eval_langs={one["name"]: _languages(one, about) for one in about["conditions"]},
        main_score="ndcg_at_10",
        sample_creation="created",
    )
    return type("StressTask", (AbsTaskRetrieval,), {"metadata": metadata})()


def _languages(condition: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    """Return the languages of a condition as MTEB writes them: ISO 639-3 and script."""
    return [_code(language) for language in (about["source_language"], *condition["languages"])]


def _code(language: str) -> str:
    code = next((one for one in iso639(language) if one in ISO_TO_LANGUAGE), None)
    script = next((one for one in scripts_of(language) if one in ISO_TO_SCRIPT), None)
    if code is None or script is None:
        raise ValueError(f"language {language!r} has no code in MTEB; it needs one of ISO 639-3 and a script")
    return f"{code}-{script}"
