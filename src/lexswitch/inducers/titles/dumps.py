"""Opens dumps of any kind, detected from their content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import LexiconError
from .dump_kinds import kind_of
from .linguatools import LinguatoolsTitles
from .sql_dump import SqlDump
from .title_source import TitleSource
from .wikidata_dump import WikidataDump


def open_dump(paths: Sequence[str | Path], workers: int = 1) -> TitleSource:
    """Open a dump: `WikidataDump`, `SqlDump` or `LinguatoolsTitles`.

    Parameters
    ----------
    paths : sequence of str or Path
        One file of Wikidata; the tables of one Wikipedia; or files of parallel titles.
    workers : int, default 1
        Number of processes; only a `WikidataDump` can use more than one.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If the files are of other kinds, or of several kinds.
    """
    if not paths:
        raise LexiconError("paths is empty; pass the files of a dump")
    kinds = {str(path): kind_of(Path(path)) for path in paths}
    found = set(kinds.values())
    if found == {"JSON"} and len(paths) == 1:
        return WikidataDump(paths[0], workers)
    if workers != 1:
        raise LexiconError(f"workers is {workers}, but only a JSON dump can be read by several; leave it out")
    if found == {"SQL"}:
        return SqlDump(*paths)
    if found == {"XML"}:
        return LinguatoolsTitles(*paths)
    listed = ", ".join(f"{path} is {kind}" for path, kind in kinds.items())
    raise LexiconError(
        f"{listed}; pass one JSON dump of Wikidata, or SQL dumps of the tables page and langlinks, or XML of the "
        "Wikipedia Parallel Titles Corpora"
    )
