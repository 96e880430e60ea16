"""Asking the services of Wikidata, of a server on this machine that speaks their protocols."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import SqlDump, TitleInducer, WikidataApi, WikidataQuery
from lexswitch.sources import Retry

from .dumps import LANGUAGES, WORLD, write_sql
from .servers import Wikidata, wikidata

CONTACT = "ada@example.org"
QUICK = Retry(attempts=4, pause=0.01, longest=0.05, timeout=5)
TITLES = [article.full_title for article in WORLD]


@pytest.fixture
def server() -> Iterator[Wikidata]:
    with wikidata() as running:
        yield running


def api(server: Wikidata, folder: Path, titles: list[str] | None = None) -> WikidataApi:
    return WikidataApi(titles or TITLES, CONTACT, url=server.url, cache=folder / "cache", retry=QUICK)


def query(server: Wikidata, folder: Path, **options: int) -> WikidataQuery:
    return WikidataQuery("Q35120", CONTACT, url=server.url, cache=folder / "cache", retry=QUICK, **options)


def pairs(lexicon: Lexicon) -> list[tuple[str, str, str, float]]:
    return list(lexicon.pairs())


def of_dump(folder: Path, alternatives: bool) -> Lexicon:
    """What the SQL dump of the world makes, whose disambiguation pages are told by their title alone here."""
    world = [article for article in WORLD if not article.disambiguation]
    return TitleInducer(SqlDump(*write_sql(folder, world)), LANGUAGES, alternatives=alternatives).induce()


def test_the_api_gives_the_lexicon_of_the_dump(server: Wikidata, tmp_path: Path) -> None:
    """Titles asked one by one make the lexicon that the whole dump makes."""
    titles = [article.full_title for article in WORLD if not article.disambiguation]
    lexicon = TitleInducer(api(server, tmp_path, titles), LANGUAGES, alternatives=False).induce()
    assert pairs(lexicon) == pairs(of_dump(tmp_path, alternatives=False))


def test_the_query_service_gives_the_lexicon_of_the_dump(server: Wikidata, tmp_path: Path) -> None:
    """Pages of a query, whatever their size, make the lexicon that the whole dump makes."""
    expected = [pair for pair in pairs(of_dump(tmp_path, alternatives=False)) if pair[0] != "mercury"]
    for size in (3, 1000):
        lexicon = TitleInducer(query(server, tmp_path, page_size=size), LANGUAGES, alternatives=False).induce()
        assert [pair for pair in pairs(lexicon) if pair[0] != "mercury"] == expected  # its page tells names apart
    assert len(server.answered) == len(WORLD) // 3 + 2


def test_titles_are_normalised_and_asked_once(server: Wikidata, tmp_path: Path) -> None:
    """Titles come as a user writes them; 50 are asked for at a time, missing ones counted."""
    titles = ["machine_learning", "Machine learning", " credit card", *(f"Nothing {number}" for number in range(120))]
    lexicon = TitleInducer(api(server, tmp_path, titles), LANGUAGES).induce()
    assert {"machine learning", "credit card"} <= set(lexicon)
    assert lexicon.provenance[0]["skipped"]["missing"] == 120
    sizes = [len(asked["titles"].split("|")) for asked in server.asked]
    assert sizes == [50, 50, 22]
    assert server.asked[0]["titles"].startswith("Machine learning|Credit card|Nothing 0|")
    assert server.asked[0]["sitefilter"] == "enwiki|dewiki|itwiki|ruwiki"
    assert server.asked[0]["maxlag"] == "5"
    assert all(agent.startswith("lexswitch/") and CONTACT in agent for agent in server.agents)


def test_labels_and_aliases(server: Wikidata, tmp_path: Path) -> None:
    """Labels and aliases of the API are names too, with less weight."""
    lexicon = TitleInducer(api(server, tmp_path), LANGUAGES).induce()
    assert lexicon["quicksilver"]["de"][0] == ("Quecksilber", 0.1)


@pytest.mark.parametrize("trouble", ["maxlag", "429", "503", "cut"])
def test_what_passes_is_waited_for(server: Wikidata, tmp_path: Path, trouble: str) -> None:
    """A lagging, busy or broken server is asked again, and the lexicon is the same."""
    server.trouble += [trouble, trouble]
    lexicon = TitleInducer(api(server, tmp_path), LANGUAGES, alternatives=False).induce()
    assert "credit card" in lexicon
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (["maxlag"] * 4, r"maxlag: Waiting for all: 5.5 seconds lagged.; 4 attempts failed; try again later: what was"),
        (["429"] * 4, r"the server answers 429 Too Many Requests; 4 attempts failed"),
        (["cut"] * 4, r"the connection failed .*; 4 attempts failed"),
        (["html"], r"answers 200 with text/html, not JSON: '<!DOCTYPE html>.*a proxy or a login page"),
        (["error"], r"answers 200 param-missing: Either provide the Item IDs"),
    ],
)
def test_what_does_not_pass_is_told(server: Wikidata, tmp_path: Path, trouble: list[str], message: str) -> None:
    """A server that stays in trouble, a login page and a refusal are errors that name the address."""
    server.trouble += trouble
    with pytest.raises(LexiconError, match=rf"^{server.url}:? {message}"):
        TitleInducer(api(server, tmp_path), LANGUAGES).induce()


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, and offline, the error tells what to do."""
    titles = WikidataApi(["House"], CONTACT, url="http://127.0.0.1:9", cache=tmp_path, retry=QUICK)
    with pytest.raises(
        LexiconError, match=r"http://127.0.0.1:9: the connection failed .* 4 attempts failed; try again"
    ):
        TitleInducer(titles, ["de"]).induce()
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    with pytest.raises(LexiconError, match=r"LEXSWITCH_OFFLINE is set, and an answer of http://127.0.0.1:9 is not in"):
        TitleInducer(titles, ["de"]).induce()


