"""The lexicons from English into the languages of XQuAD-R. Users may ship them: none is MUSE's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.common import dictionaries, xquad
from benchmarks.general import lexicons as general
from lexswitch import Lexicon

TARGETS = tuple(language for language in xquad.LANGUAGES if language != "en")
NAMES = {
    "merged": "the starter lexicon and FreeDict (ar de el es hi ru tr; Mueller's for ru), ranked by word frequency",
    "starter": "the starter lexicon alone",
}


def build(name: str) -> Lexicon:
    """Return one of `NAMES`. It is built once, then loaded.

    Parameters
    ----------
    name
        A key of `NAMES`.
    """
    return dictionaries.named(name, _BUILDERS, _cached)


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
