"""The API of Wikidata as a source of titles (https://www.wikidata.org/w/api.php?action=help&modules=wbgetentities)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from ...errors import LexiconError
from ...sources import Retry
from ..progress import progress_bar
from .base import Part
from .cleaning import Cleaner, site_of
from .entities import EntityReader
from .web import PATIENT, Web

_BATCH = 50
"""So many titles the API takes at a time."""


class WikidataApi:
    """The items of Wikidata that belong to given titles of Wikipedia articles in the source language.

    For some thousand titles; for more a dump is faster, and kinder. Answers are kept on disk: a run that was killed and
    is repeated asks for nothing twice.

    Parameters
    ----------
    titles : iterable of str
        Titles, in any order; each is asked for once. They are normalised as MediaWiki does: the first letter becomes a
        capital, underscores become blanks.
    contact : str
        Your e-mail address or web page, which Wikimedia asks for.
    url : str, default "https://www.wikidata.org/w/api.php"
    cache : str or Path, optional
        Folder for answers; by default one in `lexswitch.sources.cache_folder`.
    retry : Retry, optional
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
        retry: Retry = PATIENT,
    ) -> None:
        if isinstance(titles, str) or not isinstance(titles, Iterable):
            raise TypeError(f"titles is {titles!r}; pass a list of str")
        self.titles = tuple(dict.fromkeys(filter(None, map(_normalised, titles))))
        if not self.titles:
            raise LexiconError("titles is empty; pass titles of Wikipedia articles")
        self._url = url
        self._web = Web(url, contact, None if cache is None else Path(cache), retry)

    @property
    def record(self) -> dict[str, Any]:
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
        batches = [self.titles[first : first + _BATCH] for first in range(0, len(self.titles), _BATCH)]
        with progress_bar(len(batches), "Wikidata", " requests", progress, done) as bar, closing(self._web):
            for number, batch in enumerate(batches[done:], done + 1):
                entities = self._web.ask(_question(batch, cleaner))["entities"].values()
                missing = sum("missing" in entity for entity in entities)
                things, skipped = reader.things_of(entity for entity in entities if "missing" not in entity)
                pairs, of_names = cleaner.pairs(things)
                bar.update()
                yield Part(pairs, number, skipped + of_names + Counter(missing=missing))


def _normalised(title: Any) -> str:
    if not isinstance(title, str):
        raise TypeError(f"titles has {title!r}; pass a list of str")
    words = " ".join(title.replace("_", " ").split())
    if "|" in words:
        raise LexiconError(f"titles has {title!r}, but no title has '|'; leave it out")
    return words[:1].upper() + words[1:]


def _question(titles: Iterable[str], cleaner: Cleaner) -> dict[str, str]:
    languages = (cleaner.source, *cleaner.languages)
    return {
        "action": "wbgetentities",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
        "redirects": "yes",
        "sites": site_of(cleaner.source),
        "titles": "|".join(titles),
        "props": "labels|aliases|sitelinks" if cleaner.alternatives else "sitelinks",
        "languages": "|".join(language.lower() for language in languages),
        "sitefilter": "|".join(map(site_of, languages)),
    }
