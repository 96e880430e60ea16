"""Real titles in six languages, as many as needed; ``python -m benchmarks.titles.world`` counts them.

They are names of countries, their parts, languages and currencies (pycountry), and headings of LibreOffice's help. If
more are needed, two of them are joined, in every language alike.
"""

from __future__ import annotations

import functools
import gettext
import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.common import fetch, help_text

SOURCE = "en"
TARGETS = ("de", "it", "nl", "ru", "ar")
PYCOUNTRY = "26.2.16"

_LISTS = ("iso3166-1", "iso3166-2", "iso639-3", "iso639-5", "iso4217", "iso15924")
_FIELDS = ("name", "official_name", "common_name")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_LONGEST = 8  # words
_APART = (" (%s)", ("place", "film", "language", "album"))


class Article(NamedTuple):
    """An article of the English Wikipedia."""

    number: int
    title: str
    links: dict[str, str]
    """Language -> title."""
    redirects: tuple[str, ...]
    classes: tuple[str, ...]


@functools.cache
def names() -> list[dict[str, str]]:
    """Return real names: language -> name, English first, each English name once. All have a translation."""
    found: dict[str, dict[str, str]] = {}
    for name in (*_countries(), *_headings()):
        if name[SOURCE] not in found and len(name) > 1:
            found[name[SOURCE]] = name
    return list(found.values())


def articles(count: int) -> Iterator[Article]:
    """Yield some number of articles, always the same; their numbers ascend."""
    real, rng = names(), np.random.default_rng(0)
    number = 10
    for position in range(count):
        name = dict(real[position % len(real)])
        if position >= len(real):
            other = real[int(rng.integers(len(real)))]
            name = {code: f"{text} {other[code]}" for code, text in name.items() if code in other}
        draw = rng.random(4).tolist()
        title, classes = name.pop(SOURCE), ("Q5",)
        if draw[0] < 0.05:
            title += _APART[0] % _APART[1][int(draw[1] * len(_APART[1]))]
        elif draw[0] < 0.07:
            title, classes = f"{title} (disambiguation)", ("Q4167410",)
        elif draw[0] < 0.09:
            title, classes = f"List of {title}", ("Q13406463",)
        elif draw[0] < 0.15:
            title, classes = f"Category:{title}", ("Q4167836",)
            name = {code: f"{_CATEGORIES[code]}:{text}" for code, text in name.items()}
        redirects = (title.lower().replace(" ", "-"),) if draw[2] < 0.2 else ()
        number += 1 + int(draw[3] * 3)
        yield Article(number, title, name, redirects, classes)


_CATEGORIES = {"de": "Kategorie", "it": "Categoria", "nl": "Categorie", "ru": "Категория", "ar": "تصنيف"}


def _countries() -> Iterator[dict[str, str]]:
    root = fetch.pypi("pycountry", PYCOUNTRY) / "pycountry"
    for name in _LISTS:
        entries = json.loads((root / "databases" / f"{name}.json").read_text(encoding="utf-8"))
        files = {code: root / "locales" / code / "LC_MESSAGES" / f"{name}.mo" for code in TARGETS}
        catalogues = {}
        for code, path in files.items():
            if path.exists():
                with path.open("rb") as file:
                    catalogues[code] = gettext.GNUTranslations(file)
        for entry in next(iter(entries.values())):
            for text in filter(None, map(entry.get, _FIELDS)):
                translated = {code: one.gettext(text) for code, one in catalogues.items()}
                yield {SOURCE: text, **{code: name for code, name in translated.items() if name != text}}


def _headings() -> Iterator[dict[str, str]]:
    pages = {code: help_text.pages(code) for code in (SOURCE, "de", "it", "nl", "ru")}
    for path, blocks in pages[SOURCE].items():
        for key, text in blocks.items():
            if key[1] in _HEADINGS and len(text.split()) <= _LONGEST:
                others = {code: of_code.get(path, {}).get(key, text) for code, of_code in pages.items()}
                yield {code: name for code, name in others.items() if name != text or code == SOURCE}


if __name__ == "__main__":
    for language in (SOURCE, *TARGETS):
        print(language, f"{sum(language in name for name in names()):,}")
