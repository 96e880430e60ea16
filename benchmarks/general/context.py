"""Measurement: candidates that an encoder chooses in context, on a sample of the texts."""

from __future__ import annotations

import contextlib
import functools
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.common import encoder, files, machine, xquad
from benchmarks.common.processes import Row
from benchmarks.general import measure
from benchmarks.general.lexicons import DICTIONARY, MERGED, lexicons
from lexswitch import ContextRanker, Lexicon, TransformersEncoder
from lexswitch.switching.encoders import Encoder

LANGUAGES = ("de", "ru", "ar", "es", "hi")
RESULTS = Path(__file__).parent / "results" / "encoder.json"
SAMPLE = 100
"""Number of questions and number of sentences, at equal distances."""

_PACKAGES = ("numpy", "torch", "transformers")


def run(model: str) -> None:
    """Measure all languages, and write the results after each.

    Parameters
    ----------
    model
        Model of the Hugging Face hub, or its folder; empty for multilingual-e5-small from a package registry.
    """
    about = {"machine": machine.description(_PACKAGES), "model": model or encoder.NAME, "sample": SAMPLE}
    results: dict[str, Any] = {**about, "lexicon": Lexicon.starter().signature, "rows": []}
    with _folder(model) as folder:
        loaded = TransformersEncoder(folder, prefix="query: ")
        for language in tqdm(LANGUAGES, desc="encoder", disable=None):
            results["rows"].append(_row(language, loaded))
            files.write_json(RESULTS, results)


@contextlib.contextmanager
def _folder(model: str) -> Iterator[str]:
    if model:
        yield model
        return
    with tempfile.TemporaryDirectory() as folder:
        encoder.save(encoder.load(), Path(folder))
        yield folder


class WithoutContext:
    """An encoder that encodes each span alone.

    Parameters
    ----------
    encoder
        The encoder that is used. Vectors of words alone are the same, so a cache serves both.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.signature = encoder.signature

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
        units = [text[start:end] for text, of_text in zip(texts, spans, strict=True) for start, end in of_text]
        distinct, places = np.unique(units, return_inverse=True)
        words = distinct.tolist()
        return np.asarray(self._encoder.encode(words, [[(0, len(word))] for word in words]))[places]


def _row(language: str, loaded: Encoder) -> Row:
    english, other = xquad.read("en", measure.folder), xquad.read(language, measure.folder)
    of_language, found = lexicons(language), {}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "vectors"
        choosers = {
            "weights": "best",
            "context": ContextRanker(loaded, cache=cache),
            "alone": ContextRanker(WithoutContext(loaded), cache=cache),
        }
        start = time.monotonic()
        for name, texts in measure.parallel(english, other).items():
            of = functools.partial(measure.shares, of_language[MERGED], of_language[DICTIONARY], *map(_sample, texts))
            found[name] = {chooser: of(candidates=candidates) for chooser, candidates in choosers.items()}
    return {"language": language, "found": found, "seconds": round(time.monotonic() - start, 1)}


def _sample(texts: list[str]) -> list[str]:
    """Return texts at equal distances."""
    return [texts[number * len(texts) // SAMPLE] for number in range(min(SAMPLE, len(texts)))]
