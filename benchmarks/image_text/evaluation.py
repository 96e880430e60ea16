"""Rankings and their measures: captions search for images, images for captions of one language or mixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.common import centring
from benchmarks.image_text import collections, lexicons
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.collections import Source
from lexswitch.retrieval import mix_languages

MIXED = "xx"
"""The language of a gallery of captions in which the language of each concept is drawn."""

_FIRST = 0x100  # a rank is one character: rank 1 is U+0101, and ranks to 1,791 take two bytes
_EXAMPLES, _SHOWN = 12, 5  # number of names whose best images are kept, and number of images

Encode = Callable[[Sequence[str]], np.ndarray]


def ranks(queries: np.ndarray, gallery: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the rank of each query's own row of the gallery, from 1; of equal rows the earlier one is first; int64.

    Parameters
    ----------
    queries, gallery
        Vectors of length 1.
    own
        Row of the gallery that belongs to each query.
    """
    scores = queries @ gallery.T
    found = scores[np.arange(len(own)), own][:, None]
    before = np.arange(len(gallery))[None, :] < own[:, None]
    return 1 + ((scores > found) | ((scores == found) & before)).sum(1)


def written(found: np.ndarray) -> str:
    """Write ranks as characters."""
    return "".join(chr(_FIRST + rank) for rank in found.tolist())


def read(text: str) -> np.ndarray:
    """Return ranks from the characters of `written`, int64."""
    return np.array([ord(character) - _FIRST for character in text], dtype=np.int64)


def measures(found: np.ndarray) -> dict[str, float]:
    """Return MRR, MRR@10 and recall@1, 5, 10 of ranks; each query has one relevant row."""
    reciprocal = 1 / found
    values = {"MRR": reciprocal.mean(), "MRR@10": (reciprocal * (found <= 10)).mean()}
    values |= {f"R@{depth}": (found <= depth).mean() for depth in (1, 5, 10)}
    return {name: round(float(value), 5) for name, value in values.items()}


def evaluate(
    encode: Encode,
    images: np.ndarray,
    source: Source,
    part: str,
    languages: Sequence[str],
    translate: bool = False,
    centred: bool = False,
) -> dict[str, Any]:
    """Measure every direction.

    Parameters
    ----------
    encode
        Maps captions to vectors of length 1.
    images
        Vectors of the images of all concepts, in the tested style.
    source
        The collection.
    part : {"development", "test"}
        Its concepts are queries; all concepts are searched.
    languages
        Languages of the captions.
    translate
        Translate captions in seen languages term by term into English first.
    centred
        Subtract the mean vector of each language's captions from its vectors. The captions of the other part make it.

    Returns
    -------
    dict
        ``directions``: "de-image", "image-de", "image-xx" -> measures and ``ranks``, from `written`; ``bias``: share
        of each language in the top 10 of all captions, for images as queries; ``examples``: language -> the five best
        images of the names of `example_concepts`.
    """
    collection = collections.load(source)
    asked = collection.asked(part)
    examples = example_concepts(collection)
    names = {
        language: encode(lexicons.translated(of, language, source) if translate and language in collection.seen else of)
        for language, of in collection.names.items()
        if language in languages
    }
    if centred:
        others = np.setdiff1d(np.arange(len(images)), asked)
        names = centring.centred(names, {language: vectors[others].mean(0) for language, vectors in names.items()})
    found = {f"{language}-image": ranks(vectors[asked], images, asked) for language, vectors in names.items()}
    found |= {f"image-{language}": ranks(images[asked], vectors, asked) for language, vectors in names.items()}
    found[f"image-{MIXED}"] = ranks(images[asked], _mixed(names), asked)
    return {
        "directions": {name: {**measures(of), "ranks": written(of)} for name, of in found.items()},
        "bias": _language_shares(images[asked], names),
        "examples": {
            language: np.argsort(-(vectors[examples] @ images.T), axis=1, kind="stable")[:, :_SHOWN].tolist()
            for language, vectors in names.items()
        },
    }


def example_concepts(collection: Collection) -> list[int]:
    """Return the indices of the concepts on the sheet of examples: tested ones, far from each other."""
    asked = collection.asked("test")
    return [int(number) for number in asked[np.linspace(0, len(asked) - 1, _EXAMPLES).round().astype(int)]]


def _mixed(names: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return each concept's caption in a language that is drawn for it."""
    count = len(next(iter(names.values())))
    rows = {language: {row: str(row) for row in range(count)} for language in names}
    drawn = mix_languages(rows).languages
    return np.stack([names[drawn[row]][row] for row in range(count)])


def _language_shares(images: np.ndarray, names: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the share of each language in the top 10 of all captions in all languages."""
    gallery = np.concatenate(list(names.values()))
    best = np.argsort(-(images @ gallery.T), axis=1, kind="stable")[:, :10]
    of_rows = best // (len(gallery) // len(names))
    counts = np.bincount(of_rows.ravel(), minlength=len(names))
    return {language: round(float(count / counts.sum()), 5) for language, count in zip(names, counts, strict=True)}


def mean_reciprocal_rank(encode: Encode, images: np.ndarray, collection: Collection, languages: Sequence[str]) -> float:
    """Return the MRR of names that search for images, the mean over languages, on development concepts.

    Parameters
    ----------
    encode, images, collection
        As for `evaluate`.
    languages
        Languages of the names.
    """
    asked = collection.asked("development")
    found = [
        1 / ranks(encode([collection.names[language][number] for number in asked]), images, asked)
        for language in languages
    ]
    return round(float(np.mean(found)), 5)
