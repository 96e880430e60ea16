"""Reads a lexicon file of any format into a `PairCollector`, with a record of its provenance."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from typing import Any

from ..errors import LexiconError
from ..lexicon.collecting import PairCollector
from ..lexicon.pairs import PairBlock
from .base import Format, LexiconFile, Sample
from .detection import choose_format
from .reading_warnings import warn_of_languages, warn_of_loss

_log = logging.getLogger(__name__)


def read(
    path: Path, source: str, targets: tuple[str, ...] | None, format: str | None, strict: bool, progress: bool
) -> tuple[PairCollector, dict[str, Any]]:
    """Read a file; return its pairs, and a record of its provenance and of what was dropped.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    LexiconError
        See `Lexicon.read`.

    Warns
    -----
    LossyReadWarning
        If the file has at least 20 entries and less than half of them gave a pair.
    LexiconLanguageWarning
        If terms and translations of a file with one target language seem to be swapped, or in one language.
    """
    sample = Sample(path)
    chosen = choose_format(sample, format)
    file = LexiconFile(path, source, targets, strict, progress)
    collector = PairCollector(marks=False, source=source)
    with closing(file):
        for block in chosen.read(file):
            _collect(file, collector, block)
    name = (path if path.name.strip(".") else path.resolve()).name.encode("utf-8", "backslashreplace").decode()
    record = {**file.metadata, "file": name, "format": chosen.name, "sha256": file.sha256()}
    if not collector.num_pairs:
        raise LexiconError(_no_pair(file, chosen))
    warn_of_loss(file, chosen, sample if format else None)
    if len(collector.languages) == 1:
        warn_of_languages(file, collector, format)
    if missing := sorted(set(targets or ()).difference(collector.languages)):
        _log.warning("%s has no pair into %s", path, ", ".join(missing))
    _log.info("%s: read %d pairs, dropped %s", path, collector.num_pairs, dict(file.dropped))
    record["languages"] = f"{source} -> {', '.join(collector.languages)}"
    return collector, {**record, "pairs": collector.num_pairs, "dropped": dict(sorted(file.dropped.items()))}


def _collect(file: LexiconFile, collector: PairCollector, block: PairBlock) -> None:
    """Add the valid pairs of a block in the requested languages; count the invalid ones."""
    if file.targets is not None and not isinstance(block.languages, str):
        asked = {language: file.asked_code(language) for language in set(block.languages)}
        if any(language != code for language, code in asked.items()):
            block = block._replace(languages=[asked[language] for language in block.languages])
        block = block.where(file.wants(language) for language in block.languages)
    problems = collector.add(block)
    for problem in problems:
        pair = block.terms[problem.position], block.translations[problem.position]
        file.drop(problem.reason, block.lines[problem.position], pair)
    invalid = {problem.position for problem in problems}
    lines = block.lines
    file.keep([line for position, line in enumerate(lines) if position not in invalid] if invalid else lines)


def _no_pair(file: LexiconFile, format: Format) -> str:
    """The message for a file without a single pair."""
    wanted = "" if file.targets is None else f" into {list(file.targets)}"
    dropped = f"; dropped: {dict(sorted(file.dropped.items()))}" if file.dropped else ""
    return f"{file.path}: no pair{wanted} found, read as {format.name!r}{dropped}; check source, target and format"
