"""Downloads public lexicons by name and language pair, once, and checks them at every use."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import platformdirs
from filelock import FileLock

from .._io.checksums import file_sha256
from .._io.signatures import describe_foreign_file
from .._io.streams import open_unpacked
from ..errors import LexiconError
from ..text.languages import usual_code
from .download import download, read_json, write_json
from .table import LanguagePair, Source, available

_RECORD = "lexswitch.json"
_DICTD = (".index", ".dict.dz")
_MAX_SHOWN = 12
_SAMPLE = 1 << 16


class Fetched(NamedTuple):
    """A lexicon file in the cache folder, with its provenance."""

    path: Path
    format: str
    """Name of the format of the file."""
    name: str
    """Name of the lexicon, such as "MUSE en-de"."""
    licence: str
    url: str
    sha256: str
    """SHA-256 of the download from `url`."""


def cache_folder() -> Path:
    """Return the folder for downloaded lexicons: ``LEXSWITCH_CACHE``, or the user's cache folder on this system."""
    chosen = os.environ.get("LEXSWITCH_CACHE")
    try:
        return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("lexswitch"))
    except RuntimeError:  # raised by expanduser
        raise LexiconError(
            f"LEXSWITCH_CACHE is {chosen!r}, but this user does not exist; name a folder, such as ~/lexswitch"
        ) from None


def fetch(name: str, source: str, target: str | None = None, *, progress: bool = True) -> Fetched:
    """Download a public lexicon, unless it is in the cache folder.

    Parameters
    ----------
    name : str
        A key of `available()`, such as "muse".
    source, target : str
        Languages (BCP 47). `target` is optional if one file has all target languages ("kaikki").
    progress : bool, default True
        Show a progress bar on standard error if that is a terminal.

    Raises
    ------
    LexiconError
        If the name or the pair is unknown (the message lists the available ones), if the server sends a web page or a
        message instead of the file, or as in `download`.
    """
    table = available()
    if name not in table:
        raise LexiconError(f"name is {name!r}; there are: {', '.join(_nearest(str(name), table))}")
    collection = table[name]
    pair = _pair(collection, name, source, target)
    location = collection.files[pair]
    folder = cache_folder() / name
    if collection.releases:
        path, url, sha256 = _fetch_release(location, collection.releases, folder, collection.max_bytes, progress)
    else:
        path, url = folder / PurePosixPath(location).name, location
        sha256 = download(url, path, max_bytes=collection.max_bytes, progress=progress)
        _check_content(path, url)
    return Fetched(path, collection.format, f"{collection.title} {_joined(pair)}", collection.licence, url, sha256)


def _pair(collection: Source, name: str, source: str, target: str | None) -> LanguagePair:
    """The requested pair of the table, by the given codes or by the codes in common use."""
    usual = usual_code(source), target and usual_code(target)
    for pair in ((source, None), (source, target), (usual[0], None), usual):
        if pair in collection.files:
            return pair
    pairs = [_joined(known) for known in collection.pairs]
    nearest = _nearest(f"{source}-{target or ''}", pairs)
    others = f" and {len(pairs) - _MAX_SHOWN} more" if len(pairs) > _MAX_SHOWN else ""
    raise LexiconError(
        f"{name} has no lexicon from {source!r} into {target!r}; it has {', '.join(nearest[:_MAX_SHOWN])}{others}; see "
        f"lexswitch.sources.available()[{name!r}].pairs"
    )


def _check_content(path: Path, url: str) -> None:
    """Refuse and delete what servers and proxies send instead of a file."""
    suffixes = set(path.suffixes)
    try:
        with open_unpacked(path) as stream:
            head = stream.read(_SAMPLE)
        found, _ = describe_foreign_file(head, "JSON" if suffixes & {".json", ".jsonl"} else None) or ("", "")
    except LexiconError as error:
        head, found = b"", f"a damaged file ({error})"
    if not found and ".json" not in suffixes and len(head) < _SAMPLE and b"\n" not in head.strip():
        found = f"one line: {head[:100].decode('utf-8', 'replace')!r}"  # published lexicons have many
    if found:
        _discard(path)
        raise LexiconError(
            f"{url}: the answer is not the file but {found}; it was not kept. Check whether a proxy or a login page "
            "answers instead of the server, and fetch again"
        )


def _discard(path: Path) -> None:
    """Delete a cached file and its record."""
    for each in (path, path.with_name(path.name + ".json")):
        each.unlink(missing_ok=True)


def _joined(pair: LanguagePair) -> str:
    return "-".join(language for language in pair if language)


