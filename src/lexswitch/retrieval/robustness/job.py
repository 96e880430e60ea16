"""The folder of a stopped stress test: which job and which model its results belong to."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..._io.atomic import replace_file
from ..._io.locks import locked_folder
from ...version import VERSION
from .conditions import Condition
from .data import RetrievalData
from .documents import digest
from .rankers import Ranker
from .ranking import DEPTH

_JOB, _PROBE = "job.json", "probe.json"
_TOLERANCE = 1e-3
"""Vectors of one model differ less between processors, and those of two models differ more."""


class OtherRunError(ValueError):
    """A folder has results of another run."""


def job_of(
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
def working_folder(folder: str | Path | None, job: dict[str, str], ranker: Ranker) -> Iterator[Path]:
    """Yield a folder that has results of this job and model, or none. A folder of the user is locked.

    Raises
    ------
    OtherRunError
        If the folder has results of another job, or of another model with the same name.
    ValueError
        If the folder has other files.
    FileExistsError
        If another run uses the folder.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="lexswitch-stress-") as temporary:
            yield Path(temporary)
        return
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    with locked_folder(path, wait=False):
        _check_job(path, job)
        _check_model(path, ranker)
        yield path


def _check_job(path: Path, job: dict[str, str]) -> None:
    file = path / _JOB
    if file.exists():
        other = json.loads(file.read_text(encoding="utf-8"))
        changed = [name for name in job if other.get(name) != job[name]]
        if changed:
            raise OtherRunError(
                f"{path} has results of another run, with other {', '.join(changed)}; choose another folder, or remove "
                "it"
            )
    elif any(path.iterdir()):
        raise ValueError(f"{path} has other files; choose a new or empty folder")
    else:
        _write(file, job)


def _check_model(path: Path, ranker: Ranker) -> None:
    """Compare what the model returns for a few texts: names do not tell a model from itself before more training."""
    file, probe = path / _PROBE, ranker.probe()
    if not file.exists():
        _write(file, probe)
        return
    before = json.loads(file.read_text(encoding="utf-8"))
    if len(before) != len(probe) or not np.allclose(before, probe, rtol=_TOLERANCE, atol=_TOLERANCE):
        raise OtherRunError(
            f"{path} has results of another model with the name {ranker.name!r}; choose another folder, or remove it"
        )


def _write(file: Path, value: object) -> None:
    with replace_file(file) as temporary:
        temporary.write_text(json.dumps(value), encoding="utf-8")
