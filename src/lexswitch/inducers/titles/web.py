"""Requests to services of Wikimedia that follow its etiquette: one at a time, with a contact, and cached.

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
from ...sources import RetryPolicy, cache_folder
from ...sources.download import TransientError, is_offline, network_error, read_json, retry, retry_after
from ...version import VERSION

_INTERVAL = 0.1
"""Minimum number of seconds between two requests."""
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# Temporary errors: of HTTP (too many requests, overloaded, gateway errors), and of the API of MediaWiki.
_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({"maxlag", "ratelimited", "readonly"})
# The query service writes this if a query takes longer than a minute, even after the beginning of the results.
_TOO_LONG = b"java.util.concurrent.TimeoutException"

PATIENT = RetryPolicy(attempts=8, pause=2.0, max_pause=600.0, timeout=70.0)


class JsonService:
    """A web service that answers in JSON. Answers are cached on disk.

    Parameters
    ----------
    url : str
        Address of the service: ``https://``, or a service on this machine.
    contact : str
        E-mail address or web page, for the User-Agent.
    cache : str or Path, optional
        Folder; by default ``wikidata`` in `lexswitch.sources.cache_folder`.
    retry : RetryPolicy
        How often and how long to retry. If the server requests a longer pause (Retry-After), that is used.

    Raises
    ------
    LexiconError
        If `url` or `contact` is not as described.
    """

    def __init__(self, url: str, contact: str, cache: str | Path | None, retry: RetryPolicy) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise LexiconError(f"url is {url!r}; pass an address that begins with https://")
        if not isinstance(contact, str) or not contact.isascii() or not _CONTACT.fullmatch(contact):
            raise LexiconError(
                f"contact is {contact!r}; pass your e-mail address or web page, such as 'ada@example.org': Wikimedia "
                "requires one"
            )
        self._url = url
        self._cache = cache_folder() / "wikidata" if cache is None else Path(cache)
        self._retry = retry
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"lexswitch/{VERSION} ({contact}) requests/{requests.__version__}"
        # The requests only read: with this header, any data centre may answer a POST.
        self._session.headers["Promise-Non-Write-API-Action"] = "true"
        self._last_request = 0.0

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._session.close()

    def ask(self, parameters: Mapping[str, str], part: str, accept: str = "application/json") -> dict[str, Any]:
        """Return one object of the answer to a request. The request is a POST, because the parameters may be long.

        Raises
        ------
        LexiconError
            If there is no answer after all attempts, or it is an error, is not JSON, or lacks the part; or if it is not
            cached, and the environment variable ``LEXSWITCH_OFFLINE`` is set.
        """
        key = hashlib.sha256(json.dumps([self._url, sorted(parameters.items())]).encode()).hexdigest()
        path = self._cache / key[:2] / f"{key}.json"
        if cached := read_json(path):
            return cached
        if is_offline():
            raise LexiconError(
                f"LEXSWITCH_OFFLINE is set, but an answer of {self._url} is not in {self._cache}; unset it"
            )
        answer = retry(
            lambda: self._once(parameters, part, accept),
            self._url,
            self._retry,
            f"try again later: the answers so far are in {self._cache}",
        )
        with replace_file(path) as temporary:
            temporary.write_text(json.dumps(answer), encoding="utf-8")
        return answer

    def _once(self, parameters: Mapping[str, str], part: str, accept: str) -> dict[str, Any]:
        time.sleep(max(0.0, self._last_request + _INTERVAL - time.monotonic()))
        self._last_request = time.monotonic()
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
        raise self._not_json(response) if answer is None else self._failure(response, answer, part)

    def _not_json(self, response: requests.Response) -> Exception:
        """Return the error for an answer that is not JSON: temporary or final."""
        kind = response.headers.get("Content-Type", "something").partition(";")[0]
        if _TOO_LONG in response.content:
            return LexiconError(
                f"{self._url}: the query takes longer than the service allows; ask for a smaller class or fewer "
                "languages, or read a dump"
            )
        if response.status_code in _PASSING_STATUS:
            return TransientError(f"the server answers {_status(response)}", _pause(response))
        if response.status_code == 200 and "json" in kind:
            return TransientError("the answer is cut off")
        return LexiconError(
            f"{self._url} answers {_status(response)} with {kind}, not JSON: {response.text[:80]!r}; check the "
            "address, and whether a proxy or a login page answers"
        )

    def _failure(self, response: requests.Response, answer: Any, part: str) -> Exception:
        """Return the error for JSON without the requested part: temporary or final."""
        error = answer.get("error") if isinstance(answer, dict) else None
        refusal = error if isinstance(error, dict) else {}
        reason = (
            f"{refusal.get('code')}: {refusal.get('info')}" if refusal else f"the server answers {_status(response)}"
        )
        if response.status_code in _PASSING_STATUS or refusal.get("code") in _PASSING_CODES:
            return TransientError(reason, _pause(response))
        if refusal:
            return LexiconError(f"{self._url} answers {_status(response)}, {reason}")
        return LexiconError(
            f"{self._url} answers {_status(response)} without {part!r}: {str(answer)[:80]!r}; check the address"
        )


def _status(response: requests.Response) -> str:
    return f"{response.status_code} {response.reason}"


def _pause(response: requests.Response) -> float | None:
    return retry_after(response.headers.get("Retry-After"))
