"""Titles from the API of Wikidata, on a local server that speaks its protocol."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from lexswitch.inducers.titles import SqlDump, TitleInducer, WikidataApi
from lexswitch.inducers.titles.cleaning import Cleaner

from .dumps import LANGUAGES, WORLD, write_sql
from .servers import CONTACT, QUICK, Wikidata

TITLES = [article.full_title for article in WORLD]


def api(server: Wikidata, folder: Path, titles: Iterable[str] = TITLES) -> WikidataApi:
    return WikidataApi(titles, CONTACT, url=server.url, cache=folder / "cache", retry=QUICK)


def test_the_lexicon_of_the_dump(server: Wikidata, tmp_path: Path) -> None:
    """The requested titles give the lexicon of the SQL dump of the same world."""
    world = [article for article in WORLD if not article.disambiguation]
    dump = TitleInducer(SqlDump(*write_sql(tmp_path, world)), LANGUAGES, alternatives=False).induce()
    titles = (article.full_title for article in world)
    lexicon = TitleInducer(api(server, tmp_path, titles), LANGUAGES, alternatives=False).induce()
    assert list(lexicon.pairs()) == list(dump.pairs())


def test_titles_are_normalised_and_asked_once(server: Wikidata, tmp_path: Path) -> None:
    """Titles are normalised, requested in batches of 50, and missing ones counted."""
    titles = ["machine_learning", "Machine learning", " credit card", *(f"Nothing {number}" for number in range(120))]
    lexicon = TitleInducer(api(server, tmp_path, titles), LANGUAGES).induce()
    assert {"machine learning", "Credit card"} <= set(lexicon)
    assert lexicon.provenance[0]["skipped"]["missing"] == 120
    assert [len(asked["titles"].split("|")) for asked in server.asked] == [50, 50, 22]
    assert server.asked[0]["titles"].startswith("Machine learning|Credit card|Nothing 0|")


@pytest.mark.parametrize(
    ("title", "normalised"),
    [
        ("  new__york_ city", "New york city"),
        ("café", "Café"),
        ("Cafe\u0301", "Café"),
        ("éclair", "Éclair"),
        ("ß", "ß"),
        ("თბილისი", "თბილისი"),
        ("ĳssel", "Ĳssel"),
        ("42", "42"),
    ],
)
def test_normalised_titles(title: str, normalised: str) -> None:
    """Titles are requested as MediaWiki spells them."""
    assert WikidataApi([title, "", normalised], CONTACT).titles == (normalised,)


def test_the_question(server: Wikidata, tmp_path: Path) -> None:
    """A request has the needed names only."""
    TitleInducer(api(server, tmp_path), LANGUAGES).induce()
    assert {name: value for name, value in server.asked[0].items() if name != "titles"} == {
        "action": "wbgetentities",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
        "redirects": "yes",
        "sites": "enwiki",
        "props": "labels|aliases|sitelinks",
        "languages": "en|de|it|ru",
        "sitefilter": "enwiki|dewiki|itwiki|ruwiki",
    }
    with pytest.raises(ValueError, match="has no title in 'en' with one in"):
        TitleInducer(api(server, tmp_path), ["be-tarask", "nb"], alternatives=False).induce()
    assert server.asked[1]["props"] == "sitelinks"
    assert server.asked[1]["sitefilter"] == "enwiki|be_x_oldwiki|nowiki"


def test_labels_and_aliases(server: Wikidata, tmp_path: Path) -> None:
    """Labels determine the case of titles, and aliases are names with less weight, unless alternatives is false."""
    lexicon = TitleInducer(api(server, tmp_path), LANGUAGES).induce()
    assert lexicon["quicksilver"]["de"][0] == ("Quecksilber", 0.1)
    without = TitleInducer(api(server, tmp_path), LANGUAGES, alternatives=False).induce()
    assert "quicksilver" not in without


def test_more_languages_than_a_request_takes(server: Wikidata, tmp_path: Path) -> None:
    """A hundred languages take several requests for the same titles, and give the same pairs."""
    others = [first + second for first in "bcfs" for second in "abcdefghijklmnopqrstuvwxy"]
    many = Cleaner("en", tuple(sorted({*LANGUAGES, *others})))
    (expected,) = api(server, tmp_path).read(Cleaner("en", LANGUAGES))
    server.asked.clear()
    (part,) = api(server, tmp_path).read(many)
    assert [asked["sitefilter"].count("|") for asked in server.asked] == [49, 49, 5]
    assert {asked["titles"] for asked in server.asked} == {"|".join(TITLES)}
    found, wanted = part.pairs.translations, expected.pairs.translations
    assert [found[row] for row in range(len(found))] == [wanted[row] for row in range(len(wanted))]
    assert part.skipped == expected.skipped


def test_the_record(server: Wikidata, tmp_path: Path) -> None:
    """The provenance names service, licence and titles, and does not change with time."""
    record = api(server, tmp_path).record
    assert record == {
        "name": "Wikidata API",
        "licence": "CC0-1.0",
        "url": server.url,
        "titles": f"{len(TITLES)}|sha256:{record['titles'][-16:]}",
    }
    assert record == api(server, tmp_path / "other").record != api(server, tmp_path, TITLES[1:]).record


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WikidataApi([], CONTACT), "titles is empty"),
        (lambda: WikidataApi(["", " _"], CONTACT), "titles is empty"),
        (lambda: WikidataApi("House", CONTACT), "titles is 'House'; pass a list"),
        (lambda: WikidataApi(1, CONTACT), "titles is 1; pass a list"),  # type: ignore[arg-type]
        (lambda: WikidataApi([1], CONTACT), "titles has 1; pass a list of str"),  # type: ignore[list-item]
        (lambda: WikidataApi(["a|b"], CONTACT), r"titles has 'a\|b', but titles do not contain '\|'"),
        (lambda: WikidataApi(["a"], "me"), "contact is 'me'; pass your e-mail address"),
    ],
)
def test_wrong_arguments(make: Callable[[], object], message: str) -> None:
    """Wrong arguments are errors before any request."""
    with pytest.raises((TypeError, ValueError), match=message):
        make()


CHILD = """
import sys
from lexswitch.inducers.titles import TitleInducer, WikidataApi
url, folder, checkpoint, *titles = sys.argv[1:]
source = WikidataApi(titles, "ada@example.org", url=url, cache=folder + "/cache")
lexicon = TitleInducer(source, ["de", "it", "ru"]).induce(checkpoint or None, progress=False)
print(lexicon.signature)
"""


@pytest.mark.slow
@pytest.mark.parametrize("checkpoint", [True, False])
def test_a_killed_run_asks_for_nothing_twice(server: Wikidata, tmp_path: Path, checkpoint: bool) -> None:
    """A run that is killed during a request and repeated requests only the rest, and gives the same lexicon."""
    titles = [*TITLES, *(f"Nothing {number}" for number in range(400))]
    run = str(tmp_path / "run") if checkpoint else ""
    command = [sys.executable, "-c", CHILD, server.url, str(tmp_path), run, *titles]
    server.most = 4
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 60
        while len(server.asked) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    assert [asked["titles"] for asked in server.asked[:4]] == [asked["titles"] for asked in server.answered]
    server.most = float("inf")
    server.given_up.set()
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    batches = ["|".join(titles[first : first + 50]) for first in range(0, len(titles), 50)]
    assert [asked["titles"] for asked in server.asked] == [*batches[:4], batches[4], *batches[4:]]
    assert [asked["titles"] for asked in server.answered] == batches
    undisturbed = TitleInducer(api(server, tmp_path / "other", titles), LANGUAGES).induce()
    assert ran.stdout.strip() == undisturbed.signature


def test_a_position(server: Wikidata, tmp_path: Path) -> None:
    """The position of a part is the number of finished batches; reading resumes after it."""
    titles = [f"Nothing {number}" for number in range(120)] + ["Credit card"]
    cleaner = Cleaner("en", LANGUAGES)
    parts = list(api(server, tmp_path, titles).read(cleaner))
    assert [part.position for part in parts] == [1, 2, 3]
    server.asked.clear()
    (last,) = api(server, tmp_path / "other", titles).read(cleaner, position=2)
    assert (last.position, last.skipped) == (3, parts[2].skipped)
    assert len(server.asked) == 1
