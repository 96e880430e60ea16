"""The lexicons from English into the languages of XQuAD-R. Users may ship them: none is MUSE's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import dictionaries, xquad
from benchmarks.general import lexicons as general
from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon

TARGETS = tuple(language for language in xquad.LANGUAGES if language != "en")
NAMES = {
    "merged": "the starter lexicon and FreeDict (ar de el es hi ru tr; Mueller's for ru), ranked by word frequency",
    "starter": "the starter lexicon alone",
}

_WITHOUT_SPACES: dict[str, dict[str, Any]] = {
    language: {"tokenizer": CharacterTokenizer(), "max_words": 8} for language in ("th", "zh")
}
"""Language written without spaces -> options with which the longest match finds its words."""


def build(name: str) -> Lexicon:
    """Return one of `NAMES`. It is built once, then loaded.

    Parameters
    ----------
    name
        A key of `NAMES`.
    """
    return dictionaries.named(name, _BUILDERS, _cached)


def into_english(texts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Translate texts word by word into English (Translate-Test), with the ranked lexicon.

    Parameters
    ----------
    texts
        Language -> texts.
    """
    found = {}
    for language, of in texts.items():
        if language == "en":
            found[language] = list(of)
            continue
        inverse = _cached(f"inverse-{language}", functools.partial(_inverse, language))
        found[language] = CodeSwitcher.translate(inverse, "en", **_WITHOUT_SPACES.get(language, {})).apply(of)
    return found


def _inverse(language: str) -> Lexicon:
    return build("merged").invert(language)


def _cached(name: str, builder: Callable[[], Lexicon]) -> Lexicon:
    return dictionaries.cached(f"xquad-r-{name}", [Path(__file__), Path(general.__file__)], builder)


def _merged() -> Lexicon:
    pairs = {}
    for language in TARGETS:
        found = general.lexicons(language)
        lexicon = found.get(general.RANKED, found[general.STARTER])
        pairs[language] = [(term, translation, weight) for term, _, translation, weight in lexicon.pairs()]
    return Lexicon.from_pairs(pairs)


_BUILDERS: dict[str, Callable[[], Lexicon]] = {
    "merged": _merged,
    "starter": lambda: Lexicon.starter().select(TARGETS),
}
