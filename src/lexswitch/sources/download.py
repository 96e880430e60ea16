"""Downloads single files: https only, resumable, within limits, verified, and once for all processes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from filelock import FileLock
from tqdm import tqdm

from .._io.checksums import file_sha256
from .._io.own_files import open_own
from ..errors import LexiconError
from ..version import VERSION

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_Received = TypeVar("_Received")
# Small, because a chunk is only delivered whole: at the minimum rate, some chunks must arrive within a time-out.
_CHUNK = 1 << 12
# A resumed download requests the last bytes again: if they differ, the rest may differ too.
_OVERLAP = 1 << 12
# The partial file is synced and its hash recorded after so many bytes; a killed download loses at most these.
_SYNC_SIZE = 1 << 22
_QUEUE_SIZE = 64
_MAX_REDIRECTS = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_VALIDATOR = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,999}")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")

# Errors that may disappear: too slow, too many requests, broken, down, overloaded.
_TRANSIENT_STATUS = frozenset({408, 429, 500, 502, 503, 504})


class RetryPolicy(NamedTuple):
    """Limits for the attempts of a download, all in seconds except `attempts` and `min_rate`."""

    attempts: int = 5
    """Maximum number of attempts."""
    pause: float = 1.0
    """Pause before the second attempt; it doubles before each further attempt."""
    max_pause: float = 60.0
    """Maximum pause, also if the server asks for a longer one."""
    timeout: float = 30.0
    """Maximum wait for a connection, for each response header, and for ``min_rate * timeout`` bytes of data."""
    min_rate: float = 1000.0
    """Minimum bytes per second, on average over `timeout`."""
    deadline: float = 86_400.0
    """Maximum time for all attempts together."""


_RETRY = RetryPolicy()


def download(
    url: str,
    path: str | os.PathLike[str],
    *,
    sha256: str | None = None,
    max_bytes: int = 1 << 30,
    progress: bool = True,
    retry: RetryPolicy = _RETRY,
) -> str:
    """Download a file, or check it if it exists.

    The data is written to ``PATH.part``. A later attempt or call resumes it if its SHA-256 is the one recorded in
    ``PATH.part.json``, the file on the server is unchanged (RFC 9110: Range, If-Range), and the server repeats the last
    4 KiB. Otherwise the download starts again. The file appears at `path` when it is complete. ``PATH.json`` records
    the SHA-256 of the first download, and later downloads must match it. Other processes that request the same path
    wait (``PATH.lock``). A killed process does not block the next one.

    ``requests`` determines proxies and certificates: ``HTTPS_PROXY``, ``REQUESTS_CA_BUNDLE``.

    Parameters
    ----------
    url : str
        Address that begins with ``https://``. At most 5 redirections are followed, to https addresses only.
    path : path-like
        Path of the file. If it exists, it is checked and nothing is downloaded.
    sha256 : str, optional
        Expected SHA-256 of the file, 64 hexadecimal digits; by default the recorded one, if there is a record.
    max_bytes : int, default 1 GiB
        Maximum size; a larger file is refused, at the latest when more bytes have arrived.
    progress : bool, default True
        Show a progress bar on standard error if that is a terminal.
    retry : RetryPolicy, optional
        Limits for the attempts. If the server asks for a longer pause (Retry-After), that pause is used.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    LexiconError
        If the download fails or is too slow, if the file is too large or has another SHA-256 than expected, or if it
        does not exist and the environment variable ``LEXSWITCH_OFFLINE`` is set.
    """
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise LexiconError(f"sha256 is {sha256!r}; it must be 64 hexadecimal digits in lower case")
    if retry.attempts < 1:
        raise LexiconError(f"retry.attempts is {retry.attempts}; it must be at least 1")
    if not (retry.timeout > 0 and retry.deadline > 0):
        raise LexiconError(
            f"retry.timeout is {retry.timeout} and retry.deadline {retry.deadline}; both must be more than 0 seconds"
        )
    _check_address(url, url)
    path = Path(path)
    if path.exists() and (recorded := _recorded(path)):
        return _verified(path, sha256 or recorded)
    if is_offline() and not path.exists():
        raise LexiconError(
            f"{path} does not exist and LEXSWITCH_OFFLINE is set; unset it, or put the file of {url} there"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        wanted = sha256 or _recorded(path)
        if path.exists():  # another process was faster, or somebody put the file there
            found = _verified(path, wanted)
            _record(path, url, found)
            return found
        part = _PartialFile(path, url)
        _fetch(url, part, max_bytes, progress, retry)
        return _finish(part, path, wanted)


def is_offline() -> bool:
    """Whether the environment variable ``LEXSWITCH_OFFLINE`` forbids downloads."""
    return os.environ.get("LEXSWITCH_OFFLINE", "0") not in {"", "0"}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a small JSON file atomically; the caller holds the lock, so the temporary name can be fixed."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with temporary.open("x", encoding="utf-8") as file:  # "x" does not follow links
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Read a file of `write_json`; return {} if it does not exist."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise LexiconError(f"{path} is damaged; delete it, and fetch again")
    return content


# -- the file and its record -------------------------------------------------------------------------------------------


def _record_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _recorded(path: Path) -> str | None:
    """The recorded SHA-256 of the first download, if there is a record."""
    record = read_json(_record_path(path))
    if not record:
        return None
    sha256 = record.get("sha256")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise LexiconError(f"{_record_path(path)} has no SHA-256; delete it, and fetch again")
    return sha256


def _record(path: Path, url: str, sha256: str) -> None:
    write_json(_record_path(path), {"sha256": sha256, "url": url})


def _verified(path: Path, wanted: str | None) -> str:
    found = file_sha256(path)
    if wanted and found != wanted:
        raise LexiconError(
            f"{path} has the SHA-256 {found}, expected {wanted}; delete it and fetch again. If the file was changed "
            f"for a good reason, delete {_record_path(path).name} too"
        )
    return found


def _finish(part: _PartialFile, path: Path, wanted: str | None) -> str:
    """Verify the complete file, and move it to its path."""
    found = file_sha256(part.path)
    if wanted and found != wanted:
        part.drop()
        raise LexiconError(
            f"{part.url}: the download has the SHA-256 {found}, expected {wanted}; if the file was changed for "
            f"a good reason, pass its new SHA-256, or delete {_record_path(path)}, and fetch again"
        )
    with part.path.open("rb+") as file:
        os.fsync(file.fileno())
    _record(path, part.url, found)  # before the rename, so that the finished part is the expected file
    part.forget()
    part.path.replace(path)
    return found


class _PartialFile:
    """The beginning of a file, with notes on its version."""

    def __init__(self, path: Path, url: str) -> None:
        self.final = path
        self.path = path.with_name(path.name + ".part")
        self.url = url
        self.notes: dict[str, Any] = {}
        """``url``, ``validator``, ``size`` of the file; ``have``, the number of bytes on disk, and their ``sha256``."""
        self._notes_path = path.with_name(path.name + ".part.json")
        self._digest = hashlib.sha256()

    def resume(self) -> int:
        """Return the number of valid bytes, 0 if in doubt; truncate the file to them."""
        self._digest = hashlib.sha256()
        self.notes = self._valid_notes()
        have: int = self.notes.get("have", 0)
        if not have:
            return 0
        with open_own(self.path) as file:
            left = have
            while data := file.read(min(left, 1 << 20)):
                self._digest.update(data)
                left -= len(data)
            if left or self._digest.hexdigest() != self.notes["sha256"]:
                return 0
            file.truncate(have)
        return have

    def _valid_notes(self) -> dict[str, Any]:
        """The notes on the partial file; empty if they are damaged or belong to another file."""
        if self.path.is_symlink() or not self.path.is_file():
            return {}
        try:
            notes = read_json(self._notes_path)
        except LexiconError:
            return {}
        validator: Any = notes.get("validator")
        size: Any = notes.get("size")
        have: Any = notes.get("have")
        is_valid = isinstance(validator, str) and _VALIDATOR.fullmatch(validator) is not None
        is_valid = is_valid and isinstance(have, int) and have > 0 and notes.get("url") == self.url
        is_valid = is_valid and (size is None or (isinstance(size, int) and have <= size))
        return notes if is_valid else {}

    def begin(self, validator: str | None, size: int | None) -> None:
        """Start again; without a validator the download cannot be resumed later."""
        self.drop()
        self.path.touch()
        self._digest = hashlib.sha256()
        self.notes = {"url": self.url, "size": size}
        if validator and _VALIDATOR.fullmatch(validator):
            self.notes["validator"] = validator

    def append(self, pieces: Iterator[bytes], limit: float) -> int:
        """Append data until the file exceeds `limit` bytes; return its size."""
        with open_own(self.path) as file:
            have = noted = file.seek(0, os.SEEK_END)
            try:
                while have <= limit and (data := next(pieces, b"")):
                    file.write(data)
                    self._digest.update(data)
                    have += len(data)
                    if have - noted >= _SYNC_SIZE:
                        self._note(file, have)
                        noted = have
            finally:
                self._note(file, have)
        return have

    def _note(self, file: BinaryIO, have: int) -> None:
        """Sync the data to disk, then write the notes."""
        file.flush()
        os.fsync(file.fileno())
        if "validator" in self.notes:
            write_json(self._notes_path, {**self.notes, "have": have, "sha256": self._digest.hexdigest()})

    def tail(self, count: int) -> bytes:
        """Return the last `count` bytes."""
        with open_own(self.path) as file:
            file.seek(-count, os.SEEK_END)
            return file.read()

    def forget(self) -> None:
        """Delete the notes."""
        self._notes_path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Delete the partial file and its notes."""
        self.forget()
        self.path.unlink(missing_ok=True)


