"""Lexicons from English of all the dictionaries that there are, built with lexswitch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.common import fetch, files, freedict
from lexswitch import Lexicon


def dictionary(targets: Iterable[str]) -> Lexicon:
    """Return FreeDict, Mueller's dictionary (ru), then the starter lexicon, with candidates in the order they come.

    Parameters
    ----------
    targets
        Among `freedict.LANGUAGES`.
    """
    pairs: dict[str, list[tuple[str, str]]] = {}
    starter = Lexicon.starter()
    for language in targets:
        pairs[language] = freedict.pairs(language) + (freedict.mueller_pairs() if language == "ru" else [])
        pairs[language] += [(term, other) for term, _, other, _ in starter.select([language]).pairs()]
    return Lexicon.from_pairs(pairs)


def inflected(lexicon: Lexicon, texts: Iterable[str]) -> Lexicon:
    """Return a lexicon that knows the inflected words of English texts too.

    Parameters
    ----------
    lexicon
        From English.
    texts
        To be switched.
    """
    words = dict.fromkeys(word for text in texts for word in text.split() if word.isalpha())
    return lexicon.inflect(words)


def by_frequency(lexicon: Lexicon) -> Lexicon:
    """Return a lexicon whose candidates are ranked by general word frequency (wordfreq)."""
    from wordfreq import get_frequency_dict

    return lexicon.reweight({language: dict(get_frequency_dict(language)) for language in lexicon.languages})


def cached(name: str, sources: Iterable[Path], builder: Callable[[], Lexicon]) -> Lexicon:
    """Return a lexicon that is built once, then loaded; it is built anew when the code behind it changed.

    Parameters
    ----------
    name
        Of the lexicon.
    sources
        Code and fetched folders on which it depends, beside the dictionaries.
    builder
        Builds it.
    """
    folder = fetch.cache_folder() / "lexicons"
    path = folder / f"{name}-{files.origin([*sources, Path(__file__), Path(freedict.__file__)])}"
    with files.locked(folder / f".{name}.lock"):
        if not path.exists():
            builder().save(path)
    return Lexicon.load(path)
