"""Reports and summaries of commands: printed, or written as JSON or HTML."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

from .._io.atomic import replace_file
from .._io.outputs import check_output, is_stream
from ..errors import LexiconError
from ..switching.report import Report
from .messages import in_cli_terms

PRINTED = "-"
"""The destination of a report that is printed."""


def add_report_option(parser: argparse.ArgumentParser) -> None:
    """Add the option for the destination of a report."""
    parser.add_argument(
        "--report",
        nargs="?",
        const=PRINTED,
        metavar="FILE",
        help="print a report at the end on standard error, or write it to FILE.json or FILE.html",
    )


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the option that allows to replace files."""
    parser.add_argument("--force", action="store_true", help="replace existing output files")


def check_report(destination: str | None, force: bool) -> None:
    """Raise an error if a report cannot be written, before the work starts."""
    if destination in {None, PRINTED}:
        return
    path = Path(str(destination))
    if path.suffix not in {".json", ".html"}:
        raise LexiconError(
            f"--report {path}: a report is a .json or .html file; name it {path.stem}.json, or put --report last to "
            "print it"
        )
    check_new(path, force)


def check_new(path: Path, force: bool) -> None:
    """Raise an error if a path cannot be written, or is an existing file that must not be replaced."""
    check_output(path)
    if path.exists() and not force and not is_stream(path):
        raise FileExistsError(f"{path} exists; add --force to replace it, or choose another path")


def write_report(report: Report, args: argparse.Namespace, title: str) -> None:
    """Print a report, or write it to a file, with advice for users of a command."""
    if args.report == PRINTED:
        print(_in_cli_terms(str(report), report.advice, args), file=sys.stderr)
        return
    path = Path(args.report)
    if path.suffix == ".html":
        text = _in_cli_terms(report.to_html(title), report.advice, args, escape)
    else:
        data = report.to_dict()
        data["figures"]["advice"] = [in_cli_terms(one, args) for one in report.advice]
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _in_cli_terms(text: str, advice: list[str], args: argparse.Namespace, written: Callable[[str], str] = str) -> str:
    """Return a text with the sentences of advice for users of a command."""
    for one in advice:
        text = text.replace(written(one), written(in_cli_terms(one, args)))
    return text


def print_summary(report: Report) -> None:
    """Print the summary of a report on standard error."""
    for line in report.summary():
        print(line, file=sys.stderr)
