"""Public lexicons by name, from their real addresses, which a proxy maps to a local server."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import random
import shutil
import signal
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from lexswitch import Lexicon, LexiconError
from lexswitch.sources import Fetched, available, cache_folder, fetch

from ..formats.dictionaries import dictd_bytes, freedict
from .processes import KILLS, begin, child, killed, seconds
from .servers import Site, file, status

MUSE = b"the der\nthe die\nhouse haus\n"
INDEX = b"house\tA\tF\n"
JSONL = b"{}\n{}\n"
DICT = gzip.compress(b"house\nHaus\n", mtime=0)
RELEASE = "freedict-eng-deu-1.9-fd1.dictd"
ADDRESS = f"https://download.freedict.org/dictionaries/eng-deu/1.9-fd1/{RELEASE}.tar.xz"
LIST = "/freedict-database.json"
_FETCH = 'fetch("freedict", "en", "de").path'


def archive(*members: tuple[str, bytes]) -> bytes:
    """A compressed archive of files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


GOOD = archive(("eng-deu/COPYING", b"GPL"), ("eng-deu/eng-deu.index", INDEX), ("eng-deu/eng-deu.dict.dz", DICT))


def release(site: Site, data: bytes, name: str = "eng-deu", **other: Any) -> None:
    """Publish an archive, as FreeDict does."""
    address = ADDRESS.replace("eng-deu", name)
    entry = {"URL": address, "checksum": hashlib.sha512(data).hexdigest(), "platform": "dictd", **other}
    releases = [{**entry, "platform": "src", "URL": address.replace("dictd", "src")}, entry]
    entries = [{"software": {}}, {"name": "deu-eng", "releases": []}, {"name": name, "releases": releases}]
    site.set(LIST, file(json.dumps(entries).encode()))
    site.set(address.removeprefix("https://download.freedict.org"), file(data))


# -- single files ------------------------------------------------------------------------------------------------------


def test_fetch(world: Site) -> None:
    """The file is requested from its host, stored in the cache folder, and described."""
    world.set("/arrival/dictionaries/en-de.txt", file(MUSE))
    fetched = fetch("muse", "en", "de")
    url = "https://dl.fbaipublicfiles.com/arrival/dictionaries/en-de.txt"
    path = cache_folder() / "muse" / "en-de.txt"
    assert fetched == Fetched(path, "muse", "MUSE en-de", "CC-BY-NC-4.0", url, hashlib.sha256(MUSE).hexdigest())
    assert path.read_bytes() == MUSE
    assert [asked.headers["Host"] for asked in world.asked] == ["dl.fbaipublicfiles.com"]


