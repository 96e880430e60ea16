"""Which texts, languages and weights a lexicon can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..text.languages import to_bcp47

LEAST_WEIGHT, GREATEST_WEIGHT = 1e-30, 1e30

#: Maximum number of bytes (UTF-8) of a term or translation. The time to index a term grows with its length.
LONGEST = 10_000

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_EMPTY = re.compile(r"\A\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


def invalid_texts(name: str, texts: Sequence[str]) -> dict[int, str]:
    """Return the positions of texts that a lexicon cannot hold, with reasons that contain `name`."""
    tests = (("empty", _EMPTY), ("control character in", _CONTROL), ("lone surrogate in", _SURROGATE))
    reasons = {
        position: f"{what} {name}"
        for what, pattern in tests
        for position, text in enumerate(texts)
        if pattern.search(text)
    }
    sizes = (len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return {position: f"{name} too long" for position, size in enumerate(sizes) if size > LONGEST} | reasons


def invalid_languages(languages: str | Sequence[str], count: int) -> dict[int, str]:
    """Return the positions of wrong language codes; one code stands for `count` pairs."""
    wrong = {name for name in ({languages} if isinstance(languages, str) else set(languages)) if to_bcp47(name) != name}
    if not wrong:
        return {}
    each = [languages] * count if isinstance(languages, str) else languages
    return {position: "wrong language code" for position in range(count) if each[position] in wrong}


def invalid_weights(weights: Sequence[float] | None) -> dict[int, str]:
    """Return the positions of weights out of range; NaN is out of range."""
    if weights is None:
        return {}
    values = np.array(weights, dtype=np.float64)
    valid = (values >= LEAST_WEIGHT) & (values <= GREATEST_WEIGHT)
    return dict.fromkeys((~valid).nonzero()[0].tolist(), "weight out of range")
