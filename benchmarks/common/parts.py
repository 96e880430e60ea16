"""Benchmarks that are measured in parts: command line, results from which a stopped run resumes, tables in READMEs."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

import lexswitch
from benchmarks.common import files, machine, processes
from benchmarks.common.errors import CollectionError, FetchError
from benchmarks.common.processes import Row
from benchmarks.common.report import machine_line, put_between_marks

BENCHMARKS = Path(__file__).parents[1]
_LIBRARY = Path(lexswitch.__file__).parent
_SHOWING = ("report.py", "aims.py", "chart.py", "figures.py", "__main__.py")  # code that does not change figures
_SUFFIXES = (".py", ".c", ".h", ".tsv", ".txt")

Results = dict[str, Any]
"""``machine``, ``quick`` and ``parts``: name -> ``rows``, ``fingerprint``, ``measured``, ``seconds``, ``steps``."""

Step = Callable[[], list[Row]]
"""Measures something and returns rows."""


class Option(NamedTuple):
    """A further option of a benchmark, which runs before measuring or instead of it.

    Attributes
    ----------
    flag : str
    run : callable
        Is called with the value of the option; returns the exit code, or None to go on with measuring.
    settings : dict
        Arguments for `argparse`.
    """

    flag: str
    run: Callable[[Any], int | None]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Benchmark:
    """A benchmark that is measured in parts.

    Attributes
    ----------
    name : str
        Its package in `benchmarks`.
    about : str
        Description for the command line.
    parts : dict of str to callable
        Name -> function that returns the steps; it is called with True for a quick run.
    markdown : callable
        Returns the tables for results.
    quick : str
        Description of a quick run; empty if there is none.
    packages : sequence of str
        Distributions whose versions matter.
    library : sequence of str
        Folders of lexswitch whose code the figures depend on; "" for all.
    describe : callable
        Returns further entries of the results; it is called with True for a quick run.
    side_by_side : dict of str to int
        Parts whose steps run in several processes at a time.
    missed : callable
        Returns the aims that results miss; the exit code is 1 if there are any.
    options : sequence of Option
    """

    name: str
    about: str
    parts: Mapping[str, Callable[[bool], Sequence[Step]]]
    markdown: Callable[[Results], str]
    quick: str = ""
    packages: Sequence[str] = ()
    library: Sequence[str] = ("",)
    describe: Callable[[bool], Results] = lambda _: {}
    side_by_side: Mapping[str, int] = field(default_factory=dict)
    missed: Callable[[Results], list[str]] = lambda _: []
    options: Sequence[Option] = ()

    @property
    def readme(self) -> Path:
        """The page with the tables."""
        return BENCHMARKS / self.name / "README.md"

    def newest(self, quick: bool = False) -> Results:
        """Return the newest results.

        Raises
        ------
        FileNotFoundError
            If there are none.
        """
        folder = BENCHMARKS / self.name / "results"
        paths = sorted(folder.glob(f"{_prefix(quick)}[0-9]*.json"))
        if not paths:
            command = f"python -m benchmarks.{self.name}{' --quick' * quick}"
            raise FileNotFoundError(f"no results in {folder}; run {command} first")
        return dict(files.read_json(paths[-1]))

    def fingerprint(self) -> str:
        """Return a digest of what the figures depend on: code and data of the library, Python and machine."""
        own = [path for path in (BENCHMARKS / self.name).glob("*.py") if path.name not in _SHOWING]
        library = [path for folder in self.library for path in (_LIBRARY / folder).rglob("*.*")]
        code = sorted(path for path in (*own, *library) if path.suffix in _SUFFIXES)
        return hashlib.sha256(f"{files.origin(code)}{sys.version}{platform.node()}".encode()).hexdigest()[:16]


def in_process(task: Callable[..., Row], *arguments: object) -> Step:
    """Return a step that calls a function in a separate process; the function returns one row."""
    return lambda: [processes.run(task, *arguments)]


def measure(benchmark: Benchmark, quick: bool = False, only: str | None = None) -> Results:
    """Measure all parts, and write results after every step.

    Parameters
    ----------
    benchmark
        The benchmark. Steps that were measured today with the same code are not repeated.
    quick
        Measure less.
    only
        Measure this part alone, even if it is complete. The results keep the other parts of the newest results.
    """
    today = _now()[:10]
    path = BENCHMARKS / benchmark.name / "results" / f"{_prefix(quick)}{today}.json"
    earlier = _earlier(benchmark, quick) if only else {"parts": {}}
    results: Results = files.read_json(path) if path.exists() else earlier
    results |= {"machine": machine.description(benchmark.packages), "quick": quick, **benchmark.describe(quick)}
    fingerprint = benchmark.fingerprint()
    for name in [only] if only else benchmark.parts:
        steps = benchmark.parts[name](quick)
        part = results["parts"].get(name, {})
        if part.get("fingerprint") != fingerprint or (only and part["steps"] >= len(steps)):
            part = {"fingerprint": fingerprint, "steps": 0, "seconds": 0.0, "rows": []}
        remaining = steps[part["steps"] :]
        start = time.monotonic()
        for rows in tqdm(
            _called(remaining, benchmark.side_by_side.get(name, 1)), desc=name, total=len(remaining), disable=None
        ):
            seconds = round(part["seconds"] + time.monotonic() - start, 1)
            part = {**part, "measured": _now(), "steps": part["steps"] + 1, "seconds": seconds}
            part["rows"] = [*part["rows"], *rows]
            results["parts"][name] = part
            files.write_json(path, results)
            start = time.monotonic()
    return results


def _earlier(benchmark: Benchmark, quick: bool) -> Results:
    """Return the parts of the newest results, each with the machine that measured it."""
    try:
        newest = benchmark.newest(quick)
    except FileNotFoundError:
        return {"parts": {}}
    return {"parts": {name: {"machine": newest["machine"], **part} for name, part in newest["parts"].items()}}


def _called(steps: Sequence[Step], workers: int) -> Iterator[list[Row]]:
    """Yield the rows of steps, in their order."""
    if workers == 1:
        yield from (step() for step in steps)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda step: step(), steps)


def _prefix(quick: bool) -> str:
    return "quick-" if quick else ""


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def heading(results: Results, before: str = "") -> str:
    """Return when and on what was measured, and what limits the figures.

    Parameters
    ----------
    results
        From `measure`.
    before
        As for `machine_line`.
    """
    line = machine_line(results["machine"], before)
    if results.get("quick"):
        line += " These are figures of a quick run, which measures less."
    if len({part.get("fingerprint") for part in results["parts"].values()}) > 1:
        line += " The parts were not all measured with the same code."
    earlier: dict[str, list[str]] = {}
    for name, part in results["parts"].items():
        if "machine" in part:
            earlier.setdefault(machine_line(part["machine"]), []).append(name)
    return "\n".join([line, *(f"Measured earlier: {', '.join(names)} ({at[:-1]})." for at, names in earlier.items())])


def rows_of(results: Results) -> dict[str, list[Row]]:
    """Return the rows of each part that was measured."""
    return {name: part["rows"] for name, part in results["parts"].items()}


def main(benchmark: Benchmark, arguments: Sequence[str] | None = None) -> int:
    """Run the command line of a benchmark; return the exit code.

    Parameters
    ----------
    benchmark
        The benchmark.
    arguments
        By default those of the process.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark.name}", description=benchmark.about)
    if benchmark.quick:
        parser.add_argument("--quick", action="store_true", help=benchmark.quick)
    only = "measure this part alone, even if it is complete; the README stays as it is"
    parser.add_argument("--only", choices=benchmark.parts, help=only)
    report = "measure nothing; write the tables of the newest results into the README"
    parser.add_argument("--report", action="store_true", help=report)
    for option in benchmark.options:
        parser.add_argument(option.flag, **option.settings)
    options = parser.parse_args(arguments)
    try:
        for option in benchmark.options:
            value = getattr(options, option.flag.removeprefix("--").replace("-", "_"))
            if value is not None and value is not False and (code := option.run(value)) is not None:
                return code
        return _run(benchmark, getattr(options, "quick", False), options.only, options.report)
    except ModuleNotFoundError as error:
        remedy = f"python -m pip install -r benchmarks/{benchmark.name}/requirements.txt"
        print(f"error: {error}; {remedy}", file=sys.stderr)
    except (CollectionError, FetchError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
    return 1


def _run(benchmark: Benchmark, quick: bool, only: str | None, report: bool) -> int:
    results = benchmark.newest(quick) if report else measure(benchmark, quick, only)
    tables = benchmark.markdown(results)
    print(tables)
    if not quick and not only:
        put_between_marks(benchmark.readme, tables)
    missed = benchmark.missed(results) if not only else []
    for each in missed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if missed else 0