def test_fetch_again(world: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call, offline, returns the same."""
    world.set("/datasets/google/smol/resolve/main/gatitos/en_lus.jsonl", file(JSONL))
    fetched = fetch("gatitos", "en", "lus")
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    assert fetch("gatitos", "en", "lus") == fetched
    with pytest.raises(LexiconError, match="LEXSWITCH_OFFLINE is set"):
        fetch("gatitos", "en", "bm")
    assert len(world.asked) == 1


def test_one_file_for_all_targets(world: Site) -> None:
    """A file with many target languages is downloaded once, for any target or none."""
    world.set("/dictionary/downloads/de/de-extract.jsonl.gz", file(JSONL))
    assert fetch("kaikki", "de", "fr") == fetch("kaikki", "de", "ru") == fetch("kaikki", "de")
    assert fetch("kaikki", "de").name == "kaikki.org de"
    assert len(world.asked) == 1


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", available())
def test_file_that_has_gone(name: str) -> None:
    """A wrong address is an error that names it, for every source."""
    source = available()[name]
    pair = source.pairs[0]
    with pytest.raises(LexiconError, match=f"{source.releases or source.files[pair]}: the server answers 404"):
        fetch(name, *pair)


PAGE = b"<!DOCTYPE html>\n<html><body>\n<h1>Please log in</h1>\n</body></html>\n"
DENIED = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>\n<Message>No</Message></Error>'


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (PAGE, "a web page"),
        (DENIED, "a web page or XML, perhaps an error message"),
        (b"<Error><Code>NoSuchKey</Code>\n</Error>\n", "a web page or XML"),
        (b"Not Found", "one line: 'Not Found'"),
        (b"", "one line: ''"),
        (b"%PDF-1.7\nx\ny\n", "a PDF document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer"),
        (b"PK\x03\x04 damaged\n", "a damaged file"),
    ],
)
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("muse", "/arrival/dictionaries/en-de.txt"),
        ("kaikki", "/dictionary/English/kaikki.org-dictionary-English.jsonl"),
    ],
)
def test_nothing_else_is_cached(world: Site, sent: bytes, what: str, name: str, place: str) -> None:
    """Web pages and messages instead of a file are refused and not kept; the next call downloads again."""
    good = {"muse": MUSE, "kaikki": JSONL}[name]
    world.set(place, file(sent), file(good))
    with pytest.raises(LexiconError, match=f"https://.*{place}: the answer is not the file but {what}.* was not kept"):
        Lexicon.fetch(name, "en", "de")
    assert not [path for path in (cache_folder() / name).iterdir() if path.suffix != ".lock"]
    assert fetch(name, "en", "de").path.read_bytes() == good


def test_json_in_place_of_words(world: Site) -> None:
    """A message in JSON is not cached as a list of words."""
    world.set("/arrival/dictionaries/en-de.txt", file(b'{"error":\n "nothing here"}\n'))
    with pytest.raises(LexiconError, match="not the file but JSON, perhaps an error message"):
        fetch("muse", "en", "de")


def test_page_in_place_of_the_releases(world: Site) -> None:
    """A web page in place of the list of releases is not cached."""
    world.set(LIST, file(PAGE))
    with pytest.raises(LexiconError, match=r"freedict-database\.json: the answer is not the file but a web page"):
        fetch("freedict", "en", "de")
    release(world, GOOD)
    assert fetch("freedict", "en", "de").path.read_bytes() == INDEX


# -- names and pairs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "nearest"), [("mus", "muse"), ("FreeDict", "freedict"), ("gatito", "gatitos")])
def test_unknown_name(name: str, nearest: str) -> None:
    """An unknown name is an error that lists all names, the most similar first."""
    with pytest.raises(LexiconError, match=rf"name is '{name}'; there are: {nearest}, ") as caught:
        fetch(name, "en", "de")
    assert all(known in str(caught.value) for known in available())


@pytest.mark.parametrize(
    ("name", "source", "target", "nearest"),
    [("muse", "en", "deu", "en-de"), ("freedict", "de", "kur", "de-ku"), ("kaikki", "deu", "en", "de, ")],
)
def test_unknown_pair(name: str, source: str, target: str, nearest: str) -> None:
    """An unknown pair is an error with the most similar pairs and the expression that lists all."""
    with pytest.raises(LexiconError, match=f"no lexicon from '{source}' into '{target}'; it has {nearest}") as caught:
        fetch(name, source, target)
    assert f"lexswitch.sources.available()['{name}'].pairs" in str(caught.value)


def test_missing_target() -> None:
    """Without a target, pairs of that source language come first."""
    with pytest.raises(LexiconError, match="from 'it' into None; it has it-de, it-en, it-es, it-fr, it-pt"):
        fetch("muse", "it")


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The folder is the user's cache folder, or that of the environment variable."""
    monkeypatch.delenv("LEXSWITCH_CACHE", raising=False)
    assert cache_folder() == Path(platformdirs.user_cache_dir("lexswitch"))
    monkeypatch.setenv("LEXSWITCH_CACHE", str(tmp_path / "x"))
    assert cache_folder() == tmp_path / "x"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXSWITCH_CACHE", "y")
    assert cache_folder() == tmp_path / "y"


# -- releases of FreeDict ----------------------------------------------------------------------------------------------


def test_release(world: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of releases is downloaded, then the archive; its two files are found again offline."""
    release(world, GOOD)
    fetched = fetch("freedict", "en", "de")
    folder = cache_folder() / "freedict"
    path = folder / RELEASE / "eng-deu.index"
    licence = available()["freedict"].licence
    assert fetched == Fetched(path, "dictd", "FreeDict en-de", licence, ADDRESS, hashlib.sha256(GOOD).hexdigest())
    assert path.read_bytes() == INDEX
    assert path.with_name("eng-deu.dict.dz").read_bytes() == DICT
    assert {file.name for file in path.parent.iterdir()} == {"eng-deu.index", "eng-deu.dict.dz", "lexswitch.json"}
    assert not (folder / f"{RELEASE}.tar.xz").exists()
    assert [asked.headers["Host"] for asked in world.asked] == ["freedict.org", "download.freedict.org"]
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    assert fetch("freedict", "en", "de") == fetched


@pytest.mark.parametrize(
    ("name", "title", "source", "target"),
    [
        ("swh-eng", "Swahili-English xFried/FreeDict Dictionary", "sw", "en"),
        ("swh-eng", "Swahili-English xFried/FreeDict Dictionary", "swh", "en"),
        ("eng-swh", "English-Swahili xFried/FreeDict Dictionary", "en", "sw"),
        ("eng-swh", "English-Swahili xFried/FreeDict Dictionary", "en", "swh"),
        ("swh-pol", "Swahili-Polish SSSP/FreeDict Dictionary", "swh", "pl"),
        ("eng-rom", "English-Romanian FreeDict Dictionary", "en", "ro"),
        ("ckb-kmr", "Sorani-Kurmanji Ferheng/FreeDict Dictionary", "ckb", "kmr"),
        ("ckb-kmr", "Sorani-Kurmanji Ferheng/FreeDict Dictionary", "ckb", "ku"),
    ],
)
def test_either_code_of_a_language(world: Site, name: str, title: str, source: str, target: str) -> None:
    """The code in common use and FreeDict's code both work; the lexicon has the requested codes."""
    index, text = dictd_bytes(freedict(title, "asali /asali/\nmiere\n"))
    release(world, archive((f"{name}.index", index), (f"{name}.dict.dz", gzip.compress(text, mtime=0))), name)
    lexicon = Lexicon.fetch("freedict", source, target)
    assert (lexicon.source, lexicon.languages) == (source, (target,))
    assert lexicon["asali"][target][0].translation == "miere"


@pytest.mark.parametrize("name", ["eng-deu.index", "eng-deu.dict.dz"])
@pytest.mark.parametrize("content", [b"", b"changed", None])
def test_unpacked_files_are_checked(world: Site, name: str, content: bytes | None) -> None:
    """A changed or missing file is detected at the next use; the remedy in the message works."""
    release(world, GOOD)
    path = fetch("freedict", "en", "de").path.with_name(name)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LexiconError, match=rf"{path.parent} was changed or damaged; delete it, and fetch again"):
        fetch("freedict", "en", "de")
    for left in path.parent.iterdir():
        left.unlink()
    path.parent.rmdir()
    assert fetch("freedict", "en", "de").path.read_bytes() == INDEX


def test_what_a_killed_process_left_is_replaced(world: Site) -> None:
    """An incomplete folder is replaced, and none of its files is used."""
    release(world, GOOD)
    left = cache_folder() / "freedict" / f"{RELEASE}.new"
    left.mkdir(parents=True)
    (left / "eng-deu.index").write_bytes(b"half")
    (left / "other").write_bytes(b"")
    path = fetch("freedict", "en", "de").path
    assert path.read_bytes() == INDEX
    assert not left.exists()
    assert not (path.parent / "other").exists()


def test_published_checksum(world: Site) -> None:
    """An archive with another checksum is refused and deleted; the next call downloads it again."""
    release(world, GOOD, checksum=hashlib.sha512(b"other").hexdigest())
    with pytest.raises(LexiconError, match=rf"{RELEASE}\.tar\.xz has the SHA-512 .*, and was deleted"):
        fetch("freedict", "en", "de")
    folder = cache_folder() / "freedict"
    assert {path.name for path in folder.iterdir() if path.suffix != ".lock"} == {LIST[1:], f"{LIST[1:]}.json"}
    for path in folder.iterdir():
        path.unlink()
    release(world, GOOD)
    assert fetch("freedict", "en", "de").path.read_bytes() == INDEX


@pytest.mark.parametrize("name", ["../../../{}", "/{}", "./a/../../{}", "eng-deu/bin/{}", "C:/{}"])
def test_names_in_archives_lead_nowhere(world: Site, name: str) -> None:
    """The paths of members are ignored; no other files appear."""
    members = [(name.format(file), data) for file, data in [("eng-deu.index", INDEX), ("eng-deu.dict.dz", DICT)]]
    release(world, archive(("../evil", b""), *members, (f"again/{members[0][0]}", b"a second one")))
    before = set(cache_folder().parent.rglob("*"))
    path = fetch("freedict", "en", "de").path
    assert path.read_bytes() == INDEX
    folder = cache_folder() / "freedict"
    assert {found.parent for found in set(cache_folder().parent.rglob("*")) - before if found.is_file()} == {
        folder,
        folder / RELEASE,
    }
    assert not list(cache_folder().parent.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_not_taken(world: Site, kind: bytes) -> None:
    """Only regular files are extracted."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        info = tarfile.TarInfo("eng-deu/eng-deu.index")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    release(world, packed.getvalue())
    with pytest.raises(LexiconError, match=r"has no eng-deu\.dict\.dz and no eng-deu\.index"):
        fetch("freedict", "en", "de")


def test_sparse_files_are_not_taken(world: Site) -> None:
    """A sparse file of a terabyte is not extracted."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("eng-deu/eng-deu.index")
        info.pax_headers = {"GNU.sparse.size": str(2**40), "GNU.sparse.map": "0,0"}
        tar.addfile(info)
    release(world, packed.getvalue())
    with pytest.raises(LexiconError, match=r"has no eng-deu\.dict\.dz and no eng-deu\.index"):
        fetch("freedict", "en", "de")


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", GOOD[:-40], lzma.compress(b"no archive"), lzma.compress(bytes(100 << 20), preset=0)],
    ids=["empty", "text", "cut", "packed text", "bomb"],
)
def test_damaged_archive(world: Site, data: bytes) -> None:
    """An invalid archive, or a decompression bomb, is an error with its path; no folder appears."""
    release(world, data)
    with pytest.raises(LexiconError, match=rf"{RELEASE}\.tar\.xz"):
        fetch("freedict", "en", "de")
    assert not (cache_folder() / "freedict" / RELEASE).exists()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"name": "eng-deu"}]', '{"name": "eng-deu"}', "null"])
