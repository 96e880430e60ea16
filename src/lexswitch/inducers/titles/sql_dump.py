r"""SQL dumps of a Wikipedia, as mysqldump writes the tables of MediaWiki.

The tables are described at https://www.mediawiki.org/wiki/Manual:Database_layout. A statement is a line of about a
megabyte: ``INSERT INTO `page` VALUES (10,0,'Title',...),(12,...);``. Rows stand in the order of the primary key, page
by page, so that tables are joined by reading them side by side.
"""

from __future__ import annotations

import json
import re
import sqlite3
import warnings
from collections import Counter
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
from .title_source import DAMAGED, DamageError, Part, TitlesWarning, in_parts
from .wikis import prefix_of, site_of

_NEEDED = ("page", "langlinks")
_TABLES = (*_NEEDED, "redirect", "page_props")
_NAMESPACES = {b"0": "", b"14": "Category:"}
"""Of articles and of categories, and what their titles begin with."""
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

    Needed are ``page`` (titles) and ``langlinks`` (titles in other languages). With ``redirect`` other names lead to a
    page too, and ``page_props`` tells which pages only tell names apart. Articles and categories are things.

    Parameters
    ----------
    *paths : str or Path
        Files of one table each, as ``enwiki-latest-page.sql.gz``, or of several; packed or not.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If a file is none of SQL, or a table is missing.
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
            "files": [{"name": path.name, "bytes": path.stat().st_size} for path in self.paths],
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        wiki = self.record["wiki"]
        if wiki not in (None, site_of(cleaner.source)):
            raise LexiconError(
                f"{self.paths[0]} is of {wiki}, but source_language is {cleaner.source!r}, whose Wikipedia is "
                f"{site_of(cleaner.source)}; pass the dump of that, or choose another source language"
            )
        redirects = cleaner.alternatives and "redirect" in self._files
        read = [*(name for name in self._files if name != "redirect"), *(("redirect", "page") if redirects else ())]
        total = sum(self._files[name].stat().st_size for name in read)
        with progress_bar(total, "titles", "B", progress) as bar, closing(_Known()) as known:
            tables = _TableReader(self._files, bar.update, strict)
            entities = _articles(tables, cleaner, known if redirects else None)
            if redirects:
                entities = chain(entities, _redirects(tables, cleaner.source, known))
            yield from in_parts(entities, tables.skipped, cleaner, position)


def _articles(tables: _TableReader, cleaner: Cleaner, known: _Known | None) -> Iterator[Entity]:
    """Articles and categories with links to the target languages; the tables are read side by side."""
    strangers, pages = tables.disambiguations(), tables.pages()
    stranger, page = next(strangers, None), next(pages, None)
    for number, links in groupby(tables.links(cleaner.languages), itemgetter(0)):
        targets = [Name(language, title, TITLE) for _, language, title in links]
        while page is not None and page.number < number:
            page = next(pages, None)
        while stranger is not None and stranger < number:
            stranger = next(strangers, None)
        if page is None:
            return
        if page.number != number or page.is_redirect:
            continue
        if stranger == number:
            tables.skipped["disambiguation"] += 1
            continue
        if known is not None:
            known.add(page.title, targets)
        yield Entity([Name(cleaner.source, page.title, TITLE)], targets)


def _redirects(tables: _TableReader, source: str, known: _Known) -> Iterator[Entity]:
    """Titles that lead to articles with links, each as a thing of its own."""
    pages = tables.pages()
    page = next(pages, None)
    for number, title in tables.redirects():
        while page is not None and page.number < number:
            page = next(pages, None)
        if page is None:
            return
        if page.number != number or page.title.casefold() == title.casefold():
            continue
        if targets := known.find(title):
            yield Entity([Name(source, page.title, ALIAS)], targets)


class _Known:
    """The links of articles by title, in a temporary file: those of a large Wikipedia do not fit into memory."""

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
    """A page that is an article, a category, or leads to another one."""

    number: int
    title: str
    is_redirect: bool


