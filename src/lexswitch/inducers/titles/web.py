"""Asking services of Wikimedia politely: one request at a time, with a contact, and nothing twice.

See https://www.mediawiki.org/wiki/API:Etiquette, https://www.mediawiki.org/wiki/Manual:Maxlag_parameter and
https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from ..._io.atomic import replace_file
from ...errors import LexiconError
from ...sources import Retry, cache_folder
from ...sources.download import PassingError, is_offline, network_error, patiently, read_json, retry_after
from ...version import VERSION

_INTERVAL = 0.1
"""Seconds between two requests, at least."""
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# What may pass: HTTP (too many requests, overloaded, broken on the way), and errors of the API of MediaWiki.
_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({"maxlag", "ratelimited", "readonly"})
# Stands in the answers of the query service to what takes longer than a minute, also behind the beginning of results.
_TOO_LONG = b"java.util.concurrent.TimeoutException"

PATIENT = Retry(attempts=8, pause=2.0, longest=600.0, timeout=70.0)


class Web:
    """A service that answers in JSON. Answers are kept on disk, and not asked for again.

    Parameters
    ----------
    url : str
        Begins with ``https://``, unless it is on this machine.
    contact : str
        An e-mail address or the address of a web page, which goes into the User-Agent.
    cache : str or Path, optional
        A folder; by default ``wikidata`` in `lexswitch.sources.cache_folder`.
    retry : Retry
        How patient to be. A longer pause that the server asks for (Retry-After) takes the place of the own one.

    Raises
    ------
    LexiconError
        If `url` or `contact` are not such.
    """

    def __init__(self, url: str, contact: str, cache: str | Path | None, retry: Retry) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise LexiconError(f"url is {url!r}; it must begin with https://")
        if not isinstance(contact, str) or not contact.isascii() or not _CONTACT.fullmatch(contact):
            raise LexiconError(
                f"contact is {contact!r}; Wikimedia asks for an e-mail address or a web page of whoever runs this, "
                "such as 'ada@example.org'"
            )
        self._url = url
        self._cache = cache_folder() / "wikidata" if cache is None else Path(cache)
        self._retry = retry
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"lexswitch/{VERSION} ({contact}) requests/{requests.__version__}"
        # Any data centre may answer a POST that only reads.
        self._session.headers["Promise-Non-Write-API-Action"] = "true"
        self._asked = 0.0

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._session.close()

    def ask(self, parameters: Mapping[str, str], part: str, accept: str = "application/json") -> dict[str, Any]:
        """The object of that name in the answer to a request, which is a POST, as the parameters may be long.

        Raises
        ------
        LexiconError
            If there is no answer after all attempts, or it is an error, no JSON, or has no such part; or if there is
            none on disk, and the environment variable ``LEXSWITCH_OFFLINE`` is set.
        """
        key = hashlib.sha256(json.dumps([self._url, sorted(parameters.items())]).encode()).hexdigest()
        path = self._cache / key[:2] / f"{key}.json"
        if kept := read_json(path):
            return kept
        if is_offline():
            raise LexiconError(
                f"LEXSWITCH_OFFLINE is set, and an answer of {self._url} is not in {self._cache}; unset it"
            )
        answer = patiently(
            lambda: self._once(parameters, part, accept),
            self._url,
            self._retry,
            f"try again later: what was answered is kept in {self._cache}",
        )
        with replace_file(path) as temporary:
            temporary.write_text(json.dumps(answer), encoding="utf-8")
        return answer

    def _once(self, parameters: Mapping[str, str], part: str, accept: str) -> dict[str, Any]:
        time.sleep(max(0.0, self._asked + _INTERVAL - time.monotonic()))
        self._asked = time.monotonic()
        timeout = self._retry.timeout
        try:
            response = self._session.post(
                self._url, data=dict(parameters), headers={"Accept": accept}, timeout=timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise network_error(self._url, error, timeout) from error
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if response.status_code == 200 and isinstance(answer, dict) and "error" not in answer:
            found = answer.get(part)
            if isinstance(found, dict):
                return found
        raise self._no_json(response) if answer is None else self._failure(response, answer, part)

    def _no_json(self, response: requests.Response) -> Exception:
        """What an answer means that is no JSON: try again, or not."""
        kind = response.headers.get("Content-Type", "something").partition(";")[0]
        if _TOO_LONG in response.content:
            return LexiconError(
                f"{self._url}: the query takes longer than the service allows; ask for a smaller class or fewer "
                "languages, or read a dump"
            )
        if response.status_code in _PASSING_STATUS:
            return PassingError(f"the server answers {_status(response)}", _pause(response))
        if response.status_code == 200 and "json" in kind:
            return PassingError("the answer is cut off")
        return LexiconError(
            f"{self._url} answers {_status(response)} with {kind}, not JSON: {response.text[:80]!r}; check the "
            "address, and whether a proxy or a login page is between"
        )

    def _failure(self, response: requests.Response, answer: Any, part: str) -> Exception:
        """What JSON means that has not what was asked for: try again, or not."""
        error = answer.get("error") if isinstance(answer, dict) else None
        refusal = error if isinstance(error, dict) else {}
        told = f"{refusal.get('code')}: {refusal.get('info')}" if refusal else f"the server answers {_status(response)}"
        if response.status_code in _PASSING_STATUS or refusal.get("code") in _PASSING_CODES:
            return PassingError(told, _pause(response))
        if refusal:
            return LexiconError(f"{self._url} answers {_status(response)}, {told}")
        return LexiconError(
            f"{self._url} answers {_status(response)} without {part!r}: {str(answer)[:80]!r}; check the address"
        )


def _status(response: requests.Response) -> str:
    return f"{response.status_code} {response.reason}"


def _pause(response: requests.Response) -> float | None:
    return retry_after(response.headers.get("Retry-After"), time.time())
