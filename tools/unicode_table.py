"""Writes src/lexswitch/engine/data/characters.npy, the engine's table of Unicode characters.

Run it with the oldest supported Python, so that every later one gives the same output for the same text:
``python3.10 tools/unicode_table.py``. The columns are described in ``lexswitch/engine/characters.py``.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

from lexswitch.engine import characters as ch

UNSPACED_SCRIPTS = (
    *("CJK ", "IDEOGRAPHIC ", "HIRAGANA", "HENTAIGANA ", "KATAKANA"),
    *("THAI ", "LAO ", "KHMER ", "MYANMAR ", "TIBETAN ", "YI ", "COMBINING KATAKANA-HIRAGANA "),
)
INNER = {0x27, 0x200C, 0x200D}
HYPHENS = {0x2D, 0x2010, 0x2011}
TARGET = Path(__file__).parent.parent / "src" / "lexswitch" / "engine" / "data" / "characters.npy"


def composing() -> set[int]:
    """Characters that NFC may merge into the one before (NFC_Quick_Check = Maybe)."""
    second = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) != 2 or parts[0].startswith("<"):
            continue
        pair = "".join(chr(int(part, 16)) for part in parts)
        if unicodedata.normalize("NFC", pair) == chr(code):
            second.add(int(parts[1], 16))
    return second


def is_unspaced(code: int, category: str) -> bool:
    """Whether a character is a letter or mark of a script without spaces."""
    name = unicodedata.name(chr(code), "").removeprefix("HALFWIDTH ")
    return (category[0] in "LM" or chr(code) == "〇") and name.startswith(UNSPACED_SCRIPTS)


def class_of(code: int, category: str) -> int:
    char = chr(code)
    if char in ch.INVISIBLE:
        kind = ch.IGNORED
    elif code in INNER or (char in ch.APOSTROPHES and category[0] != "L"):
        kind = ch.INNER
    elif code in HYPHENS:
        kind = ch.HYPHEN
    elif char.isspace():
        kind = ch.SPACE
    elif category[0] == "M":
        kind = ch.MARK
    elif is_unspaced(code, category):
        kind = ch.UNSPACED
    else:
        kind = ch.WORD if category[0] == "L" or category == "Nd" else ch.OTHER
    return kind


def same_width(code: int, text: str) -> int:
    """The distance from `code` to the one character `text`, or 0 if `text` does not fit in its place."""
    fits = len(text) == 1 and len(text.encode()) == len(chr(code).encode())
    return ord(text) - code if fits else 0


def row(code: int, second: set[int]) -> tuple[int, int, int]:
    if 0xD800 <= code < 0xE000:
        return 0, 0, ch.OTHER
    text, category = chr(code), unicodedata.category(chr(code))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    fold = same_width(code, folded)
    odd = (fold == 0 and folded != text) or code in second or any(ord(c) in second for c in folded)
    odd |= text in ch.INVISIBLE or text in ch.APOSTROPHES
    flags = class_of(code, category) | (ch.ODD if odd else 0)
    flags |= ch.UNKNOWN if category == "Cn" else 0
    flags |= ch.UNSPACED_SCRIPT if is_unspaced(code, category) else 0
    flags |= ch.UPPER if category in ("Lu", "Lt") else ch.LOWER if category == "Ll" else 0
    return fold, same_width(code, text.title()), flags | unicodedata.combining(text) << ch.COMBINING_SHIFT


def main() -> None:
    second = composing()
    rows = np.array([row(code, second) for code in range(sys.maxunicode + 1)], dtype=np.int32)
    changes = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)])
    table = np.column_stack([changes.astype(np.int32), rows[changes]]).astype("<i4")
    np.save(TARGET, table, allow_pickle=False)
    print(f"{TARGET}: {len(table)} runs, Unicode {unicodedata.unidata_version}")


if __name__ == "__main__":
    main()
