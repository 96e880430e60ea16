"""Downloads of single files: over https alone, resumed, within limits, checked, and once for all processes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from email.utils import parsedate_to_datetime
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
_Item = TypeVar("_Item")
# Small, as a piece comes when it is whole: at the least rate some must come within a time-out.
_CHUNK = 1 << 12
# The last bytes of a part are asked for again: if they differ, so may the rest.
_OVERLAP = 1 << 12
# Bytes after which the part is synced, and its hash noted: what a killed download loses.
_NOTED = 1 << 22
_WAITING = 64
_REDIRECTS = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_VALIDATOR = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,999}")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")

# What may pass: too slow, too many, broken, down, overloaded.
_PASSING = frozenset({408, 429, 500, 502, 503, 504})


class Retry(NamedTuple):
    """How patient a download is."""

    attempts: int = 5
    """How often to try, in all."""
    pause: float = 1.0
    """Seconds before the second attempt; they double with every further one."""
    longest: float = 60.0
    """Seconds that no pause exceeds, whatever the server asks for."""
    timeout: float = 30.0
    """Seconds to wait for a connection, for the head of each answer, and for `rate` times as many bytes of data."""
    rate: float = 1000.0
    """Bytes per second that must come, on average over `timeout`."""
    deadline: float = 86_400.0
    """Seconds that all attempts may take together."""


_RETRY = Retry()


def download(
    url: str,
    path: str | os.PathLike[str],
    *,
    sha256: str | None = None,
    max_bytes: int = 1 << 30,
    progress: bool = True,
    retry: Retry = _RETRY,
) -> str:
    """Download a file, or check the one that is there.

    The data grows in ``PATH.part``, from which a later attempt or call continues if its SHA-256 is the one noted in
    ``PATH.part.json``, the file at the server is still the same (RFC 9110: Range, If-Range) and the server sends its
    last 4 KiB alike; else the download begins anew. The file appears at `path` when it is whole. What was fetched first
    is recorded in ``PATH.json`` and expected ever after. Other processes that ask for the same path wait
    (``PATH.lock``). A process that is killed leaves nothing that stops the next one.

    Proxies and certificates are those of ``requests``: ``HTTPS_PROXY``, ``REQUESTS_CA_BUNDLE``.

    Parameters
    ----------
    url : str
        Begins with ``https://``; so must every address that it is redirected to, of which there may be 5.
    path : path-like
        Where the file goes. If it is there, it is checked and nothing is fetched.
    sha256 : str, optional
        SHA-256 of the file, 64 hexadecimal digits; by default the recorded one, if there is a record.
    max_bytes : int, default 1 GiB
        A larger file is refused, at the latest when more bytes have arrived.
    progress : bool, default True
        Show a progress bar on standard error if that is a terminal.
    retry : Retry, optional
        How patient to be. A longer pause that the server asks for (Retry-After) takes the place of the own one.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    LexiconError
        If the file cannot be had, or not in time, is too large or has another SHA-256 than it must, or if it is not
        there and the environment variable ``LEXSWITCH_OFFLINE`` is set.
    """
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise LexiconError(f"sha256 is {sha256!r}; it must be 64 hexadecimal digits, small letters")
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
            f"{path} is not there and LEXSWITCH_OFFLINE is set; unset it, or fetch {url} elsewhere and put it there"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        wanted = sha256 or _recorded(path)
        if path.exists():  # another process was faster, or someone put it there
            found = _verified(path, wanted)
            _record(path, url, found)
            return found
        part = _Part(path, url)
        _fetch(url, part, max_bytes, progress, retry)
        return _finish(part, path, wanted)


def is_offline() -> bool:
    """Whether the environment says that nothing is to be fetched."""
    return os.environ.get("LEXSWITCH_OFFLINE", "0") not in {"", "0"}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a small file that is whole or not there; only who holds the lock may do so, hence the fixed name."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with temporary.open("x", encoding="utf-8") as file:  # no link is followed
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote; nothing if there is no such file."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise LexiconError(f"{path} is damaged; delete it, and fetch again")
    return content


# -- what is at the path -----------------------------------------------------------------------------------------------


def _record_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _recorded(path: Path) -> str | None:
    """The SHA-256 that the file had when it was fetched first."""
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
            f"{path} has the SHA-256 {found}, not {wanted} as it must; delete it and fetch again, and if the new one "
            f"is right, delete {_record_path(path).name} too"
        )
    return found


def _finish(part: _Part, path: Path, wanted: str | None) -> str:
    """Check the whole file, and put it where it belongs."""
    found = file_sha256(part.path)
    if wanted and found != wanted:
        part.drop()
        raise LexiconError(
            f"{part.url}: what came has the SHA-256 {found}, not {wanted} as it must; if the file was changed for a "
            f"good reason, give its new SHA-256, or delete {_record_path(path)}, and fetch again"
        )
    with part.path.open("rb+") as file:
        os.fsync(file.fileno())
    _record(path, part.url, found)  # before the rename: from here on the finished part is the file that is expected
    part.forget()
    part.path.replace(path)
    return found


class _Part:
    """The beginning of a file, and of which version of it."""

    def __init__(self, path: Path, url: str) -> None:
        self.final = path
        self.path = path.with_name(path.name + ".part")
        self.url = url
        self.about: dict[str, Any] = {}
        """``url``, ``validator`` and ``size`` of the file; ``have``, the bytes of it here, and their ``sha256``."""
        self._notes = path.with_name(path.name + ".part.json")
        self._digest = hashlib.sha256()

    def resume(self) -> int:
        """The number of bytes that are here for certain, 0 if anything is in doubt; what is more is cut off."""
        self._digest = hashlib.sha256()
        self.about = self._sound_notes()
        have: int = self.about.get("have", 0)
        if not have:
            return 0
        with open_own(self.path) as file:
            left = have
            while data := file.read(min(left, 1 << 20)):
                self._digest.update(data)
                left -= len(data)
            if left or self._digest.hexdigest() != self.about["sha256"]:
                return 0
            file.truncate(have)
        return have

    def _sound_notes(self) -> dict[str, Any]:
        """What was noted on the part; nothing if that is damaged, or on another file."""
        if self.path.is_symlink() or not self.path.is_file():
            return {}
        try:
            about = read_json(self._notes)
        except LexiconError:
            return {}
        validator: Any = about.get("validator")
        size: Any = about.get("size")
        have: Any = about.get("have")
        is_sound = isinstance(validator, str) and _VALIDATOR.fullmatch(validator) is not None
        is_sound = is_sound and isinstance(have, int) and have > 0 and about.get("url") == self.url
        is_sound = is_sound and (size is None or (isinstance(size, int) and have <= size))
        return about if is_sound else {}

    def begin(self, validator: str | None, size: int | None) -> None:
        """Start anew; without a validator nobody can know later whether the file is still the same."""
        self.drop()
        self.path.touch()
        self._digest = hashlib.sha256()
        self.about = {"url": self.url, "size": size}
        if validator and _VALIDATOR.fullmatch(validator):
            self.about["validator"] = validator

    def append(self, pieces: Iterator[bytes], limit: float) -> int:
        """Add data until there are more bytes than `limit`; return how many there are."""
        with open_own(self.path) as file:
            have = noted = file.seek(0, os.SEEK_END)
            try:
                while have <= limit and (data := next(pieces, b"")):
                    file.write(data)
                    self._digest.update(data)
                    have += len(data)
                    if have - noted >= _NOTED:
                        self._note(file, have)
                        noted = have
            finally:
                self._note(file, have)
        return have

    def _note(self, file: BinaryIO, have: int) -> None:
        """Note what is here, once it is on the disk."""
        file.flush()
        os.fsync(file.fileno())
        if "validator" in self.about:
            write_json(self._notes, {**self.about, "have": have, "sha256": self._digest.hexdigest()})

    def tail(self, count: int) -> bytes:
        """The last bytes."""
        with open_own(self.path) as file:
            file.seek(-count, os.SEEK_END)
            return file.read()

    def forget(self) -> None:
        """Remove the notes: from here on the part is the file."""
        self._notes.unlink(missing_ok=True)

    def drop(self) -> None:
        self.forget()
        self.path.unlink(missing_ok=True)


# -- attempts ----------------------------------------------------------------------------------------------------------


class PassingError(Exception):
    """An attempt failed, and the next one may not; `pause` is the least that the server asks for, in seconds."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause or 0.0


