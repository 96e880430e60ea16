"""Writes small dictionaries in the formats of dictd and StarDict."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

Entries = Sequence[tuple[str, str]]
"""Headword in the index and text."""


def base64_number(value: int) -> str:
    """A number in the base 64 of dictd."""
    digits = DIGITS[value % 64]
    while value := value // 64:
        digits = DIGITS[value % 64] + digits
    return digits


def dictd_bytes(entries: Entries) -> tuple[bytes, bytes]:
    """Index and text, the index in the order of the entries."""
    index, text = "", b""
    for headword, entry in entries:
        data = entry.encode()
        index += f"{headword}\t{base64_number(len(text))}\t{base64_number(len(data))}\n"
        text += data
    return index.encode(), text


def write_dictd(folder: Path, name: str, entries: Entries, packed: bool = True) -> Path:
    """Write a dictionary for dictd; return its index."""
    index, text = dictd_bytes(entries)
    (folder / f"{name}.index").write_bytes(index)
    if packed:
        (folder / f"{name}.dict.dz").write_bytes(gzip.compress(text, mtime=0))
    else:
        (folder / f"{name}.dict").write_bytes(text)
    return folder / f"{name}.index"


TERMS_OF_USE = """

Availability:

    Available under the terms of the GNU General Public
  License ver. 2.0 and any later version.
    This program is free software.
"""


def freedict(name: str, *entries: str) -> list[tuple[str, str]]:
    """The entries of a FreeDict dictionary, including those that describe it."""
    words = [(entry.partition(" /")[0].partition("\n")[0].lower(), entry) for entry in entries]
    return [
        ("00databasedictfmt1130", "00-database-dictfmt-1.13.0\n"),
        ("00databaseinfo", name + TERMS_OF_USE),
        ("00databaseshort", f"{name} ver. 0.1.2\n"),
        *words,
        ("00databaseurl", "http://example.org/\n"),
    ]


def stardict_bytes(entries: Sequence[tuple[str, bytes]], wide: bool = False) -> tuple[bytes, bytes]:
    """Index and text."""
    index, text = b"", b""
    for headword, data in entries:
        index += headword.encode() + b"\0" + struct.pack(">QI" if wide else ">II", len(text), len(data))
        text += data
    return index, text


def synonym_bytes(synonyms: Sequence[tuple[str, int]]) -> bytes:
    """Synonyms, each with the number of its entry from 0."""
    return b"".join(word.encode() + b"\0" + struct.pack(">I", number) for word, number in synonyms)


def info(**values: object) -> bytes:
    """The information file of a StarDict dictionary."""
    lines = ["StarDict's dict ifo file", "version=3.0.0", *(f"{key}={value}" for key, value in values.items())]
    return "".join(f"{line}\n" for line in lines).encode()


def write_stardict(folder: Path, entries: Sequence[tuple[str, bytes]], packed: bool = True, **values: object) -> Path:
    """Write a StarDict dictionary; return its information file."""
    index, text = stardict_bytes(entries, wide=values.get("idxoffsetbits") == 64)
    pack = gzip.compress if packed else bytes
    (folder / "words.ifo").write_bytes(info(**{"bookname": "Words", **values}))
    (folder / ("words.idx.gz" if packed else "words.idx")).write_bytes(pack(index))
    (folder / ("words.dict.dz" if packed else "words.dict")).write_bytes(pack(text))
    return folder / "words.ifo"