def _nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """All known names, the most similar first."""
    return sorted(known, key=lambda one: (-SequenceMatcher(None, wanted, one).ratio(), one))


# -- releases of dictd archives ----------------------------------------------------------------------------------------


def _fetch_release(name: str, releases: str, folder: Path, max_bytes: int, progress: bool) -> tuple[Path, str, str]:
    """Download the newest release; return the path of its index, and the address and SHA-256 of its archive."""
    known = folder / PurePosixPath(releases).name
    download(releases, known, max_bytes=1 << 26, progress=False)
    _check_content(known, releases)
    url, sha512 = _release(known, name)
    archive = folder / PurePosixPath(url).name
    unpacked = archive.with_name(archive.name.removesuffix(".tar.xz"))
    if not unpacked.exists():
        with FileLock(f"{unpacked}.lock"):
            if not unpacked.exists():
                sha256 = download(url, archive, max_bytes=max_bytes, progress=progress)
                _check_sha512(archive, sha512, known)
                _unpack(archive, name, unpacked, {"url": url, "sha256": sha256})
    return unpacked / f"{name}.index", url, _verified(unpacked)


def _release(known: Path, name: str) -> tuple[str, str]:
    """Return address and SHA-512 of the dictd archive of a dictionary (https://freedict.org/api/)."""
    try:
        found = [
            (release["URL"], release["checksum"])
            for dictionary in json.loads(known.read_bytes())[:]  # a list, not an object
            if dictionary.get("name") == name
            for release in dictionary["releases"]
            if release["platform"] == "dictd"
        ]
    except (ValueError, LookupError, TypeError, AttributeError):
        _discard(known)
        raise LexiconError(f"{known} was not a list of releases and was deleted; fetch again") from None
    for url, sha512 in found:
        file = rf"freedict-{name}-[0-9A-Za-z._-]+\.tar\.xz"
        if re.fullmatch(file, PurePosixPath(str(url)).name) and re.fullmatch("[0-9a-f]{128}", str(sha512)):
            return url, sha512
    raise LexiconError(
        f"{known} has no dictd release of {name} with a SHA-512; for a newer list, delete it and {known.name}.json"
    )


def _check_sha512(archive: Path, wanted: str, known: Path) -> None:
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != wanted:
        _discard(archive)
        raise LexiconError(
            f"{archive.name} has the SHA-512 {found}, not {wanted} as in {known}, and was deleted; fetch again. If "
            f"that fails too, delete the list and {known.name}.json to get a newer list"
        )


def _unpack(archive: Path, name: str, folder: Path, record: Mapping[str, Any]) -> None:
    """Replace the archive by the two files of the dictd dictionary, under names that lexswitch chooses."""
    wanted = {name + suffix for suffix in _DICTD}
    temporary = folder.with_name(folder.name + ".new")  # only the holder of the lock writes it
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    sums: dict[str, str] = {}
    try:
        with open_unpacked(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                file = PurePosixPath(member.name).name
                data = tar.extractfile(member) if file in wanted - set(sums) and _is_plain(member) else None
                if data:
                    sums[file] = _copy(data, temporary / file)
    except tarfile.TarError as error:
        raise LexiconError(
            f"{archive} is damaged ({error}); delete it and {archive.name}.json, and fetch again"
        ) from error
    if missing := wanted - set(sums):
        raise LexiconError(
            f"{archive} has no {' and no '.join(sorted(missing))}; it is not an archive of a dictd dictionary"
        )
    write_json(temporary / _RECORD, {**record, "files": sums})
    archive.unlink()
    temporary.rename(folder)


def _is_plain(member: tarfile.TarInfo) -> bool:
    """Whether a member is a regular file with all its bytes in the archive."""
    return member.type in {tarfile.REGTYPE, tarfile.AREGTYPE} and not member.issparse()


def _copy(data: IO[bytes], path: Path) -> str:
    """Write a file to disk; return its SHA-256."""
    with path.open("wb") as file:
        shutil.copyfileobj(data, file)
        file.flush()
        os.fsync(file.fileno())
    return file_sha256(path)


def _verified(folder: Path) -> str:
    """Check the unpacked files; return the SHA-256 of their archive."""
    record = read_json(folder / _RECORD)
    sums = record.get("files", {})
    if not sums or any(not (folder / file).exists() or file_sha256(folder / file) != sums[file] for file in sums):
        raise LexiconError(f"{folder} was changed or damaged; delete it, and fetch again")
    return str(record["sha256"])