def test_damaged_list(world: Site, content: str) -> None:
    """An invalid list of releases is not kept, so the next call downloads it again."""
    world.set(LIST, file(content.encode()))
    with pytest.raises(LexiconError, match=r"freedict-database\.json was not a list of releases and was deleted"):
        fetch("freedict", "en", "de")
    assert not list(cache_folder().rglob("*.json"))
    release(world, GOOD)
    assert fetch("freedict", "en", "de").path.read_bytes() == INDEX


@pytest.mark.parametrize(
    "other",
    [
        {"checksum": ""},
        {"checksum": None},
        {"platform": "slob"},
        {"URL": None},
        {"URL": "https://download.freedict.org/dictionaries/eng-deu/.."},
        {"URL": ADDRESS.replace("eng-deu", "eng-fra")},
        {"URL": ADDRESS.replace(RELEASE, "..\\x")},
    ],
)
def test_release_that_cannot_be_taken(world: Site, other: dict[str, Any]) -> None:
    """A release without a checksum, of another kind, or with an unusual address is not used."""
    release(world, GOOD, **other)
    with pytest.raises(LexiconError, match="no dictd release of eng-deu with a SHA-512"):
        fetch("freedict", "en", "de")
    assert len(world.asked) == 1


def test_release_over_http(world: Site) -> None:
    """An http address in the list is refused."""
    release(world, GOOD, URL=ADDRESS.replace("https", "http"))
    with pytest.raises(LexiconError, match="does not begin with https://"):
        fetch("freedict", "en", "de")


