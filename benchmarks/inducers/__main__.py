"""``python -m benchmarks.inducers``: measure, write the results as JSON and the tables into the README."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

import lexswitch
from benchmarks.common import machine
from benchmarks.common.fetch import FetchError
from benchmarks.common.files import write_bytes
from benchmarks.common.processes import run
from benchmarks.inducers import alignments, report, searches, spaces
from benchmarks.inducers.measure import Row, Task
from lexswitch.inducers.embeddings import Vectors

RESULTS = Path(__file__).with_name("results")
PACKAGES = ("numpy", "scipy", "gensim", "faiss-cpu", "hnswlib", "pandas", "torch", "wordfreq")

PARTS: dict[str, Callable[[bool], list[Task]]] = {
    "csls": searches.csls,
    "reading": searches.reading,
    "retrieval": searches.retrieval,
    "rotated": alignments.rotated,
    "trained": alignments.trained_apart,
}
SIDE_BY_SIDE = ("rotated", "trained")
"""Parts whose tasks run two at a time, on one core each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inducers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some minutes: fewer words, languages and seeds")
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--report", action="store_true", help="measure nothing; write the tables into the README")
    parser.add_argument(
        "--vectors",
        metavar="FOLDER",
        help="measure nothing; write the encoder's vectors, turned apart, as LANGUAGE.vec",
    )
    options = parser.parse_args(arguments)
    try:
        if options.vectors:
            _write_vectors(Path(options.vectors))
        elif not options.report:
            _measure(options.quick, options.only)
        if not options.vectors:
            tables = report.markdown(report.load(_newest(options.quick)))
            print(tables)
            if not options.quick:
                report.write_readme(tables)
    except ModuleNotFoundError as error:
        print(f"error: {error}; python -m pip install -r benchmarks/inducers/requirements.txt", file=sys.stderr)
        return 1
    except (FetchError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _write_vectors(folder: Path) -> None:
    for language in (spaces.SOURCE, *spaces.TARGETS):
        matrix = (spaces.vectors if language == spaces.SOURCE else spaces.turned)(language)
        Vectors(spaces.vocabulary(language), matrix).save(folder / f"{language}.vec")


def _measure(quick: bool, only: str | None) -> None:
    """Measure one part, or all; rows that were measured before with the same code stay."""
    path = RESULTS / f"{'quick-' if quick else ''}{_now()[:10]}.json"
    results = report.load(path) if path.exists() else {"parts": {}}
    results |= {"machine": machine.description(PACKAGES), "quick": quick}
    fingerprint = _fingerprint()
    for name in [only] if only else PARTS:
        part = results["parts"].get(name, {})
        if part.get("fingerprint") != fingerprint:
            part = {"fingerprint": fingerprint, "rows": []}
        results["parts"][name] = part
        tasks = PARTS[name](quick)[len(part["rows"]) :]
        for row in tqdm(_rows(tasks, 2 if name in SIDE_BY_SIDE else 1), desc=name, total=len(tasks), disable=None):
            part["rows"].append(row)
            part["measured"] = _now()
            write_bytes(path, (json.dumps(results, indent=1, ensure_ascii=False) + "\n").encode())


def _rows(tasks: Sequence[Task], side_by_side: int) -> Iterator[Row]:
    """What the tasks return, in their order; side by side each has one core."""
    if side_by_side > 1:
        os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # for the processes of the tasks
    with ThreadPoolExecutor(side_by_side) as pool:
        yield from pool.map(lambda task: run(task[0], *task[1]), tasks)


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def _fingerprint() -> str:
    """A digest of the code that the figures depend on."""
    here = Path(__file__).parent
    code = sorted((Path(lexswitch.__file__).parent / "inducers" / "embeddings").glob("*.py"))
    code += [path for path in sorted(here.glob("*.py")) if path.name not in ("report.py", "__main__.py")]
    digest = hashlib.sha256(sys.version.encode())
    for path in code:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _newest(quick: bool) -> Path:
    paths = sorted(RESULTS.glob("quick-*.json" if quick else "[0-9]*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run python -m benchmarks.inducers{' --quick' * quick} first")
    return paths[-1]


if __name__ == "__main__":
    sys.exit(main())
