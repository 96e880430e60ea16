"""GATITOS lexicons (Jones et al., 2023, arXiv:2303.15265) as in SMOL: folder gatitos of google/smol on Hugging Face.

Each line of a file ``SOURCE_TARGET.jsonl`` is an object ``{"sl": "en", "tl": "aa", "is_source_orig": true, "src": "how
are you", "trgs": ["mannah taniih?", ...]}``: both languages, whether the source is the original, a word or phrase, and
its translations. Half of the files translate from another language into English. The other files of SMOL (Caswell et
al., 2025, arXiv:2502.12301) hold sentences (``src``, ``trg``) or documents (``srcs``, ``trgs``), and are refused. Lines
in another source language are skipped.
Dropped: "not JSON" (a line), "no pair" (a member is missing or has the wrong type), "line too long", "wrong language
code".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .jsonl import check_found, decoder, parse_lines


def _detect(sample: Sample) -> bool:
    """Whether this is a file of SMOL; those with sentences are included, so that `json` does not read them."""
    line = next((line for line in sample.lines if line.strip()), "")
    try:
        row = decoder()(line)
    except ValueError:
        return False
    return isinstance(row, dict) and {"sl", "tl"} <= row.keys() and (_is_pair(row) or _is_text(row))


def _is_pair(row: dict[str, Any]) -> bool:
    return {"src", "trgs"} <= row.keys()


def _is_text(row: dict[str, Any]) -> bool:
    return {"src", "trg"} <= row.keys() or {"srcs", "trgs"} <= row.keys()


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    file.metadata.update(name="GATITOS", licence="CC-BY-4.0", url="https://huggingface.co/datasets/google/smol")
    return in_blocks(_entries(file))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    sources: set[str] = set()
    for number, row in parse_lines(file, file.lines()):
        if isinstance(row, dict) and _is_text(row):
            raise LexiconError(
                f"{file.path}:{number}: sentences or documents of SMOL, not a lexicon; pass a file from folder gatitos"
            )
        if not isinstance(row, dict) or not _is_pair(row) or not isinstance(row["trgs"], list):
            file.drop("no pair", number, row)
            continue
        source, language = (_code(file, row.get(name)) for name in ("sl", "tl"))
        sources.add(source or "none")
        if source != file.source:
            continue
        if language is None:
            file.drop("wrong language code", number, row)
        elif file.wants(language):
            yield from _from_row(file, number, language, row)
    check_found(file, sources)


def _code(file: LexiconFile, code: Any) -> str | None:
    bcp47 = to_bcp47(str(code))
    return bcp47 and file.asked_code(bcp47)


def _from_row(file: LexiconFile, number: int, language: str, row: dict[str, Any]) -> Iterator[Entry]:
    for translation in row["trgs"]:
        if isinstance(row["src"], str) and isinstance(translation, str):
            yield Entry(number, row["src"], language, translation)
        else:
            file.drop("no pair", number, row)


FORMAT = Format("gatitos", "GATITOS in JSON Lines, as in SMOL", _detect, _read, "JSON")