def patiently(attempt: Callable[[], _Result], url: str, retry: Retry, remedy: str) -> _Result:
    """The result of an attempt, which is repeated as long as what it fails by may pass.

    Raises
    ------
    LexiconError
        If all attempts fail; names `url`, and ends with `remedy`.
    """
    number, pause, end = 1, retry.pause, time.monotonic() + retry.deadline
    while True:
        try:
            return attempt()
        except PassingError as failure:
            seconds = min(max(pause, failure.pause), retry.longest)
            if number >= retry.attempts or time.monotonic() + seconds >= end:
                raise LexiconError(f"{url}: {failure}; {number} attempts failed; {remedy}") from failure.__cause__
            _LOG.info("%s: %s; next attempt in %g s", url, failure, seconds)
            time.sleep(seconds)
            number, pause = number + 1, 2 * pause


def _fetch(url: str, part: _Part, max_bytes: int, progress: bool, retry: Retry) -> None:
    """Bring the part to its full size."""
    remedy = f"try again later, or fetch it elsewhere and put it at {part.final}"
    end = time.monotonic() + retry.deadline
    with requests.Session() as session:
        patiently(lambda: _attempt(session, part, max_bytes, progress, retry, end), url, retry, remedy)


def _attempt(session: requests.Session, part: _Part, max_bytes: int, progress: bool, retry: Retry, end: float) -> None:
    have = part.resume()
    start = max(0, have - _OVERLAP)
    # The bytes are counted and resumed as they are stored, so no packing on the way.
    headers = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": f"lexswitch/{VERSION}"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": part.about["validator"]}
    received = _in_time(_received(session, part.url, headers, retry.timeout), part, retry, end)
    try:
        response = next(head for head in received if isinstance(head, requests.Response) and not _target(head))
        is_rest, size = _position(response, part, start)
        pieces: Iterator[bytes] = (item for item in received if isinstance(item, bytes))
        if is_rest:
            pieces = _behind(pieces, part, have - start)
        with _bar(part, have if is_rest else 0, size, progress) as bar:
            if (size or 0) <= max_bytes:
                have = part.append(_shown(pieces, bar), max_bytes)
    finally:
        received.close()
    if max(have, size or 0) > max_bytes:
        part.drop()
        raise LexiconError(
            f"{part.url}: the file has more than {max_bytes:,} bytes; if it is the right one, allow more: max_bytes"
        )
    if size is not None and have != size:
        raise PassingError(f"the data ends after {have:,} of {size:,} bytes")