@pytest.mark.slow
def test_processes_at_once(world: Site) -> None:
    """Three processes request a release at once: list and archive are downloaded once, and all get it."""
    release(world, GOOD)
    world.set(LIST, status(503, Retry_After=0), *world.answers[LIST])
    children = [child(_FETCH) for _ in range(3)]
    for process in children:
        begin(process)
    path = cache_folder() / "freedict" / RELEASE / "eng-deu.index"
    assert [process.communicate(timeout=60)[0] for process in children] == [f"{path}\n"] * 3
    assert [asked.path for asked in world.asked] == [LIST, LIST, ADDRESS.removeprefix("https://download.freedict.org")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
@pytest.mark.slow
def test_killed_at_any_moment(world: Site) -> None:
    """After kill -9 the folder is missing or complete; the next call is not blocked and leaves no other files."""
    large = random.Random(0).randbytes(300_000)
    release(world, archive(("eng-deu.index", INDEX), ("eng-deu.dict.dz", large)))
    needed = seconds(_FETCH)
    folder = cache_folder() / "freedict"
    outcomes = Counter[str]()
    shutil.rmtree(folder)
    for _ in killed(_FETCH, seconds=needed):
        unpacked = folder / RELEASE
        outcomes["folder" if unpacked.exists() else "none"] += 1
        if unpacked.exists():
            assert (unpacked / "eng-deu.dict.dz").read_bytes() == large
        assert fetch("freedict", "en", "de").path.read_bytes() == INDEX
        names = {path.name for path in folder.iterdir() if path.suffix != ".lock"}
        assert names == {RELEASE, f"{RELEASE}.tar.xz.json", LIST[1:], f"{LIST[1:]}.json"}
        shutil.rmtree(folder)
    print(dict(outcomes))
    assert sum(outcomes.values()) == KILLS
