"""Requests to a local server with all kinds of errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lexswitch.errors import LexiconError
from lexswitch.inducers.titles.web import JsonService
from lexswitch.sources import RetryPolicy
from lexswitch.version import VERSION

from .servers import CONTACT, QUICK, Wikidata

QUESTION = {
    "action": "wbgetentities",
    "format": "json",
    "formatversion": "2",
    "sites": "enwiki",
    "titles": "Credit card",
    "props": "sitelinks",
    "languages": "en|de",
    "sitefilter": "enwiki|dewiki",
}


def web(server: Wikidata, folder: Path, retry: RetryPolicy = QUICK) -> JsonService:
    return JsonService(server.url, CONTACT, folder, retry)


def ask(of: JsonService, **parameters: str) -> dict[str, Any]:
    return of.ask({**QUESTION, **parameters}, "entities")


def test_an_answer(server: Wikidata, tmp_path: Path) -> None:
    """A request names its sender, and returns one part of the answer."""
    entities = ask(web(server, tmp_path))
    assert entities["Q12"]["sitelinks"]["dewiki"]["title"] == "Kreditkarte"
    assert server.agents[0].startswith(f"lexswitch/{VERSION} ({CONTACT}) requests/")


@pytest.mark.parametrize("trouble", ["maxlag", "429", "503", "cut", "half", "closed"])
def test_temporary_errors_are_retried(server: Wikidata, tmp_path: Path, trouble: str) -> None:
    """A lagging, busy or broken server is asked again, with the same answer."""
    server.trouble += [trouble, trouble]
    assert ask(web(server, tmp_path / "trouble")) == ask(web(server, tmp_path / "none"))
    assert len(server.asked) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (
            "maxlag",
            r"maxlag: Waiting for all: 5\.5 seconds lagged\.; 4 attempts failed; try again later: the answers so",
        ),
        ("429", r"the server answers 429 Too Many Requests; 4 attempts failed"),
        ("503", r"the server answers 503 Service Unavailable; 4 attempts failed"),
        ("cut", r"the connection failed .*; 4 attempts failed"),
        ("half", r"the answer is cut off; 4 attempts failed"),
    ],
)
def test_lasting_errors_are_reported(server: Wikidata, tmp_path: Path, trouble: str, message: str) -> None:
    """After all attempts, the error names the address."""
    server.trouble += [trouble] * 4
    with pytest.raises(LexiconError, match=rf"^{server.url}: {message}"):
        ask(web(server, tmp_path))
    assert len(server.asked) == 4


def test_silence_is_reported(server: Wikidata, tmp_path: Path) -> None:
    """A server that never answers is given up after all attempts."""
    server.most = 0
    with pytest.raises(LexiconError, match=rf"^{server.url}: no data for 0\.2 s; 2 attempts failed"):
        ask(web(server, tmp_path, QUICK._replace(attempts=2, timeout=0.2)))
    server.given_up.set()


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("html", r" answers 200 OK with text/html, not JSON: '<!DOCTYPE html>.*a proxy or a login page"),
        ("forbidden", r" answers 403 Forbidden with text/html, not JSON: '<html>Please set a user-agent"),
        ("elsewhere", r" answers 301 Moved Permanently with text/html, not JSON"),
        ("error", r" answers 200 OK, param-missing: Either provide the Item IDs"),
        ("other", r" answers 200 OK without 'entities': \"{'message': 'Hello'}\"; check the address"),
        ("long", r": the query takes longer than the service allows; ask for a smaller class"),
        ("late", r": the query takes longer than the service allows"),
    ],
)
def test_permanent_errors_are_not_retried(server: Wikidata, tmp_path: Path, trouble: str, message: str) -> None:
    """A login page, a refusal or another service is an error with the address, without retries, and is not cached."""
    server.trouble.append(trouble)
    asking = web(server, tmp_path)
    with pytest.raises(LexiconError, match=rf"^{server.url}{message}"):
        ask(asking)
    assert len(server.asked) == 1
    assert "Q12" in ask(asking)


def test_the_server_says_how_long(server: Wikidata, tmp_path: Path) -> None:
    """Retry-After is respected if it is longer than the pause."""
    server.trouble.append("wait")
    ask(web(server, tmp_path, QUICK._replace(max_pause=5)))
    assert server.times[1] - server.times[0] >= 1


def test_pauses_grow(server: Wikidata, tmp_path: Path) -> None:
    """Pauses double even if the server requests shorter ones, to outlast a long lag."""
    server.trouble += ["maxlag"] * 3
    ask(web(server, tmp_path, RetryPolicy(attempts=4, pause=0.1, max_pause=5, timeout=5)))
    pauses = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    assert [pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True)] == [True] * 3


def test_requests_keep_their_distance(server: Wikidata, tmp_path: Path) -> None:
    """There is at least a tenth of a second between two requests."""
    asking = web(server, tmp_path)
    for title in ("A", "B", "C"):
        ask(asking, titles=title)
    assert server.times[2] - server.times[0] >= 0.19


def test_an_answer_is_kept(server: Wikidata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cached answer is not requested again, and works offline; other requests do not."""
    first = ask(web(server, tmp_path))
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    assert ask(web(server, tmp_path)) == first
    with pytest.raises(LexiconError, match=f"LEXSWITCH_OFFLINE is set, but an answer of {server.url} is not in"):
        ask(web(server, tmp_path), titles="House")
    assert len(server.asked) == 1


def test_answers_are_kept_in_the_users_cache(server: Wikidata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder, answers are cached with the downloaded lexicons."""
    monkeypatch.setenv("LEXSWITCH_CACHE", str(tmp_path))
    ask(JsonService(server.url, CONTACT, None, QUICK))
    assert len(list((tmp_path / "wikidata").glob("??/*.json"))) == 1


def test_a_damaged_answer_is_reported(server: Wikidata, tmp_path: Path) -> None:
    """A cached answer that is not JSON is an error that names the file."""
    ask(web(server, tmp_path))
    next(tmp_path.glob("*/*.json")).write_text('{"Q12": ')
    with pytest.raises(LexiconError, match=r"\.json is damaged; delete it"):
        ask(web(server, tmp_path))


def test_no_network(tmp_path: Path) -> None:
    """If there is no server, the error says what to do."""
    with pytest.raises(
        LexiconError, match=r"http://127\.0\.0\.1:9: the connection failed .* 4 attempts failed; try ag"
    ):
        ask(JsonService("http://127.0.0.1:9", CONTACT, tmp_path, QUICK))


@pytest.mark.parametrize(
    ("url", "contact", "message"),
    [
        ("http://www.wikidata.org/w/api.php", CONTACT, "that begins with https://"),
        ("ftp://localhost/", CONTACT, "that begins with https://"),
        ("", CONTACT, "url is ''; pass an address that begins with https://"),
        ("https://localhost/", "me", "contact is 'me'; pass your e-mail address"),
        ("https://localhost/", "a@b.org\r\nX: y", "contact is "),
        ("https://localhost/", "zoë@b.org", "contact is "),
        ("https://localhost/", None, "contact is None"),
    ],
)
def test_wrong_arguments(tmp_path: Path, url: str, contact: Any, message: str) -> None:
    """Without https or a contact, nothing is requested."""
    with pytest.raises(LexiconError, match=message):
        JsonService(url, contact, tmp_path, QUICK)
