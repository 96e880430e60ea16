r"""SQL dumps of a Wikipedia: tables of MediaWiki, as mysqldump writes them.

The tables are described at https://www.mediawiki.org/wiki/Manual:Database_layout. A statement is a line of about a
megabyte: ``INSERT INTO `page` VALUES (10,0,'Title',...),(12,...);``. Rows are sorted by the primary key, so tables are
joined by reading them in parallel.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from ..._io.progress import progress_bar
from ...errors import LexiconError
from .cleaning import Cleaner
from .compressed import Span, beginning
from .dump_kinds import check_kind
from .entity import ALIAS, TITLE, Entity, Name
from .title_source import DamageError, Faults, Part, describe_files, in_parts
from .wikis import prefix_of, site_of

_NEEDED = ("page", "langlinks")
_TABLES = (*_NEEDED, "redirect", "page_props")
_NAMESPACES = {b"0": "", b"14": "Category:"}
"""Numbers of the namespaces of articles and categories, and the prefixes of their titles."""
_SHOWN = 60
_HEAD = 1 << 16

_STRING = rb"(?:_binary )?'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'"
_VALUE = rb"(?:%b|[^',()]+)" % _STRING
_REST = rb"[^')]*(?:'[^'\\]*(?:\\.[^'\\]*)*'[^')]*)*\)"
_CREATE = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`(\w+)`")
_COLUMN = re.compile(rb"\s+`(\w+)` ")
_INSERT = re.compile(rb"INSERT INTO `(\w+)` (?:\([^)]*\) )?VALUES ")
_ESCAPED = re.compile(rb"\\(.)|''", re.DOTALL)
_ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_FILE = re.compile(r"(?P<wiki>[a-z_]+wiki)-(?P<date>20\d{6}|latest)-")


class SqlDump:
    """The tables of a Wikipedia in the source language (https://dumps.wikimedia.org/enwiki/latest/).

    The tables ``page`` (titles) and ``langlinks`` (titles in other languages) are required. ``redirect`` adds further
    names, and ``page_props`` identifies disambiguation pages. Articles and categories are entities.

    Parameters
    ----------
    *paths : str or Path
        Files of one table each, such as ``enwiki-latest-page.sql.gz``, or of several tables; compressed or not.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If a file is not SQL, or a table is missing.
    """

    def __init__(self, *paths: str | Path) -> None:
        self.paths = tuple(map(Path, paths))
        for path in self.paths:
            check_kind(path, "SQL", "a dump of the tables page and langlinks")
        self._files = _tables(self.paths)
        if missing := [name for name in _NEEDED if name not in self._files]:
            raise LexiconError(
                f"{', '.join(map(str, self.paths))}: no table {' and no table '.join(missing)}, only "
                f"{sorted(self._files)}; pass the files of {' and '.join(_NEEDED)} of one Wikipedia"
            )

    @property
    def record(self) -> dict[str, Any]:
        names = [found for path in self.paths if (found := _FILE.search(path.name))]
        return {
            "name": "MediaWiki SQL dump",
            "licence": "CC BY-SA 4.0",
            "wiki": names[0]["wiki"] if names else None,
            "date": names[0]["date"] if names else None,
            "files": describe_files(self.paths),
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        wiki = self.record["wiki"]
        if wiki not in (None, site_of(cleaner.source)):
            raise LexiconError(
                f"{self.paths[0]} is of {wiki}, but source_language is {cleaner.source!r}, whose Wikipedia is "
                f"{site_of(cleaner.source)}; pass a dump of that one, or choose another source language"
            )
        redirects = cleaner.alternatives and "redirect" in self._files
        read = [*(name for name in self._files if name != "redirect"), *(("redirect", "page") if redirects else ())]
        total = sum(self._files[name].stat().st_size for name in read)
        faults = Faults(strict)
        with progress_bar(total, "titles", "B", progress) as bar, closing(_LinkStore()) as links:
            tables = _TableReader(self._files, bar.update, faults)
            entities = _articles(tables, cleaner, faults, links if redirects else None)
            if redirects:
                entities = chain(entities, _redirects(tables, cleaner.source, links))
            yield from in_parts(entities, faults.skipped, cleaner, position)


def _articles(tables: _TableReader, cleaner: Cleaner, faults: Faults, links: _LinkStore | None) -> Iterator[Entity]:
    """Yield articles and categories with links to the target languages; the tables are read in parallel."""
    disambiguations, pages = tables.disambiguations(), tables.pages()
    disambiguation, page = next(disambiguations, None), next(pages, None)
    for number, rows in groupby(tables.links(cleaner.languages), itemgetter(0)):
        targets = [Name(language, title, TITLE) for _, language, title in rows]
        while page is not None and page.number < number:
            page = next(pages, None)
        while disambiguation is not None and disambiguation < number:
            disambiguation = next(disambiguations, None)
        if page is None:
            return
        if page.number != number or page.is_redirect:
            continue
        if disambiguation == number:
            faults.skipped["disambiguation"] += 1
            continue
        if links is not None:
            links.add(page.title, targets)
        yield Entity([Name(cleaner.source, page.title, TITLE)], targets)


def _redirects(tables: _TableReader, source: str, links: _LinkStore) -> Iterator[Entity]:
    """Yield redirects to articles with links, each as an entity."""
    pages = tables.pages()
    page = next(pages, None)
    for number, title in tables.redirects():
        while page is not None and page.number < number:
            page = next(pages, None)
        if page is None:
            return
        if page.number != number or page.title.casefold() == title.casefold():
            continue
        if targets := links.find(title):
            yield Entity([Name(source, page.title, ALIAS)], targets)


class _LinkStore:
    """Links of articles by title, in a temporary file, because those of a large Wikipedia do not fit into memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE links (title TEXT PRIMARY KEY, targets TEXT) WITHOUT ROWID")

    def add(self, title: str, targets: list[Name]) -> None:
        self._database.execute("INSERT OR REPLACE INTO links VALUES (?, ?)", (title, json.dumps(targets)))

    def close(self) -> None:
        self._database.close()

    def find(self, title: str) -> list[Name]:
        row = self._database.execute("SELECT targets FROM links WHERE title = ?", (title,)).fetchone()
        return [Name(*target) for target in json.loads(row[0])] if row else []


class _Page(NamedTuple):
    """An article, a category or a redirect."""

    number: int
    title: str
    is_redirect: bool


class _TableReader:
    """Reads the rows of the tables.

    Parameters
    ----------
    files : mapping of str to Path
        Table -> file.
    progress : callable
        Called with the number of bytes that were read.
    faults : Faults
    """

    def __init__(self, files: Mapping[str, Path], progress: Callable[[int], Any], faults: Faults) -> None:
        self._files = files
        self._progress = progress
        self._faults = faults

    def pages(self) -> Iterator[_Page]:
        wanted = (b"page_id", b"page_namespace", b"page_title", b"page_is_redirect")
        for number, namespace, raw, redirects in self._check_order("page", self._rows("page", wanted)):
            if namespace in _NAMESPACES and (title := self._text(raw)):
                yield _Page(int(number), _NAMESPACES[namespace] + title, redirects == b"1")

    def redirects(self) -> Iterator[tuple[int, str]]:
        """Yield the number of each redirect, and the title of its target."""
        wanted = (b"rd_from", b"rd_namespace", b"rd_title", b"rd_interwiki")
        for number, namespace, raw, wiki in self._check_order("redirect", self._rows("redirect", wanted)):
            if namespace in _NAMESPACES and wiki in (b"''", b"NULL") and (title := self._text(raw)):
                yield int(number), _NAMESPACES[namespace] + title

    def disambiguations(self) -> Iterator[int]:
        """Yield the numbers of the disambiguation pages."""
        if "page_props" in self._files:
            rows = self._rows("page_props", (b"pp_page", b"pp_propname"))
            for number, name in self._check_order("page_props", rows):
                if name == b"'disambiguation'":
                    yield int(number)

    def links(self, languages: Iterable[str]) -> Iterator[tuple[int, str, str]]:
        """Yield the number of a page, and language and title of a linked page."""
        languages_by_prefix = {prefix_of(language).encode(): language for language in languages}
        prefixes = b"|".join(map(re.escape, languages_by_prefix))
        # This cannot match within a string, because quotes are escaped or doubled there.
        row = re.compile(rb"\((\d+),'(%b)',(%b)\)" % (prefixes, _STRING))
        found = (row.findall(rows) for _, rows, _ in self._statements("langlinks"))
        for number, prefix, raw in self._check_order("langlinks", chain.from_iterable(found)):
            if title := self._text(raw):
                yield int(number), languages_by_prefix[prefix], title

    def _check_order(self, table: str, rows: Iterable[tuple[bytes, ...]]) -> Iterator[Any]:
        """Yield the rows, and raise an error if they are not sorted by page."""
        before = 0
        for row in rows:
            number = int(row[0])
            if number < before:
                raise LexiconError(
                    f"{self._files[table]}: the rows of table {table} are not sorted by its key: page {number} comes "
                    f"after {before}; dump it with mysqldump --order-by-primary"
                )
            before = number
            yield row

    def _rows(self, table: str, wanted: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
        """Yield the wanted columns of each row as SQL literals; `wanted` has the order of the table."""
        for line, statement, columns in self._statements(table):
            row = _row_pattern(columns, wanted)
            if row is None:
                raise LexiconError(
                    f"{self._files[table]}: table {table} has the columns {_listed(columns)}; it needs "
                    f"{_listed(wanted)}, in this order: get another dump"
                )
            offset = statement.index(b"(", statement.index(b" VALUES "))
            while found := row.match(statement, offset):
                yield found.groups()
                offset = found.end() + 1
            if statement[offset - 1 :].strip() != b";":
                self._report(table, line, statement[offset : offset + _SHOWN])

    def _statements(self, table: str) -> Iterator[tuple[int, bytes, tuple[bytes, ...]]]:
        """Yield line, text and columns of each INSERT statement of a table."""
        number, created = 0, b""
        columns: list[bytes] = []
        try:
            for block in Span(self._files[table], 0, 1 << 62).blocks():
                self._progress(block.consumed)
                for line in block.lines.splitlines():
                    number += 1
                    if found := _CREATE.match(line):
                        created, columns = found[1], []
                    elif found := _INSERT.match(line):
                        if found[1].decode() == table:
                            yield number, line, tuple(columns)
                    elif created.decode() == table and (found := _COLUMN.match(line)):
                        columns.append(found[1])
        except DamageError as damage:
            self._faults.report_damage(damage)

    def _report(self, table: str, line: int, row: bytes) -> None:
        """Report a broken row; the other rows of its statement are left out too."""
        message = f"{self._files[table]}:{line}: broken row of table {table}: {row.decode(errors='replace')!r}"
        consequence = "the rest of the statement is left out"
        self._faults.report("broken statement", message, consequence, "get the dump again")

    def _text(self, literal: bytes) -> str:
        """Return the value of an SQL string; empty if it is not UTF-8."""
        text = literal[literal.index(b"'") + 1 : -1]
        if b"\\" in text or b"''" in text:
            text = _ESCAPED.sub(_unescaped, text)
        return self._faults.decode(text)


def _unescaped(found: re.Match[bytes]) -> bytes:
    """See https://dev.mysql.com/doc/refman/8.4/en/string-literals.html, table 11.1."""
    return b"'" if found[1] is None else _ESCAPES.get(found[1], found[1])


def _row_pattern(columns: tuple[bytes, ...], wanted: tuple[bytes, ...]) -> re.Pattern[bytes] | None:
    """Return a pattern that matches a row, with a group per wanted column; None if a column is missing."""
    indices = [columns.index(name) for name in wanted if name in columns]
    if len(indices) < len(wanted) or indices != sorted(indices):
        return None
    values = [b"(%b)" % _VALUE if index in indices else _VALUE for index in range(indices[-1] + 1)]
    return re.compile(rb"\(" + b",".join(values) + _REST)


def _listed(columns: Iterable[bytes]) -> str:
    return b", ".join(columns).decode()


def _tables(paths: Iterable[Path]) -> dict[str, Path]:
    """Return the file of each table; search whole files if their beginnings lack a required table."""
    files: dict[str, Path] = {}
    for find_names in (_names_in_beginning, _names_in_file):
        for path in paths:
            for name in find_names(path):
                if files.setdefault(name, path) != path:
                    raise LexiconError(f"{path} and {files[name]} both have the table {name}; pass one of them")
        if files.keys() >= set(_NEEDED):
            break
    return files


def _names_in_beginning(path: Path) -> list[str]:
    """Return the tables that the beginning of a file creates."""
    return _names(beginning(path, _HEAD))


def _names_in_file(path: Path) -> Iterator[str]:
    """Yield the tables that a file creates."""
    with suppress(DamageError):  # reported when the titles are read
        for block in Span(path, 0, 1 << 62).blocks():
            yield from _names(block.lines)


def _names(lines: bytes) -> list[str]:
    return [name for found in _CREATE.finditer(lines) if (name := found[1].decode()) in _TABLES]
