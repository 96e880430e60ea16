"""Asking services of Wikimedia politely: one request at a time, with a contact, and nothing twice.

See https://www.mediawiki.org/wiki/API:Etiquette and https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from ...errors import LexiconError
from ...files import replace_file
from ...sources import Retry, cache_folder
from ...sources.download import is_offline, retry_after
from ...version import VERSION

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.1
"""Seconds between two requests, at least."""
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# What may pass: HTTP (too many requests, overloaded, broken on the way), and errors of the API of MediaWiki.
_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({"maxlag", "ratelimited", "readonly"})

PATIENT = Retry(attempts=8, pause=2.0, longest=120.0, timeout=70.0)


class _PassingError(Exception):
    """A request failed, and the next one may not; `pause` is what the server asks for, in seconds."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class Web:
    """A service that answers in JSON. Answers are kept on disk, and not asked for again.

    Parameters
    ----------
    url : str
        Begins with ``https://``, unless it is on this machine.
    contact : str
        An e-mail address or the address of a web page, which goes into the User-Agent.
    cache : Path, optional
        A folder; by default one in that of `lexswitch.sources.cache_folder`.
    retry : Retry
        How patient to be. A pause that the server asks for (Retry-After) takes the place of the own one.

    Raises
    ------
    LexiconError
        If `url` or `contact` are not such.
    """

    def __init__(self, url: str, contact: str, cache: Path | None, retry: Retry) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise LexiconError(f"url is {url!r}; it must begin with https://")
        if not isinstance(contact, str) or not _CONTACT.fullmatch(contact):
            raise LexiconError(
                f"contact is {contact!r}; Wikimedia asks for an e-mail address or a web page of whoever runs this, "
                "such as 'ada@example.org'"
            )
        self._url = url
        self._cache = cache or cache_folder() / "wikidata"
        self._retry = retry
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"lexswitch/{VERSION} ({contact}) requests/{requests.__version__}"
        self._asked = 0.0

    def close(self) -> None:
        self._session.close()

    def ask(self, parameters: Mapping[str, str], accept: str = "application/json") -> dict[str, Any]:
        """The answer to a request (POST, as the parameters may be long).

        Raises
        ------
        LexiconError
            If there is no answer after all attempts, or it is an error or no JSON.
        """
        key = hashlib.sha256(json.dumps([self._url, sorted(parameters.items())]).encode()).hexdigest()
        path = self._cache / key[:2] / f"{key}.json"
        if path.exists():
            answer: dict[str, Any] = json.loads(path.read_bytes())
            return answer
        if is_offline():
            raise LexiconError(
                f"LEXSWITCH_OFFLINE is set, and an answer of {self._url} is not in {self._cache}; unset it"
            )
        answer = self._patiently(parameters, accept)
        with replace_file(path) as temporary:
            temporary.write_text(json.dumps(answer), encoding="utf-8")
        return answer

    def _patiently(self, parameters: Mapping[str, str], accept: str) -> dict[str, Any]:
        pause = self._retry.pause
        for attempt in range(1, self._retry.attempts + 1):
            time.sleep(max(0.0, self._asked + _INTERVAL - time.monotonic()))
            self._asked = time.monotonic()
            try:
                return self._once(parameters, accept)
            except _PassingError as failure:
                if attempt == self._retry.attempts:
                    raise LexiconError(
                        f"{self._url}: {failure}; {attempt} attempts failed; try again later: what was answered is "
                        f"kept in {self._cache}"
                    ) from failure.__cause__
                seconds = min(pause if failure.pause is None else failure.pause, self._retry.longest)
                _LOG.info("%s: %s; next attempt in %g s", self._url, failure, seconds)
                time.sleep(seconds)
                pause *= 2
        raise LexiconError(f"retry.attempts is {self._retry.attempts}; it must be at least 1")

    def _once(self, parameters: Mapping[str, str], accept: str) -> dict[str, Any]:
        try:
            response = self._session.post(
                self._url, data=dict(parameters), headers={"Accept": accept}, timeout=self._retry.timeout
            )
        except (requests.Timeout, requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise _PassingError(f"the connection failed ({error})") from error
        pause = retry_after(response.headers.get("Retry-After"), time.time())
        if response.status_code in _PASSING_STATUS:
            raise _PassingError(f"the server answers {response.status_code} {response.reason}", pause)
        answer = self._parsed(response)
        refusal = answer.get("error") or {}
        if refusal.get("code") in _PASSING_CODES:
            raise _PassingError(f"{refusal['code']}: {refusal.get('info', '')}", pause)
        if refusal or response.status_code != 200:
            raise LexiconError(
                f"{self._url} answers {response.status_code} {refusal.get('code', response.reason)}: "
                f"{refusal.get('info', response.text[:200])}"
            )
        return answer

    def _parsed(self, response: requests.Response) -> dict[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            kind = response.headers.get("Content-Type", "something").partition(";")[0]
            raise LexiconError(
                f"{self._url} answers {response.status_code} with {kind}, not JSON: {response.text[:80]!r}; check the "
                "address, and whether a proxy or a login page is between"
            )
        return answer
