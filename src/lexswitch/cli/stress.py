"""``lexswitch stress``: what mixing languages costs a retriever."""

from __future__ import annotations

import argparse
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .._io.folders import check_new_folder, new_folder
from .._io.locks import locked_folder
from ..errors import LexiconError
from ..retrieval.robustness import (
    BM25,
    DenseRetriever,
    Ranker,
    Reranker,
    RetrievalData,
    RunFiles,
    make_stress_set,
    stress,
)
from ..retrieval.robustness.conditions import DEFAULT_P, SIDES
from ..retrieval.robustness.job import OtherRunError
from .lexicon import Commands, add_lexicon_option, open_lexicon
from .lexicon.options import add_action, print_lines
from .messages import warning_printer
from .report_output import add_force
from .switcher_options import REMEDIES, add_choices, choices

BM25_NAME = "bm25"
_REPORT, _PAGE, _RUNS, _RESULTS = "report.json", "report.html", "runs", "results"
_EXAMPLES = """\
examples:
  lexswitch stress run scifact --model bm25 --to de,ru -o stress-bm25
  lexswitch stress run scifact --model intfloat/multilingual-e5-small --to de,ru -p .5 -o stress-e5
  lexswitch stress make scifact --to de,zh -p .5 -o scifact-switched
  lexswitch stress run scifact --run-files my-runs --to de,zh -p .5 -o stress-mine
"""
_ABOUT = (
    "DATA is a folder in the layout of BEIR, with corpus.jsonl, queries.jsonl and qrels/test.tsv. The queries are "
    "switched into each language, with each probability."
)


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "stress",
        help="measure what mixing languages costs a retriever",
        description="Measure what mixing languages costs a retriever, or write mixed queries for other tools.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_run(actions)
    _add_make(actions)


def _add_run(actions: Commands) -> None:
    parser = add_action(
        actions,
        "run",
        _run,
        "measure a retriever on queries in mixed languages",
        [
            "run scifact --model bm25 --to de,ru -o stress-bm25",
            "run scifact --run-files my-runs --to de -o stress-mine",
        ],
        f"{_ABOUT} The report is printed; the output folder has it as {_REPORT} and {_PAGE}.",
    )
    parser.add_argument("data", metavar="DATA", help="folder in the layout of BEIR")
    system = parser.add_mutually_exclusive_group(required=True)
    system.add_argument(
        "--model", metavar="NAME", help='"bm25", or the name or folder of a model of sentence-transformers'
    )
    system.add_argument(
        "--run-files", metavar="FOLDER", help="TREC run files of another system, one for each condition: de-p0.5.run"
    )
    parser.add_argument("--rerank", metavar="NAME", help="cross-encoder that re-ranks the first 100 documents")
    parser.add_argument(
        "--save-run-files", action="store_true", help=f"write TREC run files to the folder {_RUNS} of OUT"
    )
    parser.add_argument("--resume", action="store_true", help="resume a stopped run with the same output")
    _add_conditions(parser, DEFAULT_P)


def _add_make(actions: Commands) -> None:
    parser = add_action(
        actions,
        "make",
        _make,
        "write queries in mixed languages for other tools",
        ["make scifact --to de,zh -p .5 -o scifact-switched"],
        f"{_ABOUT} The output folder has the layout of BEIR and MTEB, and a card with licences and signatures.",
    )
    parser.add_argument("data", metavar="DATA", help="folder in the layout of BEIR")
    parser.add_argument(
        "--licence", metavar="NAME", default="", help="licence of the data, such as cc-by-sa-4.0 (default: as in DATA)"
    )
    _add_conditions(parser, DEFAULT_P)


def _add_conditions(parser: Any, p: tuple[float, ...]) -> None:
    """Add the options from which the conditions are made, and those of the output."""
    parser.remedies.update({**REMEDIES, "--qrels": "did you mean --split?"})
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="output folder")
    parser.add_argument(
        "--to",
        type=_languages,
        metavar="LANGUAGES",
        required=True,
        help='target languages, one condition each: "de,ru"; "de+ru" mixes both in one condition',
    )
    parser.add_argument(
        "-p",
        "--probability",
        type=_numbers(float, "numbers from 0 to 1, as in .25,.5"),
        metavar="P",
        default=p,
        help=f"probabilities that a unit is switched (default: {','.join(f'{value:g}' for value in p)})",
    )
    parser.add_argument("--side", choices=SIDES, default="query", help="what is switched (default: %(default)s)")
    parser.add_argument(
        "--seeds",
        type=_numbers(int, "whole numbers, as in 0,1,2"),
        metavar="N",
        default=(0,),
        help="random seeds; figures are averaged over them (default: 0)",
    )
    parser.add_argument("--split", default="test", metavar="NAME", help="file in qrels (default: %(default)s)")
    add_lexicon_option(parser)
    group = parser.add_argument_group("switching")
    add_choices(group)
    add_force(parser)
    parser.add_argument("--quiet", action="store_true", help="print no progress and no warnings")