# -- attempts ----------------------------------------------------------------------------------------------------------


class TransientError(Exception):
    """An attempt failed, but the next one may succeed; `pause` is the pause that the server asks for, in seconds."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause or 0.0


def retry(attempt: Callable[[], _Result], url: str, policy: RetryPolicy, remedy: str) -> _Result:
    """Call `attempt` until it does not raise `TransientError`; return its result.

    The retries of urllib3 cannot replace this loop: they do not resume a response body, ignore the deadline, and do not
    pause before the second attempt.

    Raises
    ------
    LexiconError
        If all attempts fail; the message names `url` and ends with `remedy`.
    """
    number, pause, end = 1, policy.pause, time.monotonic() + policy.deadline
    while True:
        try:
            return attempt()
        except TransientError as failure:
            seconds = min(max(pause, failure.pause), policy.max_pause)
            if number >= policy.attempts or time.monotonic() + seconds >= end:
                raise LexiconError(f"{url}: {failure}; {number} attempts failed; {remedy}") from failure.__cause__
            _LOG.info("%s: %s; next attempt in %g s", url, failure, seconds)
            time.sleep(seconds)
            number, pause = number + 1, 2 * pause


def _fetch(url: str, part: _PartialFile, max_bytes: int, progress: bool, policy: RetryPolicy) -> None:
    """Download the rest of the partial file."""
    remedy = f"try again later, or download it elsewhere and put it at {part.final}"
    end = time.monotonic() + policy.deadline
    with requests.Session() as session:
        retry(lambda: _attempt(session, part, max_bytes, progress, policy, end), url, policy, remedy)


def _attempt(
    session: requests.Session, part: _PartialFile, max_bytes: int, progress: bool, policy: RetryPolicy, end: float
) -> None:
    have = part.resume()
    start = max(0, have - _OVERLAP)
    # "identity" because bytes are counted and resumed as stored, without compression in transit.
    headers = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": f"lexswitch/{VERSION}"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": part.notes["validator"]}
    received = _in_time(_received(session, part.url, headers, policy.timeout), part, policy, end)
    try:
        response = next(head for head in received if isinstance(head, requests.Response) and not _target(head))
        is_rest, size = _position(response, part, start)
        pieces: Iterator[bytes] = (item for item in received if isinstance(item, bytes))
        if is_rest:
            pieces = _after_overlap(pieces, part, have - start)
        with _bar(part, have if is_rest else 0, size, progress) as bar:
            if (size or 0) <= max_bytes:
                have = part.append(_shown(pieces, bar), max_bytes)
    finally:
        received.close()
    if max(have, size or 0) > max_bytes:
        part.drop()
        raise LexiconError(
            f"{part.url}: the file has more than {max_bytes:,} bytes; if it is the right one, pass a larger max_bytes"
        )
    if size is not None and have != size:
        raise TransientError(f"the data ends after {have:,} of {size:,} bytes")


def _after_overlap(pieces: Iterator[bytes], part: _PartialFile, count: int) -> Iterator[bytes]:
    """Skip the first `count` bytes, which must equal the last bytes of the partial file."""
    wanted = part.tail(count)
    for data in pieces:
        known, new = data[: len(wanted)], data[len(wanted) :]
        if not wanted.startswith(known):
            part.drop()
            raise TransientError("the partial file is not the beginning of the file, and was deleted")
        wanted = wanted[len(known) :]
        if new:
            yield new
    if wanted:
        raise TransientError("the data ends within the bytes that were already here")


def _shown(pieces: Iterator[bytes], bar: Any) -> Iterator[bytes]:
    for data in pieces:
        bar.update(len(data))
        yield data


def _position(response: requests.Response, part: _PartialFile, start: int) -> tuple[bool, int | None]:
    """Return whether the response continues the partial file from `start`, and the size of the file, if known."""
    status = response.status_code
    if status in _TRANSIENT_STATUS:
        raise TransientError(_answer(response), retry_after(response.headers.get("Retry-After")))
    if status in {206, 416} and start:
        size = _resumed_size(response, start, part.notes) if status == 206 else None
        if size is None:
            part.drop()
            raise TransientError("the server cannot continue where the download stopped")
        return True, size
    if status != 200:
        raise LexiconError(f"{part.url}: {_answer(response)}; check whether the file has moved, or download it by hand")
    length = _NUMBER.fullmatch(response.headers.get("Content-Length", ""))
    size = int(length[0]) if length else None
    if size is None and response.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise LexiconError(f"{part.url}: the server does not state the size of the file; download it by hand")
    part.begin(_validator(response), size)
    return False, size


def _resumed_size(response: requests.Response, offset: int, notes: Mapping[str, Any]) -> int | None:
    """The size of the file, if the response is the rest of the partial file; else None."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    validator = _validator(response)
    if not found or int(found[1]) != offset or validator not in {None, notes["validator"]}:
        return None
    size: int | None = notes.get("size") if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length")
    if size is None or notes.get("size") not in {None, size} or length not in {None, str(size - offset)}:
        return None
    return size


