"""Word vectors of eight languages in one space, from a multilingual encoder, and word pairs of dictionaries."""

from __future__ import annotations

import functools
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import encoder, fetch, files, freedict
from benchmarks.common.freedict import Pair
from lexswitch.engine.characters import normalise_term

SOURCE = "en"
TARGETS = ("de", "it", "nl", "ru", "ar", "fr", "es")
WORDS = 20_000
RECIPE = "words without prefix; mean over all tokens and all layers"

_SIGNS = re.compile("[\u0301\u0640\u064b-\u0652]")
SHIFT, NOISE = 1.0, 0.05  # norms; the unit is the root mean square distance of a language's vectors from their mean

_VERSION = 1  # version of the recipe, in the names of cached files


@functools.cache
def vocabulary(language: str, size: int = WORDS) -> tuple[str, ...]:
    """Return the most frequent words of a language by wordfreq, the most frequent first, normalised like terms.

    Parameters
    ----------
    language
        A code of wordfreq.
    size
        Number of words. Words with characters other than letters are skipped.
    """
    from wordfreq import get_frequency_dict

    frequencies = get_frequency_dict(language)
    words: dict[str, None] = {}
    for word in sorted(frequencies, key=lambda word: (-frequencies[word], word)):
        if len(words) == size:
            break
        term = normalise_term(word)
        if term.isalpha():
            words.setdefault(term)
    return tuple(words)


def gold(language: str) -> list[Pair]:
    """Return the pairs of single words from English to a language, normalised, without duplicates.

    Parameters
    ----------
    language
        One of `TARGETS`. Russian has two dictionaries, FreeDict's and Mueller's.
    """
    pairs = freedict.all_pairs(language)
    clean = ((_plain(term), _plain(translation)) for term, translation in pairs)
    return [pair for pair in dict.fromkeys(clean) if pair[0].isalpha() and pair[1].isalpha()]


def known_gold(pairs: Sequence[Pair], source: Sequence[str], target: Sequence[str]) -> list[Pair]:
    """Return the pairs whose words are both in the vocabularies."""
    left, right = set(source), set(target)
    return [pair for pair in pairs if pair[0] in left and pair[1] in right]


def _plain(word: str) -> str:
    """Return a word without Arabic vowel signs and Russian stress marks, which word lists omit."""
    return _SIGNS.sub("", normalise_term(word))


def vectors(language: str, size: int = WORDS) -> np.ndarray:
    """Return the vectors of `vocabulary`: float32, shape (words, 384), not normalised.

    Parameters
    ----------
    language, size
        As in `vocabulary`. The vectors are computed once, which takes minutes for 20,000 words, then read.
    """
    words = vocabulary(language, size)
    path = _cached(language, words)
    if not path.exists():
        with files.locked(path.with_suffix(".lock")):
            if not path.exists():
                print(f"encoding {size:,} words of {language}", file=sys.stderr, flush=True)
                files.write_array(path, _encoder().encode(words, prefix="", layers=slice(None)))
    return np.load(path, allow_pickle=False)


def turned(language: str, size: int = WORDS) -> np.ndarray:
    """Return `vectors` in a separate space: rotated, shifted and with noise, as if trained independently.

    Every vector gets the same random shift with the norm `SHIFT`, and Gaussian noise with the norm `NOISE`. Then it is
    multiplied by a random orthogonal matrix (uniform: Mezzadri 2007). The name of the language is the seed.

    Parameters
    ----------
    language, size
        As in `vectors`.
    """
    straight = vectors(language, size)
    dimensions = straight.shape[1]
    rng = np.random.default_rng([_VERSION, *language.encode()])
    spread = float(np.sqrt(np.square(straight - straight.mean(0)).sum(1).mean()))
    direction = rng.standard_normal(dimensions)
    shift = direction * (SHIFT * spread / np.linalg.norm(direction))
    noise = rng.standard_normal(straight.shape) * (NOISE * spread / np.sqrt(dimensions))
    q, r = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
    return ((straight + shift + noise) @ (q * np.sign(np.diag(r)))).astype(np.float32)


def _cached(language: str, words: Sequence[str]) -> Path:
    content = "\n".join([str(_VERSION), RECIPE, encoder.NAME, *words])
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return fetch.cache_folder() / "vectors" / f"encoder-{language}-{len(words)}-{digest}.npy"


@functools.cache
def _encoder() -> Any:
    return encoder.load()
