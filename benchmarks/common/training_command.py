"""The command line of benchmarks that train models: one option for each experiment, ``--smoke`` and ``--report``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from benchmarks.common.errors import CollectionError, FetchError, RunError
from benchmarks.common.experiments import Experiment

NO_DATA = 3
"""The exit code if data cannot be fetched."""


def main(name: str, question: str, smoke_minutes: int) -> int:
    """Run an experiment, or write the report; return the exit code.

    Parameters
    ----------
    name
        Package of the benchmark. Its module ``experiments`` has `EXPERIMENTS`, `smoke`, `run`, and the functions that
        add and apply further options. Its module ``report`` has `write` and `smoke_table`.
    question
        The question that the benchmark answers.
    smoke_minutes
        Time of the smoke test.
    """
    try:
        plan: Any = importlib.import_module(f"benchmarks.{name}.experiments")
        report: Any = importlib.import_module(f"benchmarks.{name}.report")
    except ImportError as error:
        remedy = f"pip install -e . -r benchmarks/{name}/requirements.txt"
        print(f"error: {error}. Install the requirements of this benchmark: {remedy}", file=sys.stderr)
        return 1
    parser = _parser(name, question, smoke_minutes, plan)
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers is {options.workers}; it must be 1 or more")
    experiments = _chosen(parser, plan, options)
    plan.check_options(parser, options)
    try:
        if options.smoke:
            document = plan.run(plan.with_options(plan.smoke(), options), "smoke", None, options.workers)
            print("\n".join(report.smoke_table(document)))
            return 0
        for experiment in experiments:
            runs = plan.with_options(experiment.runs(), options)
            path = report.RESULTS / f"{_file(experiment.name, plan.other_names(options))}.json"
            plan.run(runs, experiment.name, path, options.workers)
        report.write()
    except (FetchError, CollectionError, RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return NO_DATA if isinstance(error, FetchError) else 1
    return 0


def _parser(name: str, question: str, smoke_minutes: int, plan: Any) -> argparse.ArgumentParser:
    description = f"{question} A stopped run resumes when it is started again."
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    presets = {each.preset for each in plan.EXPERIMENTS.values()} - {""}
    chosen = parser.add_mutually_exclusive_group(required=not presets)
    smoke = f"run a few steps of every kind of system, print and keep nothing; {smoke_minutes} min"
    chosen.add_argument("--smoke", action="store_true", help=smoke)
    for experiment in plan.EXPERIMENTS.values():
        if not experiment.preset:
            about = f"{experiment.question} {experiment.cost}"
            chosen.add_argument(f"--{experiment.name}", action="store_true", help=about)
    chosen.add_argument("--report", action="store_true", help="write tables and plots from the results")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes of one thread (default 2)")
    if presets:
        several = "several experiments of one kind; with --smoke, a few steps of that kind"
        parser.add_argument("--preset", choices=sorted(presets), help=several)
    plan.add_options(parser)
    return parser


def _chosen(parser: argparse.ArgumentParser, plan: Any, options: argparse.Namespace) -> list[Experiment[Any]]:
    """Return the experiments that options choose; exit if there are none, or if they come from two options."""
    preset = getattr(options, "preset", None)
    single = [each for each in plan.EXPERIMENTS.values() if getattr(options, each.name.replace("-", "_"), False)]
    if preset and (single or options.report):
        parser.error(f"--preset {preset} is an experiment of its own; pass it alone, or with --smoke")
    found = single or [each for each in plan.EXPERIMENTS.values() if preset and each.preset == preset]
    if not (found or options.smoke or options.report):
        flags = [f"--preset {each.preset}" if each.preset else f"--{each.name}" for each in plan.EXPERIMENTS.values()]
        parser.error(f"nothing to do; pass one of {', '.join(dict.fromkeys(['--smoke', *flags, '--report']))}")
    return found


def _file(experiment: str, others: list[str]) -> str:
    """The name of a results file. The report ignores results of other models and collections."""
    return "-".join([experiment, *(Path(name).name for name in others if name)])