def _validator(response: requests.Response) -> str | None:
    """The identifier of the file version: a strong ETag (RFC 9110, 13.1.5), else the modification date."""
    etag: str | None = response.headers.get("ETag")
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified")


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None if it has no valid value."""
    try:
        return urllib3.util.Retry().parse_retry_after(value or "")
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None


def _answer(response: requests.Response) -> str:
    return f"the server answers {response.status_code} {response.reason}"


def _bar(part: _PartialFile, offset: int, size: int | None, progress: bool) -> tqdm[NoReturn]:
    return tqdm(
        desc=part.path.stem,
        total=size,
        initial=offset,
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        disable=None if progress else True,  # None disables it without a terminal
    )


# -- the network -------------------------------------------------------------------------------------------------------


def _in_time(
    items: Generator[_Received, None, None], part: _PartialFile, policy: RetryPolicy, end: float
) -> Generator[_Received, None, None]:
    """Yield items as long as they arrive in time.

    A separate thread receives them, because a server that sends single bytes never triggers the time-out of a socket.
    """
    queue: Queue[_Received | Exception | None] = Queue(_QUEUE_SIZE)
    is_over = threading.Event()
    threading.Thread(target=_pump, args=(items, queue, is_over), daemon=True).start()
    waited, count = 0.0, 0
    try:
        while True:
            before = time.monotonic()
            try:
                item = queue.get(timeout=max(0.0, min(policy.timeout - waited, end - before)))
            except Empty:
                item = b""  # type: ignore[assignment]  # nothing arrived
            waited += time.monotonic() - before
            if isinstance(item, Exception):
                raise item
            if item is None:
                return
            if time.monotonic() >= end:
                raise LexiconError(
                    f"{part.url}: not complete after {policy.deadline:g} s (retry.deadline); call again to continue, "
                    f"or download it elsewhere and put it at {part.final}"
                )
            count += len(item) if isinstance(item, bytes) else 0
            if waited >= policy.timeout and count < policy.min_rate * policy.timeout:
                raise TransientError(
                    f"no data for {policy.timeout:g} s"
                    if not count
                    else f"{count:,} bytes in {policy.timeout:g} s, fewer than {policy.min_rate:g} per second"
                )
            if waited >= policy.timeout or not isinstance(item, bytes):
                waited, count = 0.0, 0
            if item != b"":
                yield item
    finally:
        is_over.set()


def _pump(
    items: Generator[_Received, None, None], queue: Queue[_Received | Exception | None], is_over: threading.Event
) -> None:
    """Put items into a queue, then None or an exception, until the consumer is done."""

    def put(item: _Received | Exception | None) -> None:
        while not is_over.is_set():
            try:
                queue.put(item, timeout=0.1)
            except Full:
                continue
            return

    try:
        for item in items:
            put(item)
            if is_over.is_set():
                break
        put(None)
    except Exception as error:  # noqa: BLE001 - the consumer raises it
        put(error)
    finally:
        items.close()


def _received(
    session: requests.Session, url: str, headers: Mapping[str, str], timeout: float
) -> Generator[requests.Response | bytes, None, None]:
    """Follow redirections to https addresses; yield all responses, then the data of the last one."""
    address = url
    for _ in range(_MAX_REDIRECTS + 1):
        _check_address(address, url)
        try:
            response = session.get(
                address, headers=dict(headers), stream=True, allow_redirects=False, timeout=(timeout, timeout)
            )
        except requests.RequestException as error:
            raise network_error(url, error, timeout) from error
        except ValueError as error:  # requests parses the target of a redirection even without following it
            raise LexiconError(
                f"{url}: redirected to an invalid address ({error}); check whether the file has moved, or download it "
                "by hand"
            ) from None
        with response:
            yield response
            target = _target(response)
            if not target:
                yield from _pieces(response, url, timeout)
                return
        try:
            address = urljoin(address, target)
        except ValueError:
            address = target  # `_check_address` refuses it
    raise LexiconError(f"{url}: redirected more than {_MAX_REDIRECTS} times; the server has a fault, try again later")


def _target(response: requests.Response) -> str:
    """The target of a redirection; "" for other responses."""
    if not response.is_redirect:
        return ""
    location: str = response.headers["location"]
    return location.encode("latin-1", "replace").decode("utf-8", "replace")  # requests decodes headers as Latin-1


def _check_address(address: str, url: str) -> None:
    try:
        parts = urlsplit(address)
        valid = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        subject = f"redirected to {address!r}, which" if address != url else "this address"
        raise LexiconError(f"{url}: {subject} does not begin with https://; only https is supported")


def network_error(url: str, error: Exception, timeout: float) -> Exception:
    """Convert the error of a request to a TransientError, or to a LexiconError if retries cannot help."""
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return TransientError(f"no data for {timeout:g} s")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return LexiconError(
            f"{url}: the certificate of the server is not trusted ({error}); if your network has its own certificate "
            "authority, set REQUESTS_CA_BUNDLE to its file"
        )
    if isinstance(
        error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError)
    ):
        reason = getattr(error.args[0] if error.args else error, "reason", error)  # the error that urllib3 wraps
        return TransientError(f"the connection failed ({reason})")
    return LexiconError(f"{url}: the request failed ({error}); check the address")


def _pieces(response: requests.Response, url: str, timeout: float) -> Iterator[bytes]:
    """Yield the body without decoding; convert only the errors of the network."""
    pieces: Iterator[bytes] = response.raw.stream(_CHUNK, decode_content=False)
    while True:
        try:
            data = next(pieces, b"")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise network_error(url, error, timeout) from error
        if not data:
            return
        yield data
