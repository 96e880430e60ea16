"""Lexicon files: one module per format, found out by content.

`FORMATS` names them all; `Lexicon.read` and `Lexicon.export` are the way in and out.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from .._io.atomic import replace_file
from .._io.streams import describe_stranger
from ..errors import LexiconError, LexiconLanguageWarning, LossyReadWarning
from ..lexicon.columns import Collector, PairBlock
from . import dictd, gatitos, jsonl, moses, mueller, muse, panlex, stardict, table, tei, wiktextract
from .base import Format, LexiconFile, Sample
from .plausibility import find_language_problem

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

# The likely cause if most of a file is dropped for a reason.
_SENTENCES = "the dictionary may explain words in sentences, or in one language, instead of translating them"
_LAYOUT = "the dictionary may be laid out in a way that is not known, or have one language"
_COLUMNS = "the file may have another format, or its columns another order"
_CAUSES = {
    "no translation": _LAYOUT,
    "no word or phrase": _SENTENCES,
    "explanation": _SENTENCES,
    "unusable headword": _SENTENCES,
    "ragged line": _COLUMNS,
    "weight is no number": _COLUMNS,
    "wrong language code": _COLUMNS,
    "no pair": _COLUMNS,
    "no JSON": "the file may have another format, or be damaged",
    "no UTF-8": "the file may have another encoding; convert it to UTF-8",
    "headword in another language": "source may not be the language of the headwords",
    "damaged index line": "the index may be that of another format, or damaged",
    "beyond the end of the text": "index and text may not belong together",
    "overlapping entry": "index and text may not belong together",
}
_FEW_ENTRIES = 20  # of fewer, the counts in the provenance say enough

_FOLDER = "a folder", "name one of its files"

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

    Warns
    -----
    LossyReadWarning
        If less than half of at least 20 entries gave a pair.
    LexiconLanguageWarning
        If terms and translations of a file with one target language seem to be swapped, or in one language.
    """
    sample = Sample(path)
    chosen = _choose(sample, format)
    input = LexiconFile(path, source, targets, strict, progress)
    collector = Collector(marks=False, source=source)
    with closing(input):
        for block in chosen.read(input):
            _collect(input, collector, block)
    name = (path if path.name.strip(".") else path.resolve()).name.encode("utf-8", "backslashreplace").decode()
    record = {**input.about, "file": name, "format": chosen.name, "sha256": input.sha256()}
    if not collector.num_pairs:
        raise LexiconError(_nothing(input, chosen))
    _warn_of_loss(input, chosen, sample if format else None)
    if len(collector.languages) == 1:
        _warn_of_languages(input, collector)
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
        _refuse_stranger(sample, FORMATS[name])
        return FORMATS[name]
    for format in FORMATS.values():
        if format.detect(sample):
            return format
    what, remedy = _describe(sample)
    raise LexiconError(f"{path} has no known format: it is {what}; {remedy}")


def _refuse_stranger(sample: Sample, format: Format) -> None:
    """Refuse what cannot have the format that was named, for it has another syntax."""
    if format.detect(sample):
        return
    found = _FOLDER if sample.path.is_dir() else describe_stranger(sample.head, format.syntax)
    if found is not None:
        raise LexiconError(f"{sample.path} is not a file of the format {format.name!r}: it is {found[0]}; {found[1]}")


def _describe(sample: Sample) -> tuple[str, str]:
    """What a file of no known format seems to be, and what to do about it."""
    head = sample.head
    if sample.path.is_dir():
        return _FOLDER
    if found := describe_stranger(head):
        return found
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


def _collect(input: LexiconFile, collector: Collector, block: PairBlock) -> None:
    """Take in the pairs of a block that are wanted and sound; count the others."""
    if input.targets is not None and not isinstance(block.languages, str):
        asked = {language: input.asked_code(language) for language in set(block.languages)}
        if any(language != code for language, code in asked.items()):
            block = block._replace(languages=[asked[language] for language in block.languages])
        block = block.where(input.wants(language) for language in block.languages)
    faults = collector.add(block)
    for problem in faults:
        pair = block.terms[problem.position], block.translations[problem.position]
        input.drop(problem.reason, block.lines[problem.position], pair)
    wrong = {problem.position for problem in faults}
    input.keep([line for place, line in enumerate(block.lines) if place not in wrong] if wrong else block.lines)


def _warn_of_loss(input: LexiconFile, format: Format, named: Sample | None) -> None:
    """Warn if most of the entries gave no pair; `named` is the sample if the caller named the format."""
    if not input.dropped:
        return
    entries, kept = input.entries()
    if entries < _FEW_ENTRIES or 2 * kept >= entries:
        return
    reason, count = input.dropped.most_common(1)[0]
    cause = _CAUSES.get(reason, "see what was dropped in Lexicon.provenance")
    others = named and [other.name for other in FORMATS.values() if other.detect(named) and other is not format]
    if others:
        cause = f"by its content the format is {others[0]!r}, not {format.name!r}"
    warnings.warn(
        f"{input.path}: only {kept:,} of {entries:,} entries gave a pair, read as {format.name!r}; {count:,} times "
        f"the reason was {reason!r}: {cause}. strict=True names the first such line",
        LossyReadWarning,
        stacklevel=4,
    )


def _warn_of_languages(input: LexiconFile, collector: Collector) -> None:
    """Warn if terms or translations seem to be in another language."""
    source, (target,) = input.source, collector.languages
    problem = find_language_problem(collector.pairs(), source, target)
    if problem == "swapped":
        message = (
            f"the columns seem to be swapped: terms look like {target!r}, translations like {source!r}; if they are, "
            f"read the file with source={target!r}, target={source!r} and invert the result"
        )
    elif problem == "one language":
        message = (
            f"translations look like {source!r}, not like {target!r}; the file may be a dictionary of one language, or "
            "its translations may be mixed with explanations"
        )
    if problem:
        warnings.warn(f"{input.path}: {message}", LexiconLanguageWarning, stacklevel=4)


def _nothing(input: LexiconFile, format: Format) -> str:
    wanted = "" if input.targets is None else f" into {list(input.targets)}"
    dropped = f"; dropped: {dict(sorted(input.dropped.items()))}" if input.dropped else ""
    return f"{input.path}: no pair{wanted} found, read as {format.name!r}{dropped}; check source, target and format"
