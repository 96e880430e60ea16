"""Methods that lexswitch is compared with, for reading a file of pairs and for keeping pairs and looking up terms.

All get the same pairs and terms. Terms are in lower case, and all methods fold the case of what they look up. Only
lexswitch validates and normalises its input (NFC, blanks, hyphens), drops repeated pairs and stores weights.
"""

from __future__ import annotations

import csv
import pickle
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.freedict import Pair
from benchmarks.lexicons.data import read_file
from lexswitch import Lexicon

Lists = dict[str, list[str]]

# -- methods of reading ----------------------------------------------------------------------------------------------


def bare_loop(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        for line in file:
            line.split()


def lists_loop(path: str) -> Lists:
    result: Lists = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            term, translation = line.rstrip("\n").split("\t") if "\t" in line else line.split()
            result.setdefault(term.lower(), []).append(translation)
    return result


def csv_loop(path: str) -> Lists:
    result: Lists = {}
    with open(path, encoding="utf-8", newline="") as file:
        delimiter = "\t" if "\t" in file.readline() else " "
        file.seek(0)
        for term, translation in csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE):
            result.setdefault(term.lower(), []).append(translation)
    return result


def pandas_frame(path: str) -> Any:
    import pandas

    with open(path, encoding="utf-8") as file:
        delimiter = "\t" if "\t" in file.readline() else " "
    options: dict[str, Any] = {"header": None, "quoting": csv.QUOTE_NONE, "keep_default_na": False}
    frame = pandas.read_csv(path, sep=delimiter, names=["term", "translation"], **options)
    frame["term"] = frame["term"].str.lower()
    return frame


def lexswitch_read(path: str) -> Lexicon:
    return Lexicon.read(path, "en", "de", progress=False)


READERS: dict[str, Callable[[str], Any]] = {
    "bare loop, line.split()": bare_loop,
    "loop into a dict of lists": lists_loop,
    "csv into a dict of lists": csv_loop,
    "pandas.read_csv": pandas_frame,
    "lexswitch": lexswitch_read,
}
BARE, OURS = "bare loop, line.split()", "lexswitch"


# -- methods of keeping -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keeper:
    """A method of keeping pairs on disk and looking up terms.

    Parameters
    ----------
    build
        Makes what `save` writes from pairs in memory; None if writing is building.
    save
        Writes it to a path.
    open
        Opens it.
    find
        Returns the translations of a term, or None.
    """

    build: Callable[[list[Pair]], Any] | None
    save: Callable[[Any, str], Any]
    open: Callable[[str], Any]
    find: Callable[[Any, str], Sequence[str] | None]


def _lists(pairs: list[Pair]) -> Lists:
    result: Lists = {}
    for term, translation in pairs:
        result.setdefault(term.lower(), []).append(translation)
    return result


def _find_list(lists: Lists, term: str) -> list[str] | None:
    return lists.get(term.lower())


def _save_text(lists: Lists, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{term}\t{translation}\n" for term, listed in lists.items() for translation in listed)


def _pickle(lists: Lists, path: str) -> None:
    with open(path, "wb") as file:
        pickle.dump(lists, file, protocol=pickle.HIGHEST_PROTOCOL)


def _unpickle(path: str) -> Lists:
    with open(path, "rb") as file:
        return pickle.load(file)  # noqa: S301  # our own, written a moment ago


def _save_sqlite(pairs: list[Pair], path: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE pairs (term TEXT, translation TEXT)")
    connection.executemany("INSERT INTO pairs VALUES (?, ?)", ((term.lower(), other) for term, other in pairs))
    connection.execute("CREATE INDEX by_term ON pairs (term)")
    connection.commit()
    connection.close()


def _find_sqlite(connection: sqlite3.Connection, term: str) -> list[str]:
    rows = connection.execute("SELECT translation FROM pairs WHERE term = ? ORDER BY rowid", (term.lower(),))
    return [translation for (translation,) in rows]


def _save_lmdb(pairs: list[Pair], path: str) -> None:
    import lmdb

    with lmdb.open(path, map_size=1 << 32, subdir=False, lock=False) as store, store.begin(write=True) as writing:
        for term, listed in sorted(_lists(pairs).items()):
            writing.put(term.encode(), "\t".join(listed).encode())


def _open_lmdb(path: str) -> Any:
    import lmdb

    return lmdb.open(path, readonly=True, subdir=False, lock=False).begin()


def _find_lmdb(reading: Any, term: str) -> list[str] | None:
    value = reading.get(term.lower().encode())
    return None if value is None else value.decode().split("\t")


def _trie(pairs: list[Pair]) -> Any:
    import marisa_trie

    lists = _lists(pairs)
    return marisa_trie.BytesTrie((term, "\t".join(listed).encode()) for term, listed in lists.items())


def _map_trie(path: str) -> Any:
    import marisa_trie

    return marisa_trie.BytesTrie().mmap(path)


def _find_in_trie(trie: Any, term: str) -> list[str] | None:
    values = trie.get(term.lower())
    return None if values is None else values[0].decode().split("\t")


def _find_candidates(lexicon: Lexicon, term: str) -> list[str] | None:
    found = lexicon.get(term)
    return None if found is None else [candidate.translation for candidate in found["de"]]


def _lexicon(pairs: list[Pair]) -> Lexicon:
    return Lexicon.from_pairs({"de": pairs})


def _load_unverified(path: str) -> Lexicon:
    return Lexicon.load(path, verify=False)


DICT, PICKLE = "dict of lists, from its text file", "pickled dict of lists"
UNVERIFIED = "lexswitch, verify=False"
KEEPERS: dict[str, Keeper] = {
    OURS: Keeper(_lexicon, Lexicon.save, Lexicon.load, _find_candidates),
    UNVERIFIED: Keeper(_lexicon, Lexicon.save, _load_unverified, _find_candidates),
    DICT: Keeper(_lists, _save_text, lists_loop, _find_list),
    PICKLE: Keeper(_lists, _pickle, _unpickle, _find_list),
    "sqlite3, indexed table": Keeper(None, _save_sqlite, sqlite3.connect, _find_sqlite),
    "lmdb": Keeper(None, _save_lmdb, _open_lmdb, _find_lmdb),
    "marisa-trie, mapped": Keeper(_trie, lambda trie, path: trie.save(path), _map_trie, _find_in_trie),
}


def make(keeper: str, pairs_file: str, path: str) -> None:
    """Write a file of pairs with a keeper."""
    chosen, pairs = KEEPERS[keeper], read_file(pairs_file)
    chosen.save(pairs if chosen.build is None else chosen.build(pairs), path)


def disk_bytes(path: str) -> int:
    """Return the size of a file, or of all files of a folder."""
    where = Path(path)
    return sum(file.stat().st_size for file in (where.iterdir() if where.is_dir() else [where]))
