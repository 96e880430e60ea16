"""``python -m benchmarks.image_text``: measure whether code-switched captions help image-text retrieval."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common.fetch import FetchError

if TYPE_CHECKING:
    from benchmarks.image_text.runs import Run

NO_DATA = 3
"""The exit code when data cannot be fetched."""


def main() -> int:
    """Run experiments, or write the report; return the exit code."""
    try:
        from benchmarks.common.processes import RunError
        from benchmarks.image_text import collections, experiments, report
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
    parser.add_argument("--image-model", metavar="NAME", default="", help="a CLIP or SigLIP of Hugging Face")
    parser.add_argument("--text-model", metavar="NAME", default="", help="an encoder of Hugging Face to start from")
    parser.add_argument("--collection", choices=collections.PUBLIC, help="a public set of yours; see the README")
    parser.add_argument("--captions", metavar="PATH", help="its captions")
    parser.add_argument("--images", metavar="FOLDER", help="its images")
    parser.add_argument("--languages", metavar="CODE,CODE", help="languages beside English")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers is {options.workers}; it must be 1 or more")
    if options.collection and not (options.captions and options.images and options.languages):
        parser.error(f"--collection {options.collection} needs --captions, --images and --languages")
    try:
        if options.smoke:
            document = experiments.run(_elsewhere(experiments.smoke(), options), "smoke", None, options.workers)
            print("\n".join(report.means_table(report.Experiment(document), report.KINDS)))
            return 0
        for name, experiment in experiments.EXPERIMENTS.items():
            if getattr(options, name.replace("-", "_")):
                chosen_runs = _elsewhere(experiment.runs(), options)
                experiments.run(chosen_runs, name, RESULTS / f"{_file(name, options)}.json", options.workers)
        report.write()
    except (FetchError, CollectionError, RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return NO_DATA if isinstance(error, FetchError) else 1
    return 0


def _elsewhere(runs: list[Run], options: argparse.Namespace) -> list[Run]:
    """The runs with the collection and the models of the command line."""
    from benchmarks.image_text import collections, experiments

    source = collections.EMOJI
    if options.collection:
        languages = ("en", *(language for language in options.languages.split(",") if language != "en"))
        size = 224 if options.image_model else source.size
        source = collections.Source(options.collection, options.captions, options.images, languages, size)
    return experiments.elsewhere(runs, source, options.image_model, options.text_model)


def _file(name: str, options: argparse.Namespace) -> str:
    """The results of other collections and models are not in the report."""
    parts = (name, options.collection, Path(options.image_model).name, Path(options.text_model).name)
    return "-".join(part for part in parts if part)


if __name__ == "__main__":
    sys.exit(main())