class _TableReader:
    """The rows of the tables.

    Parameters
    ----------
    files : mapping of str to Path
        Table -> file.
    progress : callable
        Is told how many bytes were read.
    strict : bool
        Whether damage is an error.
    """

    def __init__(self, files: Mapping[str, Path], progress: Callable[[int], Any], strict: bool) -> None:
        self._files = files
        self._progress = progress
        self._strict = strict
        self._told: set[str] = set()
        self.skipped: Counter[str] = Counter()

    def pages(self) -> Iterator[_Page]:
        wanted = (b"page_id", b"page_namespace", b"page_title", b"page_is_redirect")
        for number, namespace, raw, redirects in self._in_order("page", self._rows("page", wanted)):
            if namespace in _NAMESPACES and (title := self._text(raw)):
                yield _Page(int(number), _NAMESPACES[namespace] + title, redirects == b"1")

    def redirects(self) -> Iterator[tuple[int, str]]:
        """Number of the page, and title of the article that it leads to."""
        wanted = (b"rd_from", b"rd_namespace", b"rd_title", b"rd_interwiki")
        for number, namespace, raw, wiki in self._in_order("redirect", self._rows("redirect", wanted)):
            if namespace in _NAMESPACES and wiki in (b"''", b"NULL") and (title := self._text(raw)):
                yield int(number), _NAMESPACES[namespace] + title

    def disambiguations(self) -> Iterator[int]:
        """Numbers of the pages that only tell names apart."""
        if "page_props" in self._files:
            rows = self._rows("page_props", (b"pp_page", b"pp_propname"))
            for number, name in self._in_order("page_props", rows):
                if name == b"'disambiguation'":
                    yield int(number)

    def links(self, languages: Iterable[str]) -> Iterator[tuple[int, str, str]]:
        """Number of a page, language and title of a page that it is linked to."""
        of_prefix = {prefix_of(language).encode(): language for language in languages}
        prefixes = b"|".join(map(re.escape, of_prefix))
        # Nothing within a string looks like this: there quotes are escaped, or come in twos.
        row = re.compile(rb"\((\d+),'(%b)',(%b)\)" % (prefixes, _STRING))
        found = (row.findall(rows) for _, rows, _ in self._statements("langlinks"))
        for number, prefix, raw in self._in_order("langlinks", chain.from_iterable(found)):
            if title := self._text(raw):
                yield int(number), of_prefix[prefix], title

    def _in_order(self, table: str, rows: Iterable[tuple[bytes, ...]]) -> Iterator[Any]:
        before = 0
        for row in rows:
            number = int(row[0])
            if number < before:
                raise LexiconError(
                    f"{self._files[table]}: the rows of table {table} are not in the order of its key: page {number} "
                    f"comes after {before}; dump it with mysqldump --order-by-primary"
                )
            before = number
            yield row

    def _rows(self, table: str, wanted: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
        """The wanted columns of each row, as SQL has them; `wanted` is in the order of the table."""
        for line, statement, columns in self._statements(table):
            row = _row_pattern(columns, wanted)
            if row is None:
                raise LexiconError(
                    f"{self._files[table]}: table {table} has the columns {_listed(columns)}; needed are "
                    f"{_listed(wanted)}, in this order"
                )
            at = statement.index(b"(", statement.index(b" VALUES "))
            while found := row.match(statement, at):
                yield found.groups()
                at = found.end() + 1
            if statement[at - 1 :].strip() != b";":
                self._broken(table, line, statement[at : at + _SHOWN])

    def _statements(self, table: str) -> Iterator[tuple[int, bytes, tuple[bytes, ...]]]:
        """Yield line, text and columns of each INSERT statement of a table."""
        number, created = 0, b""
        columns: list[bytes] = []
        try:
            for block in Span(self._files[table], 0, 1 << 62).blocks():
                self._progress(block.packed)
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
            self._tell(damage, f"{damage}; what comes before is kept", DAMAGED)

    def _broken(self, table: str, line: int, row: bytes) -> None:
        """Tell of a row that is none, and with it of all others of its statement."""
        message = f"{self._files[table]}:{line}: broken row of table {table}: {row.decode(errors='replace')!r}"
        error = LexiconError(f"{message}; get the dump again, or do without strict")
        self._tell(error, f"{message}; the rest of the statement is left out", "broken statement")

    def _tell(self, error: LexiconError, message: str, reason: str) -> None:
        """Raise an error if strict, else count it and warn; once, though tables are read more than once."""
        if self._strict:
            raise error
        if message not in self._told:
            self._told.add(message)
            self.skipped[reason] += 1
            warnings.warn(message, TitlesWarning, stacklevel=2)

    def _text(self, literal: bytes) -> str:
        """What a string of SQL stands for; empty if it is no UTF-8."""
        text = literal[literal.index(b"'") + 1 : -1]
        if b"\\" in text or b"''" in text:
            text = _ESCAPED.sub(_unescaped, text)
        try:
            return text.decode()
        except UnicodeDecodeError:
            self.skipped["no UTF-8"] += 1
            return ""


def _unescaped(found: re.Match[bytes]) -> bytes:
    """See https://dev.mysql.com/doc/refman/8.4/en/string-literals.html, table 11.1."""
    return b"'" if found[1] is None else _ESCAPES.get(found[1], found[1])


def _row_pattern(columns: tuple[bytes, ...], wanted: tuple[bytes, ...]) -> re.Pattern[bytes] | None:
    """Matches a whole row, with a group for each wanted column; None if the table has no such columns."""
    places = [columns.index(name) for name in wanted if name in columns]
    if len(places) < len(wanted) or places != sorted(places):
        return None
    values = [b"(%b)" % _VALUE if place in places else _VALUE for place in range(places[-1] + 1)]
    return re.compile(rb"\(" + b",".join(values) + _REST)


def _listed(columns: Iterable[bytes]) -> str:
    return b", ".join(columns).decode()


def _tables(paths: Iterable[Path]) -> dict[str, Path]:
    """The file of each table. Files of several tables are looked through if the beginnings do not name those needed."""
    files: dict[str, Path] = {}
    for look in (_begun, _created):
        for path in paths:
            for name in look(path):
                if files.setdefault(name, path) != path:
                    raise LexiconError(f"{path} has the table {name}, and so has {files[name]}; pass one of them")
        if files.keys() >= set(_NEEDED):
            break
    return files


def _begun(path: Path) -> list[str]:
    """The tables that the beginning of a file creates."""
    return _names(beginning(path, _HEAD))


def _created(path: Path) -> Iterator[str]:
    """The tables that a file creates."""
    with suppress(DamageError):  # told when it is read
        for block in Span(path, 0, 1 << 62).blocks():
            yield from _names(block.lines)


def _names(lines: bytes) -> list[str]:
    return [name for found in _CREATE.finditer(lines) if (name := found[1].decode()) in _TABLES]
