"""The indexes of a saved lexicon: mapped instead of built, and built again if they cannot be used."""

from __future__ import annotations

import json
import logging
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, RegexTokenizer, WordTokenizer
from lexswitch.engine.indexing import IndexArrays
from lexswitch.engine.matching import TermIndex
from lexswitch.lexicon import column_files, saved_indexes
from lexswitch.text.inflection import english_forms

from ..engines import ENGINES, engine
from ..strategies import pair_tables, vocabularies

PAIRS: dict[str, list[Any]] = {
    "de": [
        ("house", "Haus"),
        ("credit card", "Kreditkarte"),
        ("card", "Karte"),
        ("internationalisation of a door", "x"),
    ],
    "ru": [("house", "дом", 2.0), ("house", "здание", 3.0), ("credit-card", "карта"), ("small door", "дверь")],
}
LEXICON = Lexicon.from_pairs(PAIRS)
TEXTS = ["Houses, a credit card and CREDIT-CARDS", "the internationalisation of a door", "small doors", "a cat"]
NAMES = ["bases", "edges", "filter", "forms", "further", "places", "records", "terms", "words"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved lexicon, to be copied."""
    path = tmp_path_factory.mktemp("lexicon") / "saved"
    Lexicon.from_pairs(PAIRS).save(path)
    return path


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A saved lexicon that was not in use."""
    shutil.copytree(saved, tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The maximum numbers of words of all indexes that are built."""
    calls: list[int] = []
    build = TermIndex.build

    def counted(terms: Any, words: Any, max_words: int, *others: Any) -> TermIndex:
        calls.append(max_words)
        return build(terms, words, max_words, *others)

    monkeypatch.setattr(TermIndex, "build", counted)
    return calls


def index_file(folder: Path) -> Path:
    """The file of the index, whose name has its hash."""
    (path,) = folder.glob("index-*.npy")
    return path


def switched(lexicon: Lexicon, **options: Any) -> list[str]:
    """The texts, switched with two sets of options."""
    return CodeSwitcher(lexicon, p=1, **options).apply(TEXTS) + CodeSwitcher(lexicon, **options).apply(TEXTS)


# -- in use ------------------------------------------------------------------------------------------------------------


def test_index_is_mapped(folder: Path, built: list[int]) -> None:
    """A loaded lexicon builds no index for default options, with both engines; the arrays are those of the files."""
    for name in ENGINES:
        with engine(name):
            assert switched(Lexicon.load(folder)) == switched(LEXICON)
    assert built == [3] * built.count(3)
    built.clear()
    index = Lexicon.load(folder).index(WordTokenizer(), 3, english_forms)
    assert built == []
    for array in index.arrays:
        if isinstance(array, np.ndarray):
            assert isinstance(array.base, np.memmap) or isinstance(array.base.base, np.memmap)  # type: ignore[union-attr]
            assert not array.flags.writeable
            assert array.ctypes.data % 64 == 0
    assert index.vocabulary.table.slots.nbytes <= index_file(folder).stat().st_size


@given(vocabularies().flatmap(pair_tables))
def test_mapped_indexes_equal_built_ones(tmp_path_factory: pytest.TempPathFactory, pairs: Any) -> None:
    """The arrays of a mapped index are those that are built from the same lexicon."""
    lexicon = Lexicon.from_pairs(pairs)
    path = tmp_path_factory.mktemp("lexicon") / "saved"
    lexicon.save(path)
    index, own = (one.index(WordTokenizer(), 3, english_forms).arrays for one in (Lexicon.load(path), lexicon))
    for name, array in own._asdict().items():
        assert np.array_equal(getattr(index, name), array), name


@pytest.mark.parametrize(
    "options",
    [
        {"languages": ["ru"]},
        {"languages": ["de"], "max_words": 1},
        {"skip": ["house", "cards"]},
        {"draw_language": "text"},
        {"languages": {"de": 3, "ru": 1}, "candidates": "weighted"},
        {"forms": None},
        {"tokenizer": CharacterTokenizer()},
        {"missing": "keep", "p": {"de": 0.3, "ru": 0.9}},
        {"runs": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ENGINES)
def test_options_select_from_the_mapped_index(name: str, folder: Path, options: dict[str, Any]) -> None:
    """A lexicon with a mapped index gives the same results as the one that was saved, whatever the options."""
    with engine(name):
        results = [CodeSwitcher(one, **{"p": 1, **options}).trace(TEXTS) for one in (Lexicon.load(folder), LEXICON)]
    assert results[0].texts == results[1].texts
    assert results[0].switches.term.tolist() == results[1].switches.term.tolist()


def test_indexes_in_use_are_saved(folder: Path, built: list[int]) -> None:
    """Saving keeps the indexes that switchers built, but none of code that may change; saving a copy keeps all."""
    lexicon = Lexicon.from_pairs(PAIRS)
    for options in ({"max_words": 1}, {"tokenizer": CharacterTokenizer(), "max_words": 8}, {"forms": None}):
        switched(lexicon, **options)
    switched(lexicon, tokenizer=RegexTokenizer(r"\w+"))
    switched(lexicon, forms=plurals)
    lexicon.save(folder)
    built.clear()
    loaded = Lexicon.load(folder)
    for options in ({"max_words": 1}, {"tokenizer": CharacterTokenizer(), "max_words": 8}, {"forms": None}, {}):
        assert switched(loaded, **options) == switched(lexicon, **options)
    loaded.save(folder.with_name("copy"))
    assert built == []
    assert len(json.loads((folder / "lexicon.json").read_text())["indexes"]) == 4
    assert [file.name for file in sorted(folder.iterdir())] == [
        file.name for file in sorted(folder.with_name("copy").iterdir())
    ]


def plurals(word: str) -> list[str]:
    """A function of inflected forms."""
    return [word + "s"]


def test_save_keeps_equal_files(folder: Path) -> None:
    """Saving a loaded lexicon over itself writes no array again, and leaves the same files."""
    before = {file: file.stat().st_mtime_ns for file in folder.glob("*.npy")}
    Lexicon.load(folder).save(folder)
    assert {file: file.stat().st_mtime_ns for file in folder.glob("*.npy")} == before


def test_index_is_no_part_of_the_content(folder: Path) -> None:
    """The hash of a lexicon with an index is that of the lexicon without."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    (folder / "lexicon.json").write_text(json.dumps({**metadata, "indexes": []}))
    without = Lexicon.load(folder)
    assert without.content_hash == LEXICON.content_hash == metadata["content_hash"]
    assert CodeSwitcher(without).signature == CodeSwitcher(LEXICON).signature


def test_workers_map_the_index(folder: Path, built: list[int]) -> None:
    """A pickled lexicon maps the index again."""
    copied = pickle.loads(pickle.dumps(Lexicon.load(folder)))
    built.clear()
    assert CodeSwitcher(copied, p=1).apply(["a house"])
    assert built == []


# -- folders without a usable index ------------------------------------------------------------------------------------


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """The debug lines of indexes."""
    caplog.set_level(logging.DEBUG, "lexswitch.lexicon.indexes")
    return lambda: "".join(record.getMessage() + "\n" for record in caplog.records)


def check_built(folder: Path, built: list[int], log: Callable[[], str], message: str, verify: bool = True) -> None:
    """Check that an index is built, that one line says why, and that nothing is written."""
    files, expected = {file: file.stat().st_mtime_ns for file in folder.iterdir()}, switched(LEXICON)
    built.clear()
    assert switched(Lexicon.load(folder, verify)) == expected
    assert 3 in built
    assert message in log()
    assert log().count("the index is built in memory") == 1
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == files


def test_old_folders(folder: Path, built: list[int], log: Callable[[], str]) -> None:
    """A folder of an earlier version, without indexes, is loaded; saving adds the index."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    del metadata["indexes"]
    (folder / "lexicon.json").write_text(json.dumps(metadata))
    index_file(folder).unlink()
    check_built(folder, built, log, "has no index 'lexswitch:")
    Lexicon.load(folder).save(folder)
    built.clear()
    assert switched(Lexicon.load(folder)) == switched(LEXICON)
    assert built == []


def test_changed_byte_is_found(folder: Path, built: list[int], log: Callable[[], str]) -> None:
    """One changed bit in the index: it is built."""
    path = index_file(folder)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    check_built(folder, built, log, f"{path} was changed: its SHA-256 does not match")


@pytest.mark.parametrize("bad", ["short", "empty", "text", "missing"])
@pytest.mark.parametrize("verify", [True, False])
def test_damaged_files_are_found(
    bad: str, verify: bool, folder: Path, built: list[int], log: Callable[[], str]
) -> None:
    """A file that is too short, empty, no array or missing: the index is built, even when nothing is verified."""
    path = index_file(folder)
    content = path.read_bytes()
    if bad == "missing":
        path.unlink()
    else:
        path.write_bytes({"short": content[:-1], "empty": b"", "text": b"not an array at all"}[bad])
    check_built(folder, built, log, f"{path} is {'missing' if bad == 'missing' else 'damaged'}", verify)


@pytest.mark.parametrize(
    "indexes",
    [
        None,
        7,
        [7],
        [{}],
        [{"signature": None}],
        [{"sha256": "../" * 22}],
        [{"lengths": {}}],
        [{"lengths": dict.fromkeys(NAMES, -1)}],
        [{"lengths": dict.fromkeys(NAMES, 2.5)}],
        [{"salt": -1}],
        [{"salt": 2**64}],
        [{"size": 2**70}],
        [{"level_starts": []}],
        [{"level_starts": [True]}],
        [{"salt": "0"}],
        [{"size": None}],
    ],
    ids=str,
)
def test_changed_entries_are_found(indexes: Any, folder: Path, built: list[int], log: Callable[[], str]) -> None:
    """Entries of indexes that are not sound are ignored."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    if isinstance(indexes, list) and indexes[0] != 7:
        (entry,) = metadata["indexes"]
        indexes = [entry | indexes[0]] if indexes[0] else indexes
    (folder / "lexicon.json").write_text(json.dumps({**metadata, "indexes": indexes}))
    check_built(folder, built, log, "has no index")


def test_entries_without_a_name(folder: Path, built: list[int], log: Callable[[], str]) -> None:
    """An entry that lacks its signature is ignored."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    del metadata["indexes"][0]["signature"]
    (folder / "lexicon.json").write_text(json.dumps(metadata))
    check_built(folder, built, log, "has no index")


def full(table: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A table without a free slot."""
    return np.maximum(table, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: {"words": full(arrays.words)},
        lambda arrays: {"edges": full(arrays.edges)},
        lambda arrays: {"words": arrays.words[:-2]},
        lambda arrays: {"words": arrays.words[:1]},
        lambda arrays: {"edges": np.append(arrays.edges, arrays.edges[:2])},
        lambda arrays: {"records": arrays.records[:-1]},
        lambda arrays: {"records": arrays.records[:4]},
        lambda arrays: {"forms": arrays.forms[:8]},
        lambda arrays: {"bases": arrays.bases[:-1]},
        lambda arrays: {"filter": np.append(arrays.filter, [*arrays.filter, 1])},
        lambda arrays: {"filter": arrays.filter[:0]},
        lambda arrays: {"terms": arrays.terms[:-1]},
        lambda arrays: {"further": arrays.further[:0]},
        lambda arrays: {"longest": 2**40},
        lambda arrays: {"size": 0},
        lambda arrays: {"size": 2**40},
        lambda arrays: {"level_starts": (3, 2)},
        lambda arrays: {"level_starts": (10**9,)},
    ],
)
@pytest.mark.parametrize("verify", [True, False])
def test_wrong_structure_is_found(
    change: Callable[[IndexArrays], dict[str, Any]],
    verify: bool,
    folder: Path,
    built: list[int],
    log: Callable[[], str],
) -> None:
    """Arrays that do not fit together: the index is built, though all hashes are right."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    arrays = Lexicon.load(folder).index(WordTokenizer(), 3, english_forms).arrays
    crafted = saved_indexes.describe(metadata["indexes"][0]["signature"], arrays._replace(**change(arrays)))
    column_files.write_column(folder, saved_indexes.FILE, crafted.hashes, crafted.data)
    (folder / "lexicon.json").write_text(json.dumps({**metadata, "indexes": [crafted.entry]}))
    check_built(folder, built, log, f"{folder}: the index has a", verify)


@pytest.mark.parametrize(
    "change", [{"lengths": dict.fromkeys(NAMES, 2**50)}, {"lengths": dict.fromkeys(NAMES, 0)}], ids=str
)
def test_wrong_lengths_are_found(
    change: dict[str, Any], folder: Path, built: list[int], log: Callable[[], str]
) -> None:
    """Lengths that do not fit the file: the index is built."""
    metadata = json.loads((folder / "lexicon.json").read_text())
    metadata["indexes"][0].update(change)
    (folder / "lexicon.json").write_text(json.dumps(metadata))
    check_built(folder, built, log, f"{folder}: the index does not have the size of its arrays")


_BAD = (0, 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("array", NAMES)
def test_crafted_numbers_do_no_harm(name: str, array: str) -> None:
    """Numbers that point anywhere give other results or an error, and never a crash."""
    key = (WordTokenizer(), 3, english_forms)
    index, kept = LEXICON.index(*key), 0
    for bad in _BAD[::2] if name == "numpy" else _BAD:
        for part in (slice(None), slice(1, None, 2), slice(0, None, 2), slice(-1, None)):
            changed = getattr(index.arrays, array).copy()
            unsigned = np.dtype(f"u{changed.itemsize}")
            used = changed[part] != 0  # free slots stay free
            changed.view(unsigned)[part][used] = unsigned.type(bad & int(np.iinfo(unsigned).max))
            lexicon = Lexicon.from_pairs(PAIRS)
            arrays = index.arrays._replace(**{array: changed})
            lexicon._indexes._known[key] = TermIndex(lexicon.columns.terms.buffer, arrays)
            with engine(name):
                for options in ({}, {"languages": ["ru"]}):
                    switcher = CodeSwitcher(lexicon, p=1, **options)  # type: ignore[arg-type]
                    for call in (switcher.apply, switcher.trace):
                        try:
                            call(TEXTS * 9)
                            kept += 1
                        except (IndexError, ValueError):
                            pass
    assert kept


# -- several processes -------------------------------------------------------------------------------------------------

_USE = """
import logging, sys
from lexswitch import CodeSwitcher, Lexicon
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
path, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    lexicon = Lexicon.load(path)
    (text,) = CodeSwitcher(lexicon, p=1).apply(["term7"])
    assert text == lexicon["term7"]["de"][0].translation, text
print("done")
"""


@pytest.mark.slow
def test_loads_while_another_process_saves(tmp_path: Path) -> None:
    """Processes that load a lexicon while others replace it use the old one or the new one, each with its own index."""
    path = tmp_path / "saved"
    lexicons = [
        Lexicon.from_pairs({"de": [(f"term{row}", f"{name}{row}") for row in range(size)]})
        for name, size in (("old", 300), ("new", 500))
    ]
    lexicons[0].save(path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _USE, str(path), "40"]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    while any(process.poll() is None for process in running):
        for lexicon in lexicons:
            lexicon.save(path)
    for process in running:
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        assert output.endswith("done\n")
