"""The measurements. Each function runs in a separate process and returns a row."""

from __future__ import annotations

import gzip
import json
import time
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.common.memory import measured
from benchmarks.common.processes import Row
from benchmarks.titles import dumps, world
from lexswitch import Lexicon
from lexswitch.inducers.titles import SqlDump, TitleInducer, TitleSource, WikidataDump

_READ = 1 << 18


def unpack(paths: list[Path]) -> int:
    """Decompress with zlib alone; return the number of bytes."""
    size = 0
    for path in paths:
        with path.open("rb") as file:
            unpacker, data = zlib.decompressobj(31), file.read(_READ)
            while data:
                size += len(unpacker.decompress(data))
                data = unpacker.unused_data or file.read(_READ)
                if unpacker.eof:
                    unpacker = zlib.decompressobj(31)
    return size


def _entities(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        for line in file:
            if len(line) > 2:
                yield line.rstrip(b",\n")


def _json(path: Path) -> int:
    return sum("enwiki" in json.loads(line)["sitelinks"] for line in _entities(path))


def _orjson(path: Path) -> int:
    import orjson

    return sum("enwiki" in orjson.loads(line)["sitelinks"] for line in _entities(path))


def _qwikidata(path: Path) -> int:
    from qwikidata.json_dump import WikidataJsonDump

    return sum("enwiki" in entity["sitelinks"] for entity in WikidataJsonDump(str(path)))


def induce(source: TitleSource, alternatives: bool = True) -> Lexicon:
    """Return the lexicon of a source."""
    return TitleInducer(source, world.TARGETS, alternatives=alternatives).induce(progress=False)


_JSON: dict[str, Callable[[Path], Any]] = {
    "zlib alone": lambda path: unpack([path]),
    "lexswitch": lambda path: induce(WikidataDump(path)),
    "lexswitch, 2 processes": lambda path: induce(WikidataDump(path, workers=2)),
    "lexswitch, titles only": lambda path: induce(WikidataDump(path), alternatives=False),
    "json.loads": _json,
    "orjson.loads": _orjson,
    "qwikidata": _qwikidata,
}
"""Methods of reading the JSON dump. Those of other libraries only count items with an article."""


def _mwsql(path: Path) -> int:
    from mwsql import Dump

    return sum(row[1] in world.TARGETS for row in Dump.from_file(str(path)))


_SQL: dict[str, Callable[[list[Path]], Any]] = {
    "zlib alone": unpack,
    "lexswitch": lambda paths: induce(SqlDump(*paths)),
    "mwsql": lambda paths: [_mwsql(path) for path in paths],
}
"""Methods of reading page and langlinks. mwsql only reads every row."""


def json_methods() -> list[str]:
    return list(_JSON)


def sql_methods() -> list[str]:
    return list(_SQL)


def read_json(count: int, method: str) -> Row:
    """Measure one reading of a JSON dump."""
    path = dumps.wikidata(count)
    found, cost = _timed(lambda: _JSON[method](path))
    return {"method": method, "count": count, "compressed": path.stat().st_size, **cost, **_size_of(found)}


def read_sql(count: int, method: str) -> Row:
    """Measure one reading of SQL dumps."""
    paths = dumps.sql(count)[:2]
    found, cost = _timed(lambda: _SQL[method](paths))
    return {
        "method": method,
        "count": count,
        "compressed": sum(path.stat().st_size for path in paths),
        **cost,
        **_size_of(found),
    }


def _timed(call: Callable[[], Any]) -> tuple[Any, Row]:
    warnings.simplefilter("ignore")  # mwsql uses deprecated functions
    start = time.process_time()
    found, cost = measured(call)
    return found, {**cost, "cpu_seconds": round(time.process_time() - start, 2)}


def _size_of(found: Any) -> Row:
    if isinstance(found, Lexicon):
        return {"terms": len(found), "pairs": found.num_pairs, "signature": found.signature}
    return {"bytes": found} if isinstance(found, int) and found > 10**7 else {}


def memory(count: int, kind: str) -> Row:
    """Measure the peak memory of reading a dump, without and with the lexicon."""
    source = WikidataDump(dumps.wikidata(count)) if kind == "JSON" else SqlDump(*dumps.sql(count))
    cleaner = TitleInducer(source, world.TARGETS).cleaner
    _, reading = measured(lambda: sum(len(part.pairs.rows) for part in source.read(cleaner, progress=False)))
    lexicon, whole = measured(lambda: induce(source))
    size = sum(array.nbytes for array in lexicon.columns.arrays().values())
    return {
        "kind": kind,
        "count": count,
        "reading_mb": reading["mb"],
        "whole_mb": whole["mb"],
        "lexicon_mb": round(size / 1e6, 1),
        "pairs": lexicon.num_pairs,
    }
