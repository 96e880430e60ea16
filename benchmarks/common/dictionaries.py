"""Lexicons from English, built with lexswitch from all dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.common import fetch, files, freedict
from lexswitch import Lexicon


def dictionary(targets: Iterable[str]) -> Lexicon:
    """Return FreeDict, Mueller's dictionary (ru) and the starter lexicon, with candidates in this order.

    Parameters
    ----------
    targets
        Some of `freedict.LANGUAGES`.
    """
    pairs: dict[str, list[tuple[str, str]]] = {}
    starter = Lexicon.starter()
    for language in targets:
        pairs[language] = freedict.all_pairs(language)
        pairs[language] += [(term, other) for term, _, other, _ in starter.select([language]).pairs()]
    return Lexicon.from_pairs(pairs)


def inflected(lexicon: Lexicon, texts: Iterable[str]) -> Lexicon:
    """Return a lexicon that also has the inflected words of English texts.

    Parameters
    ----------
    lexicon
        A lexicon from English.
    texts
        The texts to be switched.
    """
    words = dict.fromkeys(word for text in texts for word in text.split() if word.isalpha())
    return lexicon.inflect(words)


def by_frequency(lexicon: Lexicon) -> Lexicon:
    """Return a lexicon whose candidates are ranked by general word frequency (wordfreq)."""
    from wordfreq import get_frequency_dict

    return lexicon.reweight({language: dict(get_frequency_dict(language)) for language in lexicon.languages})


def cached(name: str, sources: Iterable[Path], builder: Callable[[], Lexicon]) -> Lexicon:
    """Return a lexicon that is built once, then loaded.

    Parameters
    ----------
    name, sources, builder
        As for `saved`. The code of the dictionaries is always among the sources.
    """
    return Lexicon.load(saved(name, [*sources, Path(__file__), Path(freedict.__file__)], builder))


def saved(name: str, sources: Iterable[Path], builder: Callable[[], Lexicon]) -> Path:
    """Return the folder of a lexicon. The lexicon is built again if its sources have changed.

    Parameters
    ----------
    name
        Name of the lexicon.
    sources
        Code and data on which it depends.
    builder
        Builds it.
    """
    folder = fetch.cache_folder() / "lexicons"
    path = folder / f"{name}-{files.origin(sources)}"
    with files.locked(folder / f".{name}.lock"):
        if not path.exists():
            builder().save(path)
    return path


def named(name: str, builders: Mapping[str, Callable[[], Lexicon]], cache: Callable[..., Lexicon]) -> Lexicon:
    """Return one of several lexicons.

    Parameters
    ----------
    name
        A key of `builders`.
    builders
        Name -> function that builds the lexicon.
    cache
        Function that is called with the name and the builder.
    """
    if name not in builders:
        raise ValueError(f"lexicon is {name!r}; choose one of {', '.join(builders)}")
    return cache(name, builders[name])