def _behind(pieces: Iterator[bytes], part: _Part, count: int) -> Iterator[bytes]:
    """Drop the first bytes, which must be the last of the part."""
    wanted = part.tail(count)
    for data in pieces:
        known, new = data[: len(wanted)], data[len(wanted) :]
        if not wanted.startswith(known):
            part.drop()
            raise PassingError("the part that was there is not the beginning of the file, and was dropped")
        wanted = wanted[len(known) :]
        if new:
            yield new
    if wanted:
        raise PassingError("the data ends before it reaches what is new")


def _shown(pieces: Iterator[bytes], bar: Any) -> Iterator[bytes]:
    for data in pieces:
        bar.update(len(data))
        yield data


def _position(response: requests.Response, part: _Part, start: int) -> tuple[bool, int | None]:
    """Whether the data that comes is the rest of the part, from `start`; and the size of the file, if it is known."""
    status = response.status_code
    if status in _PASSING:
        raise PassingError(_answer(response), retry_after(response.headers.get("Retry-After"), time.time()))
    if status in {206, 416} and start:
        size = _resumed_size(response, start, part.about) if status == 206 else None
        if size is None:
            part.drop()
            raise PassingError("the server cannot continue where the download stopped")
        return True, size
    if status != 200:
        raise LexiconError(f"{part.url}: {_answer(response)}; look whether the file has moved, or fetch it by hand")
    length = _NUMBER.fullmatch(response.headers.get("Content-Length", ""))
    size = int(length[0]) if length else None
    if size is None and response.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise LexiconError(f"{part.url}: the server does not say where the file ends; fetch it by hand")
    part.begin(_validator(response), size)
    return False, size


