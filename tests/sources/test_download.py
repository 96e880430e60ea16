"""Downloads from an HTTPS server that truncates, stalls, redirects and sends wrong answers."""

from __future__ import annotations

import hashlib
import json
import random
import re
import signal
import threading
import time
from collections import Counter
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch.sources import RetryPolicy, download
from lexswitch.sources.download import retry_after

from .processes import KILLS, begin, child, killed, seconds
from .servers import LAST_MODIFIED, Answer, Handler, Site, file, raw, redirect, stall, status

DATA = random.Random(0).randbytes(400_000)
OTHER = random.Random(1).randbytes(400_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER_SHA256 = hashlib.sha256(OTHER).hexdigest()
QUICK = RetryPolicy(attempts=3, pause=0.0, max_pause=0.0, timeout=5.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of downloads."""
    return tmp_path / "files" / "lexicon.txt"


def names(path: Path) -> set[str]:
    """The files in the folder of a download, without the locks."""
    return {file.name for file in path.parent.iterdir() if file.suffix != ".lock"}


# -- complete downloads ------------------------------------------------------------------------------------------------


def test_file_arrives_and_is_recorded(site: Site, path: Path) -> None:
    """The folder is created, the file appears with its record only, and the SHA-256 is returned."""
    url = site.set("/a.txt", file(DATA))
    assert download(url, path) == SHA256
    assert path.read_bytes() == DATA
    assert names(path) == {"lexicon.txt", "lexicon.txt.json"}
    assert json.loads(path.with_name("lexicon.txt.json").read_text()) == {"sha256": SHA256, "url": url}


def test_cached_file_is_not_fetched_again(site: Site, path: Path) -> None:
    """The second call sends no request."""
    url = site.set("/a.txt", file(DATA))
    assert download(url, path) == download(url, path) == SHA256
    assert len(site.asked) == 1


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1])
def test_any_size(site: Site, path: Path, size: int) -> None:
    """Files of zero bytes, one byte, and about one chunk arrive."""
    download(site.set("/a", file(DATA[:size])), path)
    assert path.read_bytes() == DATA[:size]


def test_body_without_length(site: Site, path: Path) -> None:
    """A chunked body without length arrives whole."""

    def chunked(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        handler.wfile.write(b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (DATA[:9], DATA[9:], b"")))

    download(site.set("/a", chunked), path, retry=QUICK)
    assert path.read_bytes() == DATA


def test_packed_body_is_kept_as_it_is(site: Site, path: Path) -> None:
    """Bytes are stored without decoding, so a .gz stays a .gz."""
    download(site.set("/a.gz", file(DATA, **{"Content-Encoding": "gzip"})), path, retry=QUICK)
    assert path.read_bytes() == DATA
    assert site.asked[0].headers["Accept-Encoding"] == "identity"


# -- broken downloads --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etag", [True, False], ids=["ETag", "Last-Modified"])
def test_cut_download_goes_on(site: Site, path: Path, etag: bool) -> None:
    """After a break, the next attempt requests only the rest, if the file is unchanged."""
    download(site.set("/a", file(DATA, cut=150_000, etag=etag)), path, retry=QUICK)
    assert path.read_bytes() == DATA
    assert site.ranges() == [None, "bytes=145904-", "bytes=291808-"]  # the last 4 KiB are compared
    assert (site.asked[1].headers["If-Range"] == LAST_MODIFIED) == (not etag)


def test_next_call_goes_on(site: Site, path: Path) -> None:
    """If all attempts fail, the partial file is kept, and a later call resumes it."""
    url = site.set("/a", file(DATA, cut=100_000))
    with pytest.raises(
        LexiconError, match=r"3 attempts failed; try again later, or download it elsewhere and put it at"
    ):
        download(url, path, retry=QUICK)
    assert names(path) == {"lexicon.txt.part", "lexicon.txt.part.json"}
    assert path.with_name("lexicon.txt.part").read_bytes() == DATA[:291_808]
    site.set("/a", file(DATA))
    assert download(url, path) == SHA256
    assert site.ranges()[-1] == "bytes=287712-"
    assert path.read_bytes() == DATA


def test_part_of_another_address_is_not_gone_on_with(site: Site, path: Path) -> None:
    """A partial file of one address is not used for another."""
    with pytest.raises(LexiconError):
        download(site.set("/a", file(OTHER, cut=100_000, etag='"1"')), path, retry=QUICK)
    download(site.set("/b", file(DATA, etag='"1"')), path)
    assert path.read_bytes() == DATA


RESTARTS: dict[str, list[Answer]] = {
    "changed": [file(OTHER, cut=150_000), file(DATA)],
    "ignores ranges": [file(DATA, cut=150_000), file(DATA, ranges=False)],
    "no validator": [raw(200, DATA[:150_000], Content_Length=len(DATA)), file(DATA)],
    "weak validator": [raw(200, DATA[:150_000], Content_Length=len(DATA), ETag='W/"a"'), file(DATA)],
    "ignores If-Range": [
        file(OTHER, cut=150_000),
        raw(206, DATA[145_904:], Content_Range=f"bytes 145904-399999/{len(DATA)}", ETag='"new"'),
        file(DATA),
    ],
    "wrong rest": [file(DATA, cut=150_000), raw(206, DATA[9:], Content_Range="bytes 9-399999/400000"), file(DATA)],
    "other size": [
        file(DATA, cut=150_000),
        raw(206, DATA[145_904:], Content_Range="bytes 145904-399999/400001"),
        file(DATA),
    ],
    "rest of other length": [
        file(DATA, cut=150_000),
        raw(206, DATA[145_904:-9], Content_Range="bytes 145904-399999/400000", Content_Length=254_087),
        file(DATA),
    ],
    "no range": [file(DATA, cut=150_000), raw(206, DATA[145_904:]), file(DATA)],
    "other beginning": [file(OTHER, cut=150_000, etag='"1"'), file(DATA, etag='"1"'), file(DATA)],
    "short rest": [
        file(DATA, cut=150_000, etag='"1"'),
        raw(206, DATA[145_904:145_999], Content_Range="bytes 145904-399999/400000", ETag='"1"'),
        file(DATA, ranges=False),
    ],
    "cannot be satisfied": [file(DATA, cut=150_000), status(416), file(DATA)],
}


@pytest.mark.parametrize("answers", RESTARTS.values(), ids=RESTARTS)
def test_fresh_start_where_going_on_is_not_safe(site: Site, path: Path, answers: list[Answer]) -> None:
    """If the file changed or the server does not resume correctly, the download starts again."""
    download(site.set("/a", *answers), path, retry=QUICK)
    assert path.read_bytes() == DATA
    assert len(site.asked) == len(answers)


def test_stall_ends(site: Site, path: Path) -> None:
    """A server that stops sending is an error after the time-out; received data is kept."""
    over = threading.Event()
    url = site.set("/a", stall(DATA, 150_000, over))
    with pytest.raises(LexiconError, match=r"no data for 0\.3 s; 2 attempts failed"):
        download(url, path, retry=RetryPolicy(attempts=2, pause=0, timeout=0.3))
    over.set()
    assert path.with_name("lexicon.txt.part").stat().st_size >= 100_000


def test_nobody_there(path: Path) -> None:
    """A refused connection is retried, then an error."""
    with pytest.raises(LexiconError, match=r"the connection failed .*; 3 attempts failed"):
        download("https://localhost:1/a", path, retry=QUICK)


def test_promises_too_much(site: Site, path: Path) -> None:
    """A file with fewer bytes than announced is not accepted."""
    url = site.set("/a", raw(200, DATA, Content_Length=len(DATA) + 1))
    with pytest.raises(LexiconError, match="3 attempts failed"):
        download(url, path, retry=QUICK)
    assert not path.exists()


def test_promises_nothing(site: Site, path: Path) -> None:
    """A body without a known end is refused."""
    with pytest.raises(LexiconError, match="does not state the size of the file"):
        download(site.set("/a", raw(200, DATA)), path, retry=QUICK)
    assert names(path) == set()


def test_no_attempts(path: Path) -> None:
    """A policy without attempts is refused."""
    with pytest.raises(LexiconError, match=r"retry\.attempts is 0; it must be at least 1"):
        download("https://localhost:1/a", path, retry=RetryPolicy(attempts=0))


def test_promises_too_little(site: Site, path: Path) -> None:
    """Bytes beyond the announced length are not part of the file (RFC 9112); a pinned SHA-256 detects this."""
    url = site.set("/a", raw(200, DATA, Content_Length=len(DATA) - 1))
    with pytest.raises(LexiconError, match=r"the download has the SHA-256 .*, expected "):
        download(url, path, sha256=SHA256, retry=QUICK)
    assert names(path) == set()


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 206, 304])
def test_final_answer(site: Site, path: Path, code: int) -> None:
    """A permanent error is raised at once, with the address and the answer."""
    url = site.set("/a", status(code))
    with pytest.raises(LexiconError, match=rf"{url}: the server answers {code} \w"):
        download(url, path, retry=QUICK)
    assert len(site.asked) == 1
    assert not path.exists()


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_passing_answer(site: Site, path: Path, code: int) -> None:
    """A transient error is retried up to the number of attempts."""
    url = site.set("/a", status(code), status(code), file(DATA))
    download(url, path, retry=QUICK)
    assert len(site.asked) == 3
    url = site.set("/b", status(code))
    with pytest.raises(LexiconError, match=rf"the server answers {code} .*; 3 attempts failed"):
        download(url, path.with_name("b"), retry=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_seconds(site: Site, path: Path, code: int) -> None:
    """The next attempt waits for the seconds that the server asks for."""
    download(site.set("/a", status(code, Retry_After=1), file(DATA)), path, retry=RetryPolicy(pause=0))
    first, second = site.asked
    assert second.time - first.time >= 1


@pytest.mark.slow
def test_retry_after_date(site: Site, path: Path) -> None:
    """The next attempt waits until the date that the server names."""
    date = int(time.time()) + 2
    download(site.set("/a", status(503, Retry_After=formatdate(date, usegmt=True)), file(DATA)), path)
    assert site.asked[1].time >= date


def test_pauses_are_capped(site: Site, path: Path) -> None:
    """A requested pause of a year is limited to the maximum pause."""
    url = site.set("/a", status(503, Retry_After=31_536_000), status(503, Retry_After="9" * 30), file(DATA))
    download(url, path, retry=RetryPolicy(max_pause=0.01, pause=10_000.0))
    assert len(site.asked) == 3


@given(st.integers(0, 20_000))
def test_retry_after_is_read(seconds: int) -> None:
    """Seconds are returned as they are; a date becomes the seconds from now, 0 if it has passed."""
    now = int(time.time())
    assert retry_after(str(seconds)) == seconds
    assert seconds - 5 <= (retry_after(formatdate(now + seconds, usegmt=True)) or 0) <= seconds
    assert retry_after(formatdate(now - seconds, usegmt=True)) == 0


@given(
    st.text(max_size=20)
    | st.sampled_from(["-1", "1.5", "inf", "nan", "Mon, 99 Foo 2020 00:00:00 GMT", "1 Jan 0000", "9" * 5000, ""])
)
def test_nonsense_in_retry_after(value: str) -> None:
    """Any header value gives a number of seconds from 0, or None."""
    seconds = retry_after(value)
    assert seconds is None or seconds >= 0


# -- redirections and https --------------------------------------------------------------------------------------------


def test_redirections_are_followed(site: Site, path: Path) -> None:
    """Up to 5 redirections, absolute or relative, are followed."""
    site.set("/5/file", file(DATA))
    site.set("/4", redirect("5/file"))
    for at in range(4):
        site.set(f"/{at}", redirect(f"{site.url}/{at + 1}"))
    assert download(f"{site.url}/0", path, retry=QUICK) == SHA256


def test_circle(site: Site, path: Path) -> None:
    """Circular redirections end after 6 requests."""
    url = site.set("/a", redirect("/b"))
    site.set("/b", redirect("/a"))
    with pytest.raises(LexiconError, match="redirected more than 5 times"):
        download(url, path, retry=QUICK)
    assert len(site.asked) == 6


@pytest.mark.parametrize("target", ["http://localhost/a", "file:///etc/passwd", "ftp://localhost/a"])
def test_redirection_away_from_https(site: Site, path: Path, target: str) -> None:
    """A redirection to another scheme than https is refused without a request."""
    url = site.set("/a", redirect(target))
    with pytest.raises(
        LexiconError, match=rf"{url}: redirected to '{re.escape(target)}', which does not begin with https://"
    ):
        download(url, path, retry=QUICK)


@pytest.mark.parametrize("target", ["//[bad", "https://[bad", "https://a]b/"])
def test_redirection_to_no_address(site: Site, path: Path, target: str) -> None:
    """A redirection to an invalid address is refused."""
    url = site.set("/a", redirect(target))
    with pytest.raises(LexiconError, match=rf"{url}: redirected to an invalid address .*; check whether"):
        download(url, path, retry=QUICK)


@pytest.mark.parametrize(
    "url", ["http://localhost/a", "file:///etc/passwd", "localhost/a", "", "https://", "https://["]
)
def test_https_alone(path: Path, url: str) -> None:
    """Other schemes than https are refused before any request or write."""
    with pytest.raises(LexiconError, match="does not begin with https://"):
        download(url, path)
    assert not path.parent.exists()


def test_unknown_certificate(site: Site, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with an untrusted certificate is refused at once, with the remedy."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(LexiconError, match=r"not trusted .* REQUESTS_CA_BUNDLE"):
        download(site.set("/a", file(DATA)), path, retry=RetryPolicy(pause=10_000.0))
    assert site.asked == []


# -- size --------------------------------------------------------------------------------------------------------------


def test_size_limit(site: Site, path: Path) -> None:
    """A file of exactly the limit is accepted; a longer one is refused by its length, without reading."""
    download(site.set("/a", file(DATA)), path, max_bytes=len(DATA))
    with pytest.raises(LexiconError, match="more than 399,999 bytes"):
        download(site.set("/b", file(DATA)), path.with_name("b"), max_bytes=len(DATA) - 1)
    assert names(path) == {"lexicon.txt", "lexicon.txt.json"}


def test_size_limit_of_what_comes(site: Site, path: Path) -> None:
    """A chunked body without end is refused at the limit."""

    def endless(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        while True:
            handler.wfile.write(b"%x\r\n%b\r\n" % (1 << 16, bytes(1 << 16)))

    with pytest.raises(LexiconError, match="more than 1,000,000 bytes"):
        download(site.set("/a", endless), path, max_bytes=1_000_000, retry=QUICK)
    assert names(path) == set()


# -- SHA-256 -----------------------------------------------------------------------------------------------------------


def test_pinned_sha256(site: Site, path: Path) -> None:
    """A file with another SHA-256 than the pinned one is refused and deleted."""
    url = site.set("/a", file(OTHER), file(DATA))
    with pytest.raises(LexiconError, match=rf"the download has the SHA-256 .*, expected {SHA256}"):
        download(url, path, sha256=SHA256)
    assert names(path) == set()
    assert download(url, path, sha256=SHA256) == SHA256


def test_first_use_is_remembered(site: Site, path: Path) -> None:
    """A repeated download must match the record; without the record, a new file is accepted."""
    url = site.set("/a", file(DATA), file(OTHER))
    download(url, path)
    path.unlink()
    with pytest.raises(
        LexiconError, match=r"the download has the SHA-256 .*delete .*lexicon\.txt\.json, and fetch again"
    ):
        download(url, path)
    path.with_name("lexicon.txt.json").unlink()
    assert download(url, path) == hashlib.sha256(OTHER).hexdigest()


def test_cached_file_is_checked(site: Site, path: Path) -> None:
    """A changed file in the cache is detected at its next use, pinned or not."""
    url = site.set("/a", file(DATA))
    download(url, path)
    path.write_bytes(OTHER)
    for sha256 in (None, SHA256):
        with pytest.raises(LexiconError, match=rf"lexicon\.txt has the SHA-256 .*, expected {SHA256}"):
            download(url, path, sha256=sha256)
    assert len(site.asked) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"{}", b'{"sha256": 1}', b'{"sha256": "abc"}'])
def test_damaged_record(site: Site, path: Path, content: bytes) -> None:
    """An invalid record is an error."""
    url = site.set("/a", file(DATA))
    download(url, path)
    path.with_name("lexicon.txt.json").write_bytes(content)
    if content == b"{}":  # equivalent to no record
        assert download(url, path) == SHA256
        return
    with pytest.raises(LexiconError, match=r"lexicon\.txt\.json (is damaged|has no SHA-256); delete it"):
        download(url, path)


def notes(url: str, others: dict[str, object]) -> dict[str, object]:
    """Valid notes on a partial file, with some replaced."""
    tag = f'"{SHA256[:8]}"'
    sha256 = hashlib.sha256(DATA[:300_000]).hexdigest()
    return {"url": url, "validator": tag, "size": len(DATA), "have": 300_000, "sha256": sha256} | others


DAMAGED: dict[str, bytes | dict[str, object]] = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "deep": b"[" * 100_000,
    "empty": {},
    "other address": {"url": "x"},
    "a validator that is a number": {"validator": 5},
    "a validator that no header can hold": {"validator": "a\nb"},
    "a validator that is not ASCII": {"validator": "ä"},
    "a size that is a text": {"size": "400000"},
    "a size below what is here": {"size": 9},
    "more than is here": {"have": 300_001},
    "a negative number": {"have": -1},
    "no number": {"have": None},
    "other hash": {"sha256": SHA256},
    "a hash that is a number": {"sha256": 7},
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_notes_on_a_part(site: Site, path: Path, damage: str) -> None:
    """If the notes on a partial file are invalid, the download starts again."""
    path.parent.mkdir()
    url, change = site.set("/a", file(DATA)), DAMAGED[damage]
    path.with_name("lexicon.txt.part").write_bytes(DATA[:300_000])
    about = json.dumps(notes(url, change) if change else {}).encode() if isinstance(change, dict) else change
    path.with_name("lexicon.txt.part.json").write_bytes(about)
    assert download(url, path, retry=QUICK) == SHA256
    assert path.read_bytes() == DATA
    assert site.ranges() == [None]


PLANTED = {
    "what a killed download leaves": (DATA[:300_000], {}, ["bytes=295904-"]),
    "more than is noted": (DATA, {}, ["bytes=295904-"]),
    "garbage of the full size": (OTHER, {"have": len(DATA)}, [None]),
    "garbage with its hash": (OTHER, {"have": len(DATA), "sha256": OTHER_SHA256}, ["bytes=395904-", None]),
    "another version": (DATA, {"validator": '"old"', "have": len(DATA), "sha256": SHA256}, ["bytes=395904-"]),
    "all of the file": (DATA, {"have": len(DATA), "sha256": SHA256}, ["bytes=395904-"]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_part_is_compared_with_the_server(site: Site, path: Path, name: str) -> None:
    """A partial file, even a complete one, is only accepted after the server sent the same end."""
    part, change, ranges = PLANTED[name]
    path.parent.mkdir()
    url = site.set("/a", file(DATA))
    path.with_name("lexicon.txt.part").write_bytes(part)
    path.with_name("lexicon.txt.part.json").write_text(json.dumps(notes(url, change)))
    assert download(url, path, retry=QUICK) == SHA256
    assert path.read_bytes() == DATA
    assert site.ranges() == ranges
    assert names(path) == {"lexicon.txt", "lexicon.txt.json"}


@pytest.mark.parametrize("name", ["lexicon.txt.part", "lexicon.txt.part.json.new", "lexicon.txt.json.new"])
def test_planted_links_are_not_followed(site: Site, path: Path, tmp_path: Path, name: str) -> None:
    """A link at a path that the download writes is replaced; its target is unchanged."""
    path.parent.mkdir()
    (tmp_path / "precious").write_text("precious")
    path.with_name(name).symlink_to(tmp_path / "precious")
    assert download(site.set("/a", file(DATA)), path) == SHA256
    assert (tmp_path / "precious").read_text() == "precious"
    assert names(path) == {"lexicon.txt", "lexicon.txt.json"}


# -- slow servers ------------------------------------------------------------------------------------------------------


def drip(data: bytes, before: str, until: threading.Event) -> Answer:
    """Send one byte every 20 ms, of the header or of the data."""

    def answer(handler: Handler) -> None:
        head = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(data)
        handler.wfile.write(head[:9] if before == "head" else head)
        for byte in head[9:] + data if before == "head" else data:
            if until.wait(0.02):
                return
            handler.wfile.write(bytes([byte]))

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("before", ["head", "data"])
def test_dripping_server_is_left(site: Site, path: Path, before: str) -> None:
    """A server that sends single bytes, and so avoids socket time-outs, is abandoned."""
    over = threading.Event()
    url = site.set("/a", drip(DATA, before, over))
    began = time.monotonic()
    with pytest.raises(LexiconError, match=r"(no data for|bytes in) 1 s.*; 2 attempts failed; try again later"):
        download(url, path, retry=RetryPolicy(attempts=2, pause=0, timeout=1.0))
    assert time.monotonic() - began < 20
    over.set()
    other = site.set("/b", file(DATA))
    assert download(other, path) == SHA256  # the lock was released


@pytest.mark.slow
def test_slow_server_is_left_for_its_rate(site: Site, path: Path) -> None:
    """A server below the minimum rate is abandoned; received data is kept."""
    url = site.set("/a", file(DATA, pause=0.5))
    with pytest.raises(LexiconError, match=r"[0-9,]+ bytes in 1 s, fewer than 1e\+06 per second; 1 attempts failed"):
        download(url, path, retry=RetryPolicy(attempts=1, timeout=1.0, min_rate=1e6))
    assert path.with_name("lexicon.txt.part").stat().st_size > 60_000
    assert download(url, path) == SHA256


@pytest.mark.slow
def test_deadline(site: Site, path: Path) -> None:
    """A download ends at the deadline, and a later call continues."""
    url = site.set("/a", file(DATA, pause=0.5))
    with pytest.raises(LexiconError, match=r"not complete after 1 s \(retry\.deadline\); call again to continue"):
        download(url, path, retry=RetryPolicy(deadline=1.0))
    assert download(url, path) == SHA256
    assert site.ranges()[-1] is not None


def test_deadline_ends_pauses(site: Site, path: Path) -> None:
    """No pause lasts beyond the deadline."""
    url = site.set("/a", status(503, Retry_After=30))
    with pytest.raises(LexiconError, match=r"the server answers 503 .*; 1 attempts failed"):
        download(url, path, retry=RetryPolicy(deadline=5.0))


@pytest.mark.parametrize("retry", [RetryPolicy(timeout=0), RetryPolicy(deadline=-1)])
def test_no_time(path: Path, retry: RetryPolicy) -> None:
    """A policy without time is refused."""
    with pytest.raises(LexiconError, match="both must be more than 0 seconds"):
        download("https://localhost:1/a", path, retry=retry)


@pytest.mark.parametrize("sha256", ["", "abc", SHA256.upper(), SHA256 + "0"])
def test_no_sha256(path: Path, sha256: str) -> None:
    """An invalid SHA-256 is an error before any request."""
    with pytest.raises(LexiconError, match="it must be 64 hexadecimal digits"):
        download("https://localhost:1/a", path, sha256=sha256)


# -- offline -----------------------------------------------------------------------------------------------------------


def test_offline(site: Site, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, existing files are used; a missing file is an error with its address and path."""
    url = site.set("/a", file(DATA))
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    with pytest.raises(LexiconError, match=rf"{path} does not exist and LEXSWITCH_OFFLINE is set; .*{url}"):
        download(url, path)
    assert site.asked == []
    assert not path.parent.exists()
    path.parent.mkdir()
    path.write_bytes(DATA)  # as the message suggests
    assert download(url, path) == SHA256
    path.write_bytes(OTHER)
    with pytest.raises(LexiconError, match="expected"):
        download(url, path)


@pytest.mark.parametrize("value", ["", "0"])
def test_not_offline(site: Site, path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """An empty value and 0 allow downloads."""
    monkeypatch.setenv("LEXSWITCH_OFFLINE", value)
    assert download(site.set("/a", file(DATA)), path) == SHA256


# -- processes ---------------------------------------------------------------------------------------------------------

_DOWNLOAD = "download(*sys.argv[1:])"


@pytest.mark.slow
def test_processes_at_once_fetch_once(site: Site, path: Path) -> None:
    """Three processes request a slow file at once: it is downloaded once, and all get it."""
    url = site.set("/a", file(DATA, pause=0.05))
    children = [child(_DOWNLOAD, url, str(path)) for _ in range(3)]
    for process in children:
        begin(process)
    assert [process.communicate(timeout=60)[0] for process in children] == [f"{SHA256}\n"] * 3
    assert len(site.asked) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
@pytest.mark.slow
def test_killed_at_any_moment(site: Site, path: Path) -> None:
    """After kill -9 the file is missing or complete; the next call is not blocked and requests only the rest."""
    url = site.set("/a", file(DATA, pause=0.02))
    needed = seconds(_DOWNLOAD, url, str(path.with_name("whole")))
    outcomes = Counter[str]()
    for _ in killed(_DOWNLOAD, url, str(path), seconds=needed):
        outcomes[_state(path)] += 1
        asked = len(site.asked)
        assert download(url, path) == SHA256
        assert path.read_bytes() == DATA
        assert len(site.asked) - asked <= 1
        assert names(path) == {"lexicon.txt", "lexicon.txt.json", "whole", "whole.json"}  # no other files
        for left in (path, path.with_name("lexicon.txt.json")):
            left.unlink()
    print(dict(outcomes))
    assert sum(outcomes.values()) == KILLS


def _state(path: Path) -> str:
    """The state that a killed process left, after checks."""
    part = path.with_name("lexicon.txt.part")
    if path.exists():
        assert path.read_bytes() == DATA
        assert json.loads(path.with_name("lexicon.txt.json").read_text())["sha256"] == SHA256
        return "file"
    if part.exists():
        assert DATA.startswith(part.read_bytes())
        return "part"
    return "nothing"
