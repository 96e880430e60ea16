"""A local server that speaks the protocols of Wikidata: its API, and SPARQL with a real engine."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from lexswitch.sources import RetryPolicy

from .dumps import WORLD
from .wikidata import item

CONTACT = "ada@example.org"
QUICK = RetryPolicy(attempts=4, pause=0.01, max_pause=0.05, timeout=5)
_MOST = 50
"""Maximum number of values per parameter of the API."""


class Wikidata(ThreadingHTTPServer):
    """Serves a world of articles.

    Attributes
    ----------
    asked : list of dict
        The parameters of every request, in order.
    times : list of float
        Times of the requests, in seconds.
    answered : list of dict
        The parameters of the requests that were answered.
    trouble : list of str
        Errors of the next requests, named after the methods of `_Handler`; "" for none.
    agents, accepted : list of str
        User-Agent and Accept of every request.
    most : float
        Maximum number of answers; further requests wait until `given_up` is set, without an answer.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, str]] = []
        self.times: list[float] = []
        self.answered: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.accepted: list[str] = []
        self.trouble: list[str] = []
        self.most = math.inf
        self.given_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def wikidata() -> Iterator[Wikidata]:
    """A running server."""
    server = Wikidata()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Wikidata
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        parameters = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.server.times.append(time.monotonic())
        self.server.asked.append(parameters)
        self.server.agents.append(self.headers["User-Agent"])
        self.server.accepted.append(self.headers["Accept"])
        trouble = self.server.trouble.pop(0) if self.server.trouble else ""
        if trouble:
            getattr(self, f"_{trouble}")()
            return
        if len(self.server.answered) >= self.server.most:
            self.server.given_up.wait(60)
            self.close_connection = True
            return
        answer = _sparql(parameters["query"]) if "query" in parameters else _entities(parameters)
        kind = "application/sparql-results+json" if "query" in parameters else "application/json"
        if "error" not in answer:  # before the answer, since the test reads the list after it
            self.server.answered.append(parameters)
        self._send(200, json.dumps(answer), kind)

    def _send(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(data)),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def _maxlag(self) -> None:
        error = {"code": "maxlag", "info": "Waiting for all: 5.5 seconds lagged.", "lag": 5.5, "type": "db"}
        self._send(200, json.dumps({"error": error}), Retry_After="0", X_Database_Lag="5")

    def _wait(self) -> None:
        self._send(429, "Too many requests", "text/html", Retry_After="1")

    def _429(self) -> None:
        self._send(429, "Too many requests", "text/html", Retry_After="0")

    def _503(self) -> None:
        self._send(503, "<html>upstream connect error", "text/html", Retry_After="0")

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"entities": {')
        self.close_connection = True

    def _closed(self) -> None:
        self.close_connection = True

    def _half(self) -> None:
        self._send(200, '{"entities": {"Q10": {"type": "it')

    def _html(self) -> None:
        self._send(200, "<!DOCTYPE html><html>Log in to the network", "text/html")

    def _error(self) -> None:
        error = {"code": "param-missing", "info": "Either provide the Item IDs or pairs of sites and titles."}
        self._send(200, json.dumps({"error": error, "servedby": "mw1"}))

    def _other(self) -> None:
        self._send(200, json.dumps({"message": "Hello"}))

    def _elsewhere(self) -> None:
        self._send(301, "<html>Moved", "text/html", Location="http://127.0.0.1:9/")

    def _forbidden(self) -> None:
        self._send(403, "<html>Please set a user-agent and respect our robot policy", "text/html")

    def _long(self) -> None:
        trace = "SPARQL-QUERY: queryStr=SELECT\njava.util.concurrent.TimeoutException\n\tat java.util.concurrent.Future"
        self._send(500, trace, "text/plain")

    def _late(self) -> None:
        begin = '{"head": {"vars": ["item"]}, "results": {"bindings": [{"item": {"type": "uri", "value": "http://'
        self._send(
            200, f"{begin}SPARQL-QUERY: \njava.util.concurrent.TimeoutException", "application/sparql-results+json"
        )

    def log_message(self, *_: object) -> None:
        pass


def _entities(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The answer of wbgetentities, formatversion 2."""
    for name in ("titles", "languages", "sitefilter"):
        if parameters[name].count("|") >= _MOST:
            info = f'Too many values supplied for parameter "{name}". The limit is {_MOST}.'
            error = {"code": "toomanyvalues", "info": info, "limit": _MOST, "lowlimit": _MOST, "highlimit": 500}
            return {"error": error, "servedby": "mw1"}
    titles = parameters["titles"].split("|")
    assert {parameters[name] for name in ("action", "format", "formatversion")} == {"wbgetentities", "json", "2"}
    known = {article.full_title: article for article in WORLD}
    sites, languages = parameters["sitefilter"].split("|"), parameters["languages"].split("|")
    entities: dict[str, Any] = {}
    missing = 0
    for title in titles:
        if title not in known:
            missing -= 1
            entities[str(missing)] = {"site": parameters["sites"], "title": title, "missing": ""}
            continue
        article = known[title]
        labels = {"en": article.full_title[:1].lower() + article.full_title[1:]} if article.number == 10 else None
        entity = item(article.number, {"en": article.full_title, **article.links}, labels, article.redirects)
        wanted = parameters["props"].split("|")
        kept = {name: entity[name] for name in ("type", "id", *wanted)}
        kept["sitelinks"] = {site: link for site, link in entity["sitelinks"].items() if site in sites}
        for name in ("labels", "aliases"):
            if name in kept:
                kept[name] = {code: value for code, value in (kept[name] or {}).items() if code in languages}
        entities[f"Q{article.number}"] = kept
    return {"entities": entities, "success": 1}


def _sparql(query: str) -> dict[str, Any]:
    """The answer of a SPARQL 1.1 engine about the world; all articles are instances of Q35120."""
    from rdflib import Graph, Literal, Namespace, URIRef

    schema, wd, wdt = (
        Namespace(f"http://{name}")
        for name in ("schema.org/", "www.wikidata.org/entity/", "www.wikidata.org/prop/direct/")
    )
    graph = Graph()
    for number, article in enumerate(WORLD):
        subject = wd[f"Q{article.number}"]
        graph.add((subject, wdt.P31, wd.Q35120 if number % 2 else wd.Q1))
        for code, title in {"en": article.full_title, **article.links}.items():
            page = URIRef(f"https://{code}.wikipedia.org/wiki/Q{article.number}")
            graph.add((page, schema.about, subject))
            graph.add((page, schema.isPartOf, URIRef(f"https://{code}.wikipedia.org/")))
            graph.add((page, schema.name, Literal(title, lang=code)))
    graph.add((wd.Q1, wdt.P279, wd.Q35120))
    answer: dict[str, Any] = json.loads(graph.query(query).serialize(format="json") or b"")
    return answer
