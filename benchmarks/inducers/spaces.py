"""Word vectors of eight languages in one space, from a multilingual encoder, and the word pairs of dictionaries."""

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
SHIFT, NOISE = 1.0, 0.05  # norms, in root mean square distances of a language's vectors from their mean

_VERSION = 1  # of the recipe: goes into the names of cached files


@functools.cache
def vocabulary(language: str, size: int = WORDS) -> tuple[str, ...]:
    """Return the commonest words of a language by wordfreq, the commonest first, normalised as terms are.

    Parameters
    ----------
    language
        A code of wordfreq.
    size
        How many words. Only those made of letters count.
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
    """Return the pairs of single words from English of the dictionaries of a language, normalised, no duplicates.

    Parameters
    ----------
    language
        One of `TARGETS`. Russian has two dictionaries, FreeDict's and Mueller's.
    """
    pairs = freedict.all_pairs(language)
    clean = ((_plain(term), _plain(translation)) for term, translation in pairs)
    return [pair for pair in dict.fromkeys(clean) if pair[0].isalpha() and pair[1].isalpha()]


def known_gold(pairs: Sequence[Pair], source: Sequence[str], target: Sequence[str]) -> list[Pair]:
    """Return the pairs of which both words are in the two vocabularies."""
    left, right = set(source), set(target)
    return [pair for pair in pairs if pair[0] in left and pair[1] in right]


def _plain(word: str) -> str:
    """Without Arabic vowel signs and Russian stress marks, which lists of words do not write."""
    return _SIGNS.sub("", normalise_term(word))


def vectors(language: str, size: int = WORDS) -> np.ndarray:
    """Return the vectors of `vocabulary`: float32, shape (words, 384), not normalised.

    Parameters
    ----------
    language, size
        As in `vocabulary`. The vectors are computed once and kept; for a language of 20,000 words that takes minutes.
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
    """Return `vectors` in a space of their own: turned, shifted and with noise, as if trained apart from the others.

    Every vector gets the same random shift, of the norm `SHIFT`, and Gaussian noise of the norm `NOISE`, and is then
    multiplied by a random orthogonal matrix (uniform: Mezzadri 2007). All three are drawn from the language's name.

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