def _resumed_size(response: requests.Response, offset: int, about: Mapping[str, Any]) -> int | None:
    """The size of the file, if this answer is the rest of the file that was begun."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    validator = _validator(response)
    if not found or int(found[1]) != offset or validator not in {None, about["validator"]}:
        return None
    size: int | None = about.get("size") if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length")
    if size is None or about.get("size") not in {None, size} or length not in {None, str(size - offset)}:
        return None
    return size


def _validator(response: requests.Response) -> str | None:
    """What names this version of the file: a strong ETag (RFC 9110, 13.1.5), else the date of the last change."""
    etag: str | None = response.headers.get("ETag")
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified")


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if _NUMBER.fullmatch(value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _answer(response: requests.Response) -> str:
    return f"the server answers {response.status_code} {response.reason}"


def _bar(part: _Part, offset: int, size: int | None, progress: bool) -> tqdm[NoReturn]:
    return tqdm(
        desc=part.path.stem,
        total=size,
        initial=offset,
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        disable=None if progress else True,  # None: unless there is a terminal
    )


# -- the network -------------------------------------------------------------------------------------------------------


def _in_time(
    items: Generator[_Item, None, None], part: _Part, retry: Retry, end: float
) -> Generator[_Item, None, None]:
    """Yield what comes, as long as it comes in time.

    It comes in a thread of its own: a server that sends a byte now and then keeps a socket from its time-out for ever.
    """
    queue: Queue[_Item | Exception | None] = Queue(_WAITING)
    is_over = threading.Event()
    threading.Thread(target=_pump, args=(items, queue, is_over), daemon=True).start()
    waited, count = 0.0, 0
    try:
        while True:
            before = time.monotonic()
            try:
                item = queue.get(timeout=max(0.0, min(retry.timeout - waited, end - before)))
            except Empty:
                item = b""  # type: ignore[assignment]  # nothing
            waited += time.monotonic() - before
            if isinstance(item, Exception):
                raise item
            if item is None:
                return
            if time.monotonic() >= end:
                raise LexiconError(
                    f"{part.url}: not done after {retry.deadline:g} s (retry.deadline); call again to continue, or "
                    f"fetch it elsewhere and put it at {part.final}"
                )
            count += len(item) if isinstance(item, bytes) else 0
            if waited >= retry.timeout and count < retry.rate * retry.timeout:
                raise PassingError(
                    f"nothing came for {retry.timeout:g} s"
                    if not count
                    else f"{count:,} bytes came in {retry.timeout:g} s, fewer than {retry.rate:g} a second"
                )
            if waited >= retry.timeout or not isinstance(item, bytes):
                waited, count = 0.0, 0
            if item != b"":
                yield item
    finally:
        is_over.set()


def _pump(
    items: Generator[_Item, None, None], queue: Queue[_Item | Exception | None], is_over: threading.Event
) -> None:
    """Put items into a queue, then None or what went wrong, until nobody waits for them any more."""

    def put(item: _Item | Exception | None) -> None:
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
    except Exception as error:  # noqa: BLE001 - it is raised where the items are used
        put(error)
    finally:
        items.close()


def _received(
    session: requests.Session, url: str, headers: Mapping[str, str], timeout: float
) -> Generator[requests.Response | bytes, None, None]:
    """Yield the answers, of which all but the last are redirections that stay with https, and then the data."""
    address = url
    for _ in range(_REDIRECTS + 1):
        _check_address(address, url)
        try:
            response = session.get(
                address, headers=dict(headers), stream=True, allow_redirects=False, timeout=(timeout, timeout)
            )
        except requests.RequestException as error:
            raise network_error(url, error, timeout) from error
        except ValueError as error:  # requests looks where a redirection leads, also if it is not to follow it
            raise LexiconError(
                f"{url}: redirected to what is not an address ({error}); look whether the file has moved, or fetch it "
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
            address = target  # which is refused
    raise LexiconError(f"{url}: redirected more than {_REDIRECTS} times; the server is not in order, try later")


def _target(response: requests.Response) -> str:
    """Where an answer redirects to."""
    if not response.is_redirect:
        return ""
    location: str = response.headers["location"]
    return location.encode("latin-1", "replace").decode("utf-8", "replace")  # headers come as Latin-1


def _check_address(address: str, url: str) -> None:
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        came = f"redirected to {address!r}, which" if address != url else "this"
        raise LexiconError(f"{url}: {came} does not begin with https://; files are fetched over https alone")


def network_error(url: str, error: Exception, timeout: float) -> Exception:
    """What a failed request means: try again, or not."""
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return PassingError(f"nothing came for {timeout:g} s")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return LexiconError(
            f"{url}: the certificate of the server is not trusted ({error}); if your network has its own authority, "
            "name its file in REQUESTS_CA_BUNDLE"
        )
    if isinstance(
        error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError)
    ):
        reason = getattr(
            error.args[0] if error.args else error, "reason", error
        )  # what urllib3 packed in its own error
        return PassingError(f"the connection failed ({reason})")
    return LexiconError(f"{url}: cannot be asked for ({error}); check the address")


def _pieces(response: requests.Response, url: str, timeout: float) -> Iterator[bytes]:
    """Yield the body as it is sent; only what fails in here is the network's fault."""
    pieces: Iterator[bytes] = response.raw.stream(_CHUNK, decode_content=False)
    while True:
        try:
            data = next(pieces, b"")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise network_error(url, error, timeout) from error
        if not data:
            return
        yield data