def _run(args: argparse.Namespace) -> int:
    path = Path(args.output)
    check_new_folder(path, _REPORT, args.force)
    ranker = _ranker(args)
    work = path.with_name(f".{path.name}.partial")
    with partial_results(work, path, args), warnings.catch_warnings():
        _show_warnings(args)
        report = stress(
            RetrievalData.read(args.data, args.split),
            ranker,
            open_lexicon(args.lexicon),
            folder=work / _RESULTS,
            run_files=work / _RUNS if args.save_run_files else None,
            **_conditions(args),
        )
    with new_folder(path) as new:
        report.save(new / _REPORT)
        report.save(new / _PAGE)
        if args.save_run_files:
            shutil.copytree(work / _RUNS, new / _RUNS)
    shutil.rmtree(work)
    print_lines([str(report)])
    if not args.quiet:
        print(f"{path / _PAGE}: the report as a page", file=sys.stderr)
    return 0


@contextmanager
def partial_results(work: Path, path: Path, args: argparse.Namespace) -> Iterator[None]:
    """Keep what a stopped run has measured, and say so. Only ``--force`` removes the results of an earlier one."""
    if work.exists() and not args.resume:
        if not args.force:
            raise LexiconError(
                f"{path} was not finished: its results so far are in {work}; pass --resume to go on, or --force to "
                "start again"
            )
        _remove(work)
    try:
        yield
    except OtherRunError as error:
        raise LexiconError(f"{error}, or pass --force without --resume to start again") from None
    except BaseException as error:  # KeyboardInterrupt, and SystemExit on SIGTERM, too
        if not any(work.rglob("*.np[yz]")):
            with suppress(OSError):  # another run uses it, or it was not made yet
                _remove(work)
        elif not isinstance(error, Exception) and not args.quiet:
            print(f"lexswitch: {work} has the results so far; --resume goes on from there", file=sys.stderr)
        raise


def _remove(work: Path) -> None:
    with locked_folder(work / _RESULTS, wait=False):
        shutil.rmtree(work)


def _make(args: argparse.Namespace) -> int:
    check_new_folder(Path(args.output), "stress.json", args.force)
    with warnings.catch_warnings():
        _show_warnings(args)
        path = make_stress_set(
            RetrievalData.read(args.data, args.split),
            args.output,
            open_lexicon(args.lexicon),
            licence=args.licence,
            force=args.force,
            **_conditions(args),
        )
    print_lines(sorted(str(file) for file in path.glob("*.jsonl") if file.name != "corpus.jsonl"))
    return 0


def _conditions(args: argparse.Namespace) -> dict[str, Any]:
    return {
        "languages": args.to,
        "p": args.probability,
        "side": args.side,
        "seeds": args.seeds,
        "progress": not args.quiet,
        **choices(args),
    }


def _ranker(args: argparse.Namespace) -> Ranker:
    """Return the system that the options name; models are loaded now."""
    if args.run_files is not None:
        if args.rerank:
            raise LexiconError("--rerank needs --model; --run-files has the final rankings")
        return RunFiles(args.run_files)
    first: Ranker
    if args.model.lower() == BM25_NAME:
        first = BM25()
    else:
        first = DenseRetriever(_sentence_transformers("SentenceTransformer", args.model), args.model)
    if args.rerank is None:
        return first
    return Reranker(first, _sentence_transformers("CrossEncoder", args.rerank), args.rerank)


def _sentence_transformers(kind: str, name: str) -> Any:
    try:
        import sentence_transformers
    except ImportError:
        other = ", or use --model bm25" if kind == "SentenceTransformer" else ""
        raise ImportError(
            f"{name!r} is loaded by sentence-transformers; pip install sentence-transformers{other}"
        ) from None
    return getattr(sentence_transformers, kind)(name)


def _show_warnings(args: argparse.Namespace) -> None:
    """Print warnings in one line each, or none with ``--quiet``."""
    warnings.simplefilter("ignore" if args.quiet else "always", UserWarning)
    warnings.showwarning = warning_printer(args)


def _languages(value: str) -> list[list[str]]:
    """Parse ``de,ru,de+ru``; the library checks the language codes."""
    if not all(part.strip() for part in value.replace("+", ",").split(",")):
        raise argparse.ArgumentTypeError(f"{value!r} must be language codes, as in de,ru or de+ru")
    return [[language.strip() for language in part.split("+")] for part in value.split(",")]


def _numbers(kind: type, what: str) -> Any:
    """Return a function that parses numbers between commas."""

    def parse(value: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(part) for part in value.split(","))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{value!r} must be {what}") from None

    return parse
