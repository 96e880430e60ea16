"""Titles from the Wikidata Query Service, on a local server with a SPARQL engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import SqlDump, TitleInducer, WikidataQuery
from lexswitch.inducers.titles.cleaning import Cleaner

from .dumps import LANGUAGES, WORLD, write_sql
from .servers import CONTACT, QUICK, Wikidata


def query(server: Wikidata, folder: Path, page_size: int = 1000, entity: str = "Q35120") -> WikidataQuery:
    return WikidataQuery(entity, CONTACT, url=server.url, page_size=page_size, cache=folder / "cache", retry=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("page_size", [1, 3, len(WORLD), 1000])
def test_the_lexicon_of_the_dump(server: Wikidata, tmp_path: Path, page_size: int) -> None:
    """Pages of any size give the lexicon of the SQL dump, except for what only a dump has."""
    world = [article for article in WORLD if not article.disambiguation]
    dump = TitleInducer(SqlDump(*write_sql(tmp_path, world)), LANGUAGES, alternatives=False).induce()
    lexicon = TitleInducer(query(server, tmp_path, page_size), LANGUAGES, alternatives=False).induce()
    without = [[pair for pair in of.pairs() if pair[0] != "Mercury"] for of in (dump, lexicon)]
    assert without[0] == without[1]  # "Mercury": this service does not tell that its page tells names apart
    assert len(server.answered) == len(WORLD) // page_size + 1


def test_the_protocol(server: Wikidata, tmp_path: Path) -> None:
    """A query is one parameter of a POST, with results in JSON."""
    TitleInducer(query(server, tmp_path), LANGUAGES).induce()
    assert [list(asked) for asked in server.asked] == [["query"]]
    assert server.accepted == ["application/sparql-results+json"]


def test_a_class(server: Wikidata, tmp_path: Path) -> None:
    """Only instances of the class and its subclasses are found."""
    lexicon = TitleInducer(query(server, tmp_path, entity="Q1"), LANGUAGES).induce()
    assert "machine learning" in lexicon
    assert "credit card" not in lexicon


def test_a_position(server: Wikidata, tmp_path: Path) -> None:
    """The position of a part is its last item; reading resumes after it."""
    cleaner = Cleaner("en", LANGUAGES)
    parts = list(query(server, tmp_path, 5).read(cleaner))
    assert parts[0].position == "http://www.wikidata.org/entity/Q27"
    server.asked.clear()
    rest = list(query(server, tmp_path / "other", 5).read(cleaner, parts[0].position))
    assert [part.position for part in rest] == [part.position for part in parts[1:]]
    assert len(server.asked) == len(parts) - 1


def test_answers_are_kept(server: Wikidata, tmp_path: Path) -> None:
    """Cached pages are not requested again, also after an error."""
    server.trouble += ["", "", "long"]
    with pytest.raises(LexiconError, match="the query takes longer than the service allows"):
        TitleInducer(query(server, tmp_path, 5), LANGUAGES).induce()
    TitleInducer(query(server, tmp_path, 5), LANGUAGES).induce()
    assert len(server.answered) == len({asked["query"] for asked in server.answered}) == len(WORLD) // 5 + 1


def test_nothing_found(server: Wikidata, tmp_path: Path) -> None:
    """A class without articles is an error."""
    with pytest.raises(LexiconError, match="Wikidata Query Service has no title in 'en'"):
        TitleInducer(query(server, tmp_path, entity="Q99"), LANGUAGES).induce()


def test_no_results_of_sparql(server: Wikidata, tmp_path: Path) -> None:
    """JSON without results is an error."""
    server.trouble.append("other")
    with pytest.raises(LexiconError, match="without 'results'"):
        TitleInducer(query(server, tmp_path), LANGUAGES).induce()


def test_the_record(server: Wikidata, tmp_path: Path) -> None:
    """The provenance names service, licence and class."""
    expected = {"name": "Wikidata Query Service", "licence": "CC0-1.0", "url": server.url, "entity": "Q35120"}
    assert query(server, tmp_path).record == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WikidataQuery("city", CONTACT), "entity is 'city'; pass an item"),
        (lambda: WikidataQuery('Q1" }', CONTACT), "entity is 'Q1\" }'"),
        (lambda: WikidataQuery("Q1\n", CONTACT), "entity is 'Q1"),
        (lambda: WikidataQuery("Q1", "me"), "contact is 'me'"),
        (lambda: WikidataQuery("Q1", CONTACT, page_size=0), "page_size is 0"),
    ],
)
def test_wrong_arguments(make: Callable[[], object], message: str) -> None:
    """Wrong arguments are errors before any request."""
    with pytest.raises((TypeError, ValueError), match=message):
        make()
