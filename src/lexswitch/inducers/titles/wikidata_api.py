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
from ..batches import blocks
from .cleaning import Cleaner
from .title_source import Part
from .web import PATIENT, JsonService
from .wikidata_entities import EntityReader
from .wikis import site_of

_MOST = 50
"""Maximum number of values per parameter of the API: titles, languages, sites."""


class WikidataApi:
    """The items of Wikidata for given titles of Wikipedia articles in the source language.

    Use it for up to some thousand titles; for more, a dump is faster and puts no load on the server. Answers are cached
    on disk, so a repeated run requests nothing twice.

    Parameters
    ----------
    titles : iterable of str
        Titles, in any order; each is requested once. They are normalised as in MediaWiki: NFC, a capital first letter,
        spaces instead of underscores.
    contact : str
        Your e-mail address or web page, which Wikimedia requires.
    url : str, default "https://www.wikidata.org/w/api.php"
    cache : str or Path, optional
        Folder for answers; by default ``wikidata`` in `lexswitch.sources.cache_folder`. Remove it to get new answers.
    retry : RetryPolicy, optional
        How often and how long to retry if the server is busy.

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
        self._web = JsonService(url, contact, cache, retry)

    @property
    def record(self) -> dict[str, Any]:
        """See `TitleSource`; includes a digest of the titles."""
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
        """See `TitleSource`. A title without an item is not damage; it is counted as "missing"."""
        reader, done = EntityReader(cleaner), int(position or 0)
        batches = [self.titles[part] for part in blocks(len(self.titles), _MOST)]
        with progress_bar(len(batches), "Wikidata", " batches", progress, done) as bar, closing(self._web):
            for number, batch in enumerate(batches[done:], done + 1):
                entities = self._entities(batch, cleaner)
                found = [entity for entity in entities if "missing" not in entity]
                named, skipped = reader.entities_of(found)
                pairs, skipped_names = cleaner.pairs(named)
                bar.update()
                missing = Counter(missing=len(entities) - len(found))
                yield Part(pairs, number, skipped + skipped_names + missing)

    def _entities(self, titles: Sequence[str], cleaner: Cleaner) -> list[dict[str, Any]]:
        """Return the entities of some titles, merged from several requests if there are many languages."""
        known: dict[str, dict[str, Any]] = {}
        for part in blocks(len(cleaner.languages), _MOST - 1):
            languages = (cleaner.source, *cleaner.languages[part])
            for key, entity in self._web.ask(_query(titles, languages, cleaner.alternatives), "entities").items():
                earlier = known.setdefault(key, entity)
                for name in ("sitelinks", "labels"):  # if there are none, Wikibase may write []
                    earlier[name] = {**(earlier.get(name) or {}), **(entity.get(name) or {})}
        return list(known.values())


def _normalised(title: Any) -> str:
    if not isinstance(title, str):
        raise TypeError(f"titles has {title!r}; pass a list of str")
    words = " ".join(unicodedata.normalize("NFC", title).replace("_", " ").split())
    if "|" in words:
        raise LexiconError(f"titles has {title!r}, but titles do not contain '|'; leave it out")
    first = words[:1].title()  # not upper(): Georgian titles do not start with a capital
    return first + words[1:] if len(first) == 1 else words  # "ß" has no capital


def _query(titles: Iterable[str], languages: Sequence[str], alternatives: bool) -> dict[str, str]:
    """Return the parameters of a request; the source language is the first."""
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
