"""Lexicon files: one module per format, found out by content.

`FORMATS` names them all; `Lexicon.read` and `Lexicon.export` are the way in and out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from ..columns import Block, Collector
from ..errors import LexiconError
from ..files import replace_file
from . import dictd, gatitos, jsonl, moses, mueller, muse, panlex, stardict, table, tei, wiktextract
from .base import Format, Input, Sample

#: The formats by name, in the order in which they are tried.
FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (stardict, dictd, mueller, tei, panlex, wiktextract, gatitos, jsonl, moses, table, muse)
}

_Writer = Callable[[Iterable[tuple[str, str, str, float]], TextIO], None]
_WRITERS: dict[str, _Writer] = {"tsv": table.write, "jsonl": jsonl.write, "muse": muse.write}
_SUFFIXES = {".tsv": "tsv", ".jsonl": "jsonl", ".txt": "muse"}

# Pickles of protocols 0 and 1 have no mark of their own; these are the usual beginnings of a dict, list or object.
_PICKLES = re.compile(rb"\x80[\x01-\x05]|\([dl]p[0-9]|[\]}]q\x00|c[A-Za-z_][\w.]*\n\w+\n[qp(]")

# What is no lexicon, by its first bytes.
_STRANGERS = (
    (b"PK\x03\x04", "a zip archive (or an Office document)", "unpack it and read the file inside"),
    (b"<!doctype html", "a web page", "download the file itself"),
    (b"<html", "a web page", "download the file itself"),
    (b"version https://git-lfs", "a Git LFS pointer", "get the file itself: git lfs pull"),
    (b"%PDF", "a PDF document", "get the data as text"),
    (b"\xff\xfe", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
)

_log = logging.getLogger(__name__)


def read(
    path: Path, source: str, targets: tuple[str, ...] | None, format: str | None, strict: bool, progress: bool
) -> tuple[Collector, dict[str, Any]]:
    """Read a file; return its pairs, and the record of where they came from and what was dropped.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        See `Lexicon.read`.
    """
    sample = Sample(path)
    chosen = _choose(sample, format)
    input = Input(path, source, targets, strict, progress)
    collector = Collector(marks=False, source=source)
    with closing(input):
        for block in chosen.read(input):
            _collect(input, collector, block)
    name = path.name.encode("utf-8", "backslashreplace").decode()
    record = {**input.about, "file": name, "format": chosen.name, "sha256": input.sha256()}
    if not collector.num_pairs:
        raise LexiconError(_nothing(input, chosen))
    if missing := sorted(set(targets or ()).difference(collector.languages)):
        _log.warning("%s has no pair into %s", path, ", ".join(missing))
    _log.info("%s: read %d pairs, dropped %s", path, collector.num_pairs, dict(input.dropped))
    record["languages"] = f"{source} -> {', '.join(collector.languages)}"
    return collector, {**record, "pairs": collector.num_pairs, "dropped": dict(sorted(input.dropped.items()))}


def write(path: Path, format: str | None, languages: tuple[str, ...], pairs: Iterable[Any]) -> None:
    """Write pairs; see `Lexicon.export`."""
    name = format or _SUFFIXES.get(path.suffix.lower())
    if name not in _WRITERS:
        what = f"format is {format!r}" if format else f"{path.name!r} ends in none of {', '.join(_SUFFIXES)}"
        raise LexiconError(f"{what}; pass format={' or '.join(map(repr, _WRITERS))}")
    if name == "muse" and len(languages) > 1:
        raise LexiconError(f"a MUSE file has one target language, this lexicon has {list(languages)}; select one")
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        _WRITERS[name](pairs, file)


def _choose(sample: Sample, name: str | None) -> Format:
    path = sample.path
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_dir() and not path.is_file():
        raise LexiconError(f"{path} is a pipe or a device, which cannot be read twice; write it to a file first")
    if (path / "lexicon.json").is_file():
        raise LexiconError(f"{path} is a lexicon that was saved; open it with Lexicon.load (lexswitch lexicon merge)")
    if name is not None and name not in FORMATS:
        raise LexiconError(f"format is {name!r}; it must be one of {', '.join(FORMATS)}")
    if _PICKLES.match(sample.head):
        raise LexiconError(
            f"{path} is a pickle; reading one can run any code, so lexswitch never does. If you trust it, unpickle it "
            "yourself and pass its pairs to Lexicon.from_pairs"
        )
    if name is not None:
        return FORMATS[name]
    for format in FORMATS.values():
        if format.found_in(sample):
            return format
    what, remedy = _describe(sample)
    raise LexiconError(f"{path} has no known format: it is {what}; {remedy}")


def _describe(sample: Sample) -> tuple[str, str]:
    """What a file of no known format seems to be, and what to do about it."""
    head = sample.head
    for magic, what, remedy in _STRANGERS:
        if head.lstrip()[: len(magic)].lower() == magic.lower():
            return what, remedy
    if sample.path.is_dir():
        return "a folder", "name one of its files"
    if b"\0" in head:
        return "binary data, or UTF-16", "pass text in UTF-8; iconv -f UTF-16 -t UTF-8 converts it"
    lines = [*sample.lines, head.decode("utf-8-sig", "replace")]
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return "empty", "pass a file that holds pairs"
    return f"text that begins {first[:60]!r}", (
        "write a pair a line, apart by a tab, or name the columns term and translation in a header line; or pass its "
        f"format, one of {', '.join(FORMATS)}, and the error tells which line is wrong"
    )


def _collect(input: Input, collector: Collector, block: Block) -> None:
    """Take in the pairs of a block that are wanted and sound; count the others."""
    if input.targets is not None and not isinstance(block.languages, str):
        block = block.where(input.wants(language) for language in block.languages)
    for fault in collector.add(block):
        pair = block.terms[fault.place], block.translations[fault.place]
        input.drop(fault.reason, block.lines[fault.place], pair)


def _nothing(input: Input, format: Format) -> str:
    wanted = "" if input.targets is None else f" into {list(input.targets)}"
    dropped = f"; dropped: {dict(sorted(input.dropped.items()))}" if input.dropped else ""
    return f"{input.path}: no pair{wanted} found, read as {format.name!r}{dropped}; check source, target and format"
