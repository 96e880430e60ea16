"""The Wikidata Query Service as a source of titles.

See https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual, https://www.w3.org/TR/sparql11-protocol/ and
https://www.w3.org/TR/sparql11-results-json/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from ..._io.progress import progress_bar
from ...checks import whole_number
from ...errors import LexiconError
from ...sources import RetryPolicy
from .cleaning import Cleaner
from .entity import TITLE, Entity, Name
from .title_source import Part
from .web import PATIENT, JsonService
from .wikis import prefix_of

_ACCEPT = "application/sparql-results+json"
_QUERY = """\
PREFIX schema: <http://schema.org/>
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT ?item ?title ?wiki ?name WHERE {
  { SELECT DISTINCT ?item ?title WHERE {
      ?item wdt:P31/wdt:P279* wd:%(entity)s .
      ?article schema:about ?item ; schema:isPartOf <%(source)s> ; schema:name ?title .
      FILTER(STR(?item) > "%(last)s")
    } ORDER BY STR(?item) LIMIT %(size)d }
  OPTIONAL {
    VALUES ?wiki { %(targets)s }
    ?link schema:about ?item ; schema:isPartOf ?wiki ; schema:name ?name .
  }
} ORDER BY STR(?item) ?wiki
"""


class WikidataQuery:
    """The entities of one class with an article in the source language, from the query service (SPARQL).

    Use it for one field: cities, diseases, musical instruments. The service stops queries after a minute, so it cannot
    return a class of millions; read a dump for that. It returns the titles of articles, but no labels.

    Parameters
    ----------
    entity : str
        Item of the class, such as "Q34379" (musical instrument). Its instances, and those of its subclasses, are
        requested.
    contact : str
        Your e-mail address or web page, which Wikimedia requires.
    url : str, default "https://query.wikidata.org/sparql"
    page_size : int, default 1000
        Number of entities per query.
    cache : str or Path, optional
        Folder for answers; by default ``wikidata`` in `lexswitch.sources.cache_folder`. Remove it to get new answers.
    retry : RetryPolicy, optional
        How often and how long to retry if the server is busy.

    Raises
    ------
    LexiconError
        If an argument is not as described.
    """

    def __init__(
        self,
        entity: str,
        contact: str,
        *,
        url: str = "https://query.wikidata.org/sparql",
        page_size: int = 1000,
        cache: str | Path | None = None,
        retry: RetryPolicy = PATIENT,
    ) -> None:
        if not isinstance(entity, str) or not re.fullmatch(r"Q[1-9][0-9]*", entity):
            raise LexiconError(f"entity is {entity!r}; pass an item of Wikidata, such as 'Q34379'")
        self.entity = entity
        self._page_size = whole_number("page_size", page_size, 1, 100_000)
        self._url = url
        self._web = JsonService(url, contact, cache, retry)

    @property
    def record(self) -> dict[str, Any]:
        """See `TitleSource`."""
        return {"name": "Wikidata Query Service", "licence": "CC0-1.0", "url": self._url, "entity": self.entity}

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        last, more = str(position or ""), True
        with progress_bar(None, "Wikidata", " entities", progress) as bar, closing(self._web):
            while more:
                rows = self._rows(cleaner, last)
                entities = list(_entities(rows, cleaner))
                count = len({row["item"] for row in rows})
                pairs, skipped = cleaner.pairs(entity for entity in entities if entity.targets)
                last, more = (rows[-1]["item"] if rows else last), count == self._page_size
                bar.update(count)
                yield Part(pairs, last, skipped)

    def _rows(self, cleaner: Cleaner, last: str) -> list[Mapping[str, str]]:
        """Return a page of results, grouped by item."""
        query = _QUERY % {
            "entity": self.entity,
            "source": _wiki(cleaner.source),
            "last": last,
            "size": self._page_size,
            "targets": " ".join(f"<{_wiki(language)}>" for language in cleaner.languages),
        }
        rows = self._web.ask({"query": query}, "results", _ACCEPT)["bindings"]
        return [{name: binding["value"] for name, binding in row.items()} for row in rows]


def _entities(rows: Iterable[Mapping[str, str]], cleaner: Cleaner) -> Iterator[Entity]:
    """Yield the entity of each item."""
    languages_by_wiki = {_wiki(language): language for language in cleaner.languages}
    for (_, title), item_rows in groupby(rows, lambda row: (row["item"], row["title"])):
        targets = [Name(languages_by_wiki[row["wiki"]], row["name"], TITLE) for row in item_rows if "name" in row]
        yield Entity([Name(cleaner.source, title, TITLE)], targets)


def _wiki(language: str) -> str:
    return f"https://{prefix_of(language)}.wikipedia.org/"