def test_an_answer_is_kept(server: Wikidata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered is not asked for again, not even without a network."""
    first = TitleInducer(api(server, tmp_path), LANGUAGES).induce()
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    again = TitleInducer(api(server, tmp_path), LANGUAGES).induce()
    assert first.signature == again.signature
    assert len(server.asked) == 1


def test_no_results_of_sparql(server: Wikidata, tmp_path: Path) -> None:
    """An answer in JSON that is none of SPARQL is told."""
    server.trouble.append("error")
    with pytest.raises(LexiconError, match="param-missing"):
        TitleInducer(query(server, tmp_path), LANGUAGES).induce()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WikidataApi([], CONTACT), "titles is empty"),
        (lambda: WikidataApi("House", CONTACT), "titles is 'House'; pass a list"),
        (lambda: WikidataApi([1], CONTACT), r"titles has 1; pass a list of str"),  # type: ignore[list-item]
        (lambda: WikidataApi(["a|b"], CONTACT), r"titles has 'a\|b', but no title has '\|'"),
        (lambda: WikidataApi(["a"], "me"), "contact is 'me'; Wikimedia asks for an e-mail address"),
        (lambda: WikidataApi(["a"], CONTACT, url="http://www.wikidata.org/w/api.php"), "must begin with https://"),
        (lambda: WikidataQuery("city", CONTACT), "thing is 'city'; pass an item"),
        (lambda: WikidataQuery('Q1" }', CONTACT), "thing is 'Q1\" }'"),
        (lambda: WikidataQuery("Q1", CONTACT, page_size=0), "page_size is 0"),
    ],
)
def test_wrong_arguments(make: object, message: str) -> None:
    """What cannot be asked is an error before anything is."""
    with pytest.raises((TypeError, ValueError), match=message):
        make()  # type: ignore[operator]


CHILD = """
import sys
from lexswitch.inducers.titles import TitleInducer, WikidataApi
url, folder, *titles = sys.argv[1:]
source = WikidataApi(titles, "ada@example.org", url=url, cache=folder + "/cache")
lexicon = TitleInducer(source, ["de", "it", "ru"]).induce(folder + "/run", progress=False)
print(lexicon.signature)
"""


def test_a_killed_run_asks_for_nothing_twice(server: Wikidata, tmp_path: Path) -> None:
    """A run that kill -9 ends amid its requests goes on, asks only for the rest, and makes the same lexicon."""
    titles = [*TITLES, *(f"Nothing {number}" for number in range(400))]
    command = [sys.executable, "-c", CHILD, server.url, str(tmp_path), *titles]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while len(server.answered) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    server.hold.clear()  # the next request is under way, and is never answered
    while len(server.asked) == len(server.answered) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    server.hold.set()
    time.sleep(0.1)
    answered_before = {asked["titles"] for asked in server.answered[:4]}
    asked_before = len(server.asked)
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    asked_again = [asked["titles"] for asked in server.asked[asked_before:]]
    assert not answered_before & set(asked_again)
    assert len(asked_again) == len(set(asked_again)) <= 9 - 4
    undisturbed = TitleInducer(api(server, tmp_path / "other", titles), LANGUAGES).induce()
    assert ran.stdout.strip() == undisturbed.signature
