"""``python -m benchmarks.image_text``: measure whether code-switched captions help image-text retrieval."""

from __future__ import annotations

import argparse
import sys

from benchmarks.common.fetch import FetchError

NO_DATA = 3
"""The exit code when data cannot be fetched."""


def main() -> int:
    """Run experiments, or write the report; return the exit code."""
    try:
        from benchmarks.common.processes import RunError
        from benchmarks.image_text import experiments, report
        from benchmarks.image_text.collection import CollectionError
        from benchmarks.image_text.runs import RESULTS
    except ImportError as error:
        print(
            f"error: {error}. Install what this benchmark needs: "
            "pip install -e . -r benchmarks/image_text/requirements.txt",
            file=sys.stderr,
        )
        return 1
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.image_text",
        description="Do code-switched captions help image-text retrieval across languages? A stopped run goes on.",
    )
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--smoke", action="store_true", help="a few steps of everything; prints, keeps nothing; 2 min")
    for experiment in experiments.EXPERIMENTS.values():
        chosen.add_argument(
            f"--{experiment.name}", action="store_true", help=f"{experiment.question} {experiment.cost}"
        )
    chosen.add_argument("--report", action="store_true", help="write tables and plots from the results")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes of one thread (default 2)")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers is {options.workers}; it must be 1 or more")
    try:
        if options.smoke:
            document = experiments.run(experiments.smoke(), "smoke", None, options.workers)
            print("\n".join(report.means_table(report.Experiment(document), report.KINDS)))
            return 0
        for name, experiment in experiments.EXPERIMENTS.items():
            if getattr(options, name.replace("-", "_")):
                experiments.run(experiment.runs(), name, RESULTS / f"{name}.json", options.workers)
        report.write()
    except (FetchError, CollectionError, RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return NO_DATA if isinstance(error, FetchError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
