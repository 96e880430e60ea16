"""The API of Wikidata as a source of titles (https://www.wikidata.org/w/api.php?action=help&modules=wbgetentities)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ..._io.progress import progress_bar
from ...errors import LexiconError
from ...sources import RetryPolicy
from .base import Part
from .cleaning import Cleaner, site_of
from .entities import EntityReader
from .web import PATIENT, Web

_MOST = 50
"""So many values of a parameter the API takes: titles, languages, sites."""


class WikidataApi:
    """The items of Wikidata that belong to given titles of Wikipedia articles in the source language.

    For some thousand titles; for more a dump is faster, and kinder. Answers are kept on disk: a run that was killed and
    is repeated asks for nothing twice.

    Parameters
    ----------
    titles : iterable of str
        Titles, in any order; each is asked for once. They are normalised as MediaWiki does: NFC, the first letter
        becomes a capital, underscores become blanks.
    contact : str
        Your e-mail address or web page, which Wikimedia asks for.
    url : str, default "https://www.wikidata.org/w/api.php"
    cache : str or Path, optional
        Folder for answers; by default ``wikidata`` in `lexswitch.sources.cache_folder`. Remove it to ask anew.
    retry : RetryPolicy, optional
        How patient to be with a busy server.

    Raises
    ------
    TypeError, LexiconError
        If an argument is not as described.
    """

    def __init__(
        self,
        titles: Iterable[str],
        contact: str,
        *,
        url: str = "https://www.wikidata.org/w/api.php",
        cache: str | Path | None = None,
        retry: RetryPolicy = PATIENT,
    ) -> None:
        if isinstance(titles, str) or not isinstance(titles, Iterable):
            raise TypeError(f"titles is {titles!r}; pass a list of str")
        self.titles = tuple(dict.fromkeys(filter(None, map(_normalised, titles))))
        if not self.titles:
            raise LexiconError("titles is empty; pass titles of Wikipedia articles")
        self._url = url
        self._web = Web(url, contact, cache, retry)

    @property
    def record(self) -> dict[str, Any]:
        """See `TitleSource`; has a digest of the titles."""
        digest = hashlib.sha256("\n".join(self.titles).encode()).hexdigest()
        return {
            "name": "Wikidata API",
            "licence": "CC0-1.0",
            "url": self._url,
            "titles": f"{len(self.titles)}|sha256:{digest[:16]}",
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`. A title that has no item is no damage."""
        reader, done = EntityReader(cleaner), int(position or 0)
        batches = [self.titles[first : first + _MOST] for first in range(0, len(self.titles), _MOST)]
        with progress_bar(len(batches), "Wikidata", " batches", progress, done) as bar, closing(self._web):
            for number, batch in enumerate(batches[done:], done + 1):
                entities = self._entities(batch, cleaner)
                found = [entity for entity in entities if "missing" not in entity]
                named, skipped = reader.entities_of(found)
                pairs, of_names = cleaner.pairs(named)
                bar.update()
                yield Part(pairs, number, skipped + of_names + Counter(missing=len(entities) - len(found)))

    def _entities(self, titles: Sequence[str], cleaner: Cleaner) -> list[dict[str, Any]]:
        """What the API knows of some titles, put together if it takes several requests for all languages."""
        known: dict[str, dict[str, Any]] = {}
        for first in range(0, len(cleaner.languages), _MOST - 1):
            languages = (cleaner.source, *cleaner.languages[first : first + _MOST - 1])
            for key, entity in self._web.ask(_question(titles, languages, cleaner.alternatives), "entities").items():
                earlier = known.setdefault(key, entity)
                for part in ("sitelinks", "labels"):  # where there are none, Wikibase may write []
                    earlier[part] = {**(earlier.get(part) or {}), **(entity.get(part) or {})}
        return list(known.values())


def _normalised(title: Any) -> str:
    if not isinstance(title, str):
        raise TypeError(f"titles has {title!r}; pass a list of str")
    words = " ".join(unicodedata.normalize("NFC", title).replace("_", " ").split())
    if "|" in words:
        raise LexiconError(f"titles has {title!r}, but no title has '|'; leave it out")
    first = words[:1].title()  # not upper(): Georgian titles do not begin with a capital
    return first + words[1:] if len(first) == 1 else words  # nor does "ß" have one


def _question(titles: Iterable[str], languages: Sequence[str], alternatives: bool) -> dict[str, str]:
    """The parameters of a request; the source language is the first."""
    return {
        "action": "wbgetentities",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
        "redirects": "yes",
        "sites": site_of(languages[0]),
        "titles": "|".join(titles),
        "props": "labels|aliases|sitelinks" if alternatives else "sitelinks",
        "languages": "|".join(language.lower() for language in languages),
        "sitefilter": "|".join(map(site_of, languages)),
    }
