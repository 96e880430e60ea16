"""The Wikipedia Parallel Titles Corpora of linguatools (2014), as used in the paper: one XML file for two languages.

See https://linguatools.org/tools/corpora/wikipedia-parallel-titles-corpora/. Each element ``translation`` has an
``entry`` with the title in each language, and may have ``redirects``, ``textlinks`` and ``categories`` of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from ..._io.progress import progress_bar
from ...errors import LexiconError
from .cleaning import Cleaner
from .compressed import Span
from .dump_kinds import check_kind
from .entity import ALIAS, TITLE, Entity, Name
from .title_source import DamageError, Faults, Part, describe_files, in_parts

_END = b"</translation>"
_ENTRY = re.compile(rb'<entry lang="([a-z-]+)">([^<]*)</entry>')
_REDIRECTS = re.compile(rb'<redirects lang="([a-z-]+)">(.*?)</redirects>', re.DOTALL)
_REDIRECT = re.compile(rb"<redirect>([^<]*)</redirect>")
_BROKEN = "broken translation"


class LinguatoolsTitles:
    """Files of the Wikipedia Parallel Titles Corpora, such as ``wikititles-2014_deen.xml.bz2``.

    Each file serves both directions. Redirects of the source language are further names of an entity.

    Parameters
    ----------
    *paths : str or Path
        Files, compressed or not.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If a file is not XML of this kind.
    """

    def __init__(self, *paths: str | Path) -> None:
        self.paths = tuple(map(Path, paths))
        for path in self.paths:
            check_kind(path, "XML", "a file of the Wikipedia Parallel Titles Corpora")

    @property
    def record(self) -> dict[str, Any]:
        return {
            "name": "Wikipedia Parallel Titles Corpora",
            "licence": "CC BY-SA 3.0",
            "date": "2014",
            "files": describe_files(self.paths),
        }

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """See `TitleSource`."""
        faults = Faults(strict)
        with progress_bar(sum(path.stat().st_size for path in self.paths), "titles", "B", progress) as bar:
            entities = (
                entity for path in self.paths for entity in _TitlesFile(path, faults).entities(cleaner, bar.update)
            )
            yield from in_parts(entities, faults.skipped, cleaner, position)


class _TitlesFile:
    """Reads one file."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self._path = path
        self._faults = faults
        self._languages: set[str] = set()

    def entities(self, cleaner: Cleaner, progress: Callable[[int], Any]) -> Iterator[Entity]:
        """Yield the titles of the source language that have one in a target language."""
        found = False
        for translation in self._translations(progress):
            entries = {code.decode(): self._text(text) for code, text in _ENTRY.findall(translation)}
            self._languages.update(entries)
            targets = [Name(code, text, TITLE) for code, text in entries.items() if code in cleaner.languages and text]
            if not targets or not entries.get(cleaner.source):
                continue
            found = True
            sources = [Name(cleaner.source, entries[cleaner.source], TITLE)]
            for code, redirects in _REDIRECTS.findall(translation) if cleaner.alternatives else ():
                if code.decode() == cleaner.source:
                    texts = map(self._text, _REDIRECT.findall(redirects))
                    sources += [Name(cleaner.source, text, ALIAS) for text in texts if text]
            yield Entity(sources, targets)
        if not found:
            raise LexiconError(
                f"{self._path} has titles in {sorted(self._languages) or 'no language'}, none of {cleaner.source!r} "
                f"with one of {list(cleaner.languages)}; pass a file of these languages"
            )

    def _translations(self, progress: Callable[[int], Any]) -> Iterator[bytes]:
        """Yield the content of the translation elements."""
        rest, line = b"", 1
        try:
            for block in Span(self._path, 0, 1 << 62).blocks():
                progress(block.consumed)
                *whole, rest = (rest + block.lines).split(_END)
                for translation in whole:
                    if translation.count(b"<translation ") != 1:
                        self._report(_line(line, translation), translation)
                    else:
                        yield translation
                    line += translation.count(b"\n")
        except DamageError as damage:
            self._faults.report_damage(damage)
        else:
            if b"<translation " in rest:
                location = f"{self._path}:{_line(line, rest)}"
                self._faults.report_damage(DamageError(f"{location}: the file ends within a translation; get it again"))

    def _report(self, line: int, translation: bytes) -> None:
        """Report the first broken translation; only count the others."""
        if self._faults.skipped[_BROKEN]:
            self._faults.skipped[_BROKEN] += 1
            return
        shown = translation.strip()[:60].decode(errors="replace")
        message = f"{self._path}:{line}: broken translation: {shown!r}"
        self._faults.report(_BROKEN, message, "it is left out", "get the file again")

    def _text(self, raw: bytes) -> str:
        """Return the text of XML character data; empty if it is not UTF-8."""
        return unescape(self._faults.decode(raw)).strip()


def _line(line: int, data: bytes) -> int:
    """Return the line number of the first element in data that begins at a line."""
    return line + data[: data.find(b"<")].count(b"\n")
