"""Lexicon: making, looking up, algebra, saving and loading."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Candidate, CharacterTokenizer, CodeSwitcher, Lexicon, LexiconError, WordTokenizer
from lexswitch.engine.characters import scan
from lexswitch.lexicon import column_files, store

from ..reference import normalise_term, read_pairs, read_spellings
from ..strategies import LANGUAGES, pair_tables, spellings, vocabularies, weights

PAIRS: dict[str, list[Any]] = {
    "de": [("house", "Haus"), ("credit card", "Kreditkarte", 0.9), ("credit card", "Karte", 0.4), ("café", "Café")],
    "ru": [("house", "дом", 2.0), ("house", "здание", 3.0), ("state-of-the-art", "современный")],
}
LEXICON = Lexicon.from_pairs(PAIRS, provenance=[{"name": "test", "licence": "CC0-1.0"}])
tables = vocabularies().flatmap(pair_tables)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved lexicon."""
    LEXICON.save(tmp_path / "en-xx.lexicon")
    return tmp_path / "en-xx.lexicon"


# -- making and looking up ---------------------------------------------------------------------------------------------


@given(tables)
def test_from_pairs_equals_plain_dicts(pairs: dict[str, list[Any]]) -> None:
    """Terms, languages, candidates, their order and weights are those that plain dicts give; len and iteration too."""
    lexicon, expected = Lexicon.from_pairs(pairs), read_pairs(pairs)
    assert {normalise_term(term): dict(entry) for term, entry in lexicon.items()} == expected
    assert [normalise_term(term) for term in lexicon] == list(expected) == sorted(expected)
    spellings = read_spellings(pairs, "en")
    assert len(lexicon) == len(expected)
    flat = [
        (spellings[term, language, candidate[0]], language, *candidate)
        for term, entry in expected.items()
        for language, candidates in entry.items()
        for candidate in candidates
    ]
    assert list(lexicon.pairs()) == flat
    assert lexicon.num_pairs == len(flat)
    assert lexicon.languages == tuple(sorted(pairs))


@given(st.data(), vocabularies())
def test_terms_are_found_in_other_spellings(data: st.DataObject, vocabulary: tuple[str, ...]) -> None:
    """A term is found in every case and normal form that folds to it."""
    lexicon = Lexicon.from_pairs({"de": [(word, "x") for word in vocabulary]})
    spelling = data.draw(st.sampled_from(vocabulary).flatmap(spellings))
    folded = normalise_term(spelling)
    assert (spelling in lexicon) == (folded in lexicon)
    if spelling in lexicon:
        assert lexicon[spelling] == lexicon[folded] == lexicon.get(spelling)


@pytest.mark.parametrize(
    "spelling", ["credit card", "Credit  Card", "CREDIT-CARD", "credit\ncard", "credit‑card", " credit card "]
)
def test_lookup_of_phrases(spelling: str) -> None:
    """Case, white space and hyphens of a phrase do not matter; candidates come best first."""
    assert LEXICON[spelling] == {
        "de": [Candidate("Kreditkarte", pytest.approx(0.9)), Candidate("Karte", pytest.approx(0.4))]
    }


def test_lookup_of_other_terms() -> None:
    """A term that is not there is a KeyError, and things that are no str are not in a lexicon."""
    assert "State of the Art" in LEXICON
    assert "cafe\u0301" in LEXICON
    assert "cafe" not in LEXICON
    assert 7 not in LEXICON  # type: ignore[comparison-overlap]
    assert LEXICON.get("cafe") is None
    with pytest.raises(KeyError, match="cafe"):
        LEXICON["cafe"]


def test_repr_is_short() -> None:
    """The representation names languages and sizes."""
    assert repr(LEXICON) == "<Lexicon en -> de, ru: 4 terms, 7 pairs>"


@pytest.mark.parametrize(
    ("pairs", "error", "message"),
    [
        ([("a", "b")], TypeError, "pairs is list; pass a mapping from language to pairs"),
        ({}, LexiconError, "a lexicon needs at least one pair of term and translation; none was given"),
        ({"de": []}, LexiconError, "a lexicon needs at least one pair"),
        ({"de": [("a", "b"), ("", "x")]}, LexiconError, r"pairs['de'][1] is ('', 'x'); pass (term, translation)"),
        ({"de": [("a", "  ")]}, LexiconError, "pairs['de'][0] is ('a', '  ')"),
        ({"de": [("a",)]}, LexiconError, "pairs['de'][0] is ('a',)"),
        ({"de": [("a", "b", 1, 2)]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a", None)]}, LexiconError, "pairs['de'][0] is ('a', None)"),
        ({"de": [(b"a", "b")]}, LexiconError, "pairs['de'][0]"),
        ({"de": [7]}, LexiconError, "pairs['de'][0] is 7"),
        (
            {"de": [("a", "b", 0)]},
            LexiconError,
            "is ('a', 'b', 0); its weight is 0; a weight is a number from 1e-30 to 1e30",
        ),
        ({"de": [("a", "b", -1.0)]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a", "b", float("nan"))]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a", "b", float("inf"))]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a", "b", "high")]}, LexiconError, "its weight is 'high'; a weight is a number from 1e-30 to 1e30"),
        ({"de": [("a", "b", 1.0), ("", "b", 1.0)]}, LexiconError, "weights are numbers from 1e-30 to 1e30. Correct or"),
        ({"de": [("a", "b", 1e-31)]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a", "b", 1e31)]}, LexiconError, "pairs['de'][0]"),
        ({"de": [("a\0", "b")]}, LexiconError, "no control characters"),
        ({"de": [("a", "b\x1b")]}, LexiconError, "no control characters"),
        ({"de": [("a\ud800", "b")]}, LexiconError, "pairs['de'][0]"),
        ({"d,e": [("a", "b")]}, LexiconError, "'d,e' is not a BCP 47 language code; pass a code such as 'de'"),
        ({7: [("a", "b")]}, ValueError, "7 is not a BCP 47 language code"),
    ],
)
def test_bad_pairs(pairs: Any, error: type[Exception], message: str) -> None:
    """Pairs that cannot be are refused with the place, the value and what is allowed."""
    with pytest.raises(error, match=re.escape(message)):
        Lexicon.from_pairs(pairs)


SPELLED = (
    ("el", "ρυθμικός"), ("de", "Straße"), ("de", "Hund"), ("tr", "İstanbul"), ("id", "anak-anak"),
)  # fmt: skip


@pytest.mark.parametrize(("source", "term"), SPELLED)
def test_spelling_of_terms_is_kept(tmp_path: Path, source: str, term: str) -> None:
    """Pairs, iteration, export, saving, selecting, inverting and traces all show a term as it was read."""
    lexicon = Lexicon.from_pairs({"en": [(term, "word")]}, source)
    lexicon.save(tmp_path / "saved")
    lexicon.export(tmp_path / "pairs.tsv")
    read = Lexicon.read(tmp_path / "pairs.tsv", source)
    for same in (
        lexicon,
        Lexicon.load(tmp_path / "saved"),
        read,
        lexicon.select(),
        pickle.loads(pickle.dumps(lexicon)),
    ):
        assert list(same) == [term]
        assert list(same.pairs()) == [(term, "en", "word", 1.0)]
        assert list(same.invert("en").pairs()) == [("word", source, term, 1.0)]
        assert same.content_hash == lexicon.content_hash
    assert CodeSwitcher(lexicon, p=1).trace([term]).switches[0].term == term


def test_each_pair_has_its_spelling() -> None:
    """German "essen" is to eat, and "Essen" is food; of one pair in two spellings, the better pair decides."""
    lexicon = Lexicon.from_pairs({"en": [("essen", "eat"), ("Essen", "food"), ("ESSEN", "eat", 0.5)]}, "de")
    assert list(lexicon.pairs()) == [("essen", "en", "eat", 1.0), ("Essen", "en", "food", 1.0)]
    assert list(lexicon.invert("en").pairs()) == [("eat", "de", "essen", 1.0), ("food", "de", "Essen", 1.0)]
    assert lexicon != Lexicon.from_pairs({"en": [("essen", "eat"), ("essen", "food")]}, "de")


@pytest.mark.parametrize("pair", [("x" * 10_001, "y"), ("y", "x" * 10_001), ("y", "é" * 5_001)])
def test_long_texts_are_refused(pair: tuple[str, str]) -> None:
    """A term or a translation above 10,000 bytes is refused, one of 10,000 is taken."""
    with pytest.raises(LexiconError, match="have no control characters and at most 10,000 bytes"):
        Lexicon.from_pairs({"de": [("a", "b"), pair]})
    assert len(Lexicon.from_pairs({"de": [("a", "b"), (pair[0][:5_000] * 2, pair[1][:5_000])]})) == 2


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.txt", "pairs.json"])
def test_long_texts_in_files_are_counted(tmp_path: Path, name: str) -> None:
    """A file's terms and translations above 10,000 bytes are skipped and counted by reason; `strict` raises."""
    longest, longer = "é" * 5_000, "é" * 5_001
    pairs = [("a", "b"), (longer, "b"), (longer, "c"), ("a", longer), (longest, longest)]
    lines = "".join(f"{term}\t{translation}\n" for term, translation in pairs)
    path = tmp_path / name
    path.write_text(json.dumps(pairs) if name.endswith("json") else lines, encoding="utf-8")
    lexicon = Lexicon.read(path, target="de")
    assert list(lexicon.pairs()) == [("a", "de", "b", 1.0), (longest, "de", longest, 1.0)]
    assert lexicon.provenance[0]["dropped"] == {"term too long": 2, "translation too long": 1}
    with pytest.raises(LexiconError, match="term too long"):
        Lexicon.read(path, target="de", strict=True)


# -- algebra -----------------------------------------------------------------------------------------------------------


@given(tables, tables, tables)
def test_merge_is_a_union(one: Any, two: Any, three: Any) -> None:
    """Merging has the pairs of both, of equal ones the heavier, else the earlier; it can be repeated and grouped."""
    first, second, third = map(Lexicon.from_pairs, (one, two, three))
    merged = first.merge(second, combine="max")
    expected = dict(by_pair(first))
    for pair, (spelling, weight) in by_pair(second).items():
        if pair not in expected or weight > expected[pair][1]:
            expected[pair] = spelling, weight
    assert by_pair(merged) == expected
    assert merged.merge(second, combine="max") == merged
    assert first.merge(first, combine="max") == first == first.merge()
    assert first.merge(second, third, combine="max") == merged.merge(third, combine="max")
    swapped = by_pair(second.merge(first, combine="max"))
    assert {pair: weight for pair, (_, weight) in swapped.items()} == {pair: w for pair, (_, w) in expected.items()}


def by_pair(lexicon: Lexicon) -> dict[tuple[str, str, str], tuple[str, float]]:
    """The spelling and weight of each pair: compared term, language, translation."""
    return {
        (normalise_term(term), language, translation): (term, weight)
        for term, language, translation, weight in lexicon.pairs()
    }


@given(tables, st.sampled_from(LANGUAGES), st.integers(1, 3), weights)
def test_select_is_a_filter(pairs: Any, language: str, top: int, min_weight: float) -> None:
    """Selecting gives the pairs that a plain filter gives, and everything when nothing is asked."""
    lexicon = Lexicon.from_pairs(pairs)
    assert lexicon.select() == lexicon == lexicon.select(lexicon.languages, top=10**9, min_weight=0)
    chosen = [language] if language in lexicon.languages else list(lexicon.languages)
    expected = [
        (term, name, word, weight)
        for term, name, word, weight in lexicon.pairs()
        if name in chosen and Candidate(word, weight) in lexicon[term][name][:top] and weight >= min_weight
    ]
    if not expected:
        with pytest.raises(LexiconError, match="no pair has languages"):
            lexicon.select(chosen, top, min_weight)
        return
    selected = lexicon.select(chosen, top, min_weight)
    assert list(selected.pairs()) == expected
    assert selected.languages == tuple(chosen)
    assert selected.select(chosen, top, min_weight) == selected


def test_wrong_weights_to_select() -> None:
    """A weight is a finite number of at least 0."""
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus")]})
    for weight, error in (("0.5", TypeError), (float("nan"), ValueError), (-1, ValueError)):
        with pytest.raises(error, match=r"min_weight is .*; it must be a (finite )?number of at least 0"):
            lexicon.select(min_weight=weight)  # type: ignore[arg-type]


@given(tables)
def test_merge_undoes_select(pairs: Any) -> None:
    """The selections of each language, merged, are the lexicon again."""
    lexicon = Lexicon.from_pairs(pairs)
    first, *others = (lexicon.select([language]) for language in lexicon.languages)
    assert first.merge(*others) == lexicon


def test_bad_algebra() -> None:
    """Merging across source languages and selecting what is not there are errors that say so."""
    with pytest.raises(LexiconError, match="cannot merge a lexicon from 'fr' into one from 'en'"):
        LEXICON.merge(Lexicon.from_pairs({"de": [("maison", "Haus")]}, source="fr"))
    with pytest.raises(LexiconError, match=r"unknown languages \['xx'\]; this lexicon has \['de', 'ru'\]"):
        LEXICON.select(["de", "xx"])
    with pytest.raises(TypeError, match=r"languages is 5; pass a list of str such as \['de', 'ru'\]"):
        LEXICON.select(5)  # type: ignore[arg-type]
    with pytest.raises(LexiconError, match="languages is empty"):
        LEXICON.select([])
    with pytest.raises(ValueError, match="top is 0; it must be from 1 "):
        LEXICON.select(top=0)


def test_select_one_language() -> None:
    """One language may be passed as a string, as for `Lexicon.read`."""
    assert LEXICON.select("de") == LEXICON.select(["de"])


def test_provenance_is_kept() -> None:
    """Selections keep where pairs come from, and merged lexicons name each source once."""
    other = Lexicon.from_pairs({"de": [("a", "b")]}, provenance=[{"name": "other", "licence": "Apache-2.0"}])
    assert LEXICON.select(["de"]).provenance == LEXICON.provenance
    assert LEXICON.merge(other, LEXICON).provenance == LEXICON.provenance + other.provenance


# -- identity ----------------------------------------------------------------------------------------------------------


@given(st.data(), tables)
def test_hash_is_of_the_content(data: st.DataObject, pairs: dict[str, list[Any]]) -> None:
    """Pairs of different weights may come in any order; another pair makes another lexicon."""
    distinct = {language: [(*pair[:2], number) for number, pair in enumerate(of, 1)] for language, of in pairs.items()}
    turned = {language: data.draw(st.permutations(of)) for language, of in reversed(distinct.items())}
    lexicon = Lexicon.from_pairs(distinct)
    assert Lexicon.from_pairs(turned).content_hash == lexicon.content_hash
    assert hash(Lexicon.from_pairs(turned)) == hash(lexicon)
    turned[next(iter(turned))].append(("one more term", "x"))
    assert Lexicon.from_pairs(turned) != lexicon


def test_signature_pins_source_and_content() -> None:
    """Source, languages, translations and weights all show in the signature; a lexicon equals no other thing."""
    changed = [
        Lexicon.from_pairs(PAIRS, source="nl"),
        Lexicon.from_pairs(PAIRS | {"fr": [("house", "maison")]}),
        Lexicon.from_pairs(PAIRS | {"de": [*PAIRS["de"], ("house", "Heim", 0.1)]}),
        Lexicon.from_pairs(PAIRS | {"de": [("house", "Haus", 2.0), *PAIRS["de"][1:]]}),
        Lexicon.from_pairs({"de": PAIRS["de"], "fr": PAIRS["ru"]}),
    ]
    assert len({LEXICON.signature, *(lexicon.signature for lexicon in changed)}) == 6
    assert Lexicon.from_pairs(PAIRS) == LEXICON
    assert LEXICON != PAIRS


# -- on disk -----------------------------------------------------------------------------------------------------------


@given(tables)
def test_saved_lexicons_come_back(tmp_path_factory: pytest.TempPathFactory, pairs: Any) -> None:
    """A lexicon that was saved and loaded is the same, pair by pair."""
    lexicon = Lexicon.from_pairs(pairs, source="nl", provenance=[{"name": "ü"}])
    path = tmp_path_factory.mktemp("lexicon") / "saved"
    lexicon.save(path)
    loaded = Lexicon.load(path)
    assert loaded == lexicon
    assert list(loaded.pairs()) == list(lexicon.pairs())
    assert (loaded.source, loaded.languages, loaded.provenance) == ("nl", lexicon.languages, lexicon.provenance)


def test_loaded_columns_are_mapped(folder: Path) -> None:
    """A loaded lexicon maps its files, read-only, and switches as the one it was saved from does."""
    loaded = Lexicon.load(str(folder))
    for array in loaded.columns.arrays().values():
        assert not array.flags.writeable
        assert isinstance(array, np.memmap) or isinstance(array.base, np.memmap)
    texts = ["House, credit card and café", "state of the art"]
    assert CodeSwitcher(loaded, p=1).apply(texts) == CodeSwitcher(LEXICON, p=1).apply(texts)


@pytest.mark.parametrize("source", ["yo", "tr"])
def test_index_keeps_the_mapped_terms(tmp_path: Path, source: str) -> None:
    """The index of a loaded lexicon reads the file's terms, also those with characters that do not fold one to one."""
    terms = ["Straße", "ΰψος", "ẹ́kọ́", "X̂y z", "İlk", "ışık", "n\u0323\u0302\u0301", "ﬁn", "house"]
    lexicon = Lexicon.from_pairs({"en": [(term, f"<{at}>") for at, term in enumerate(terms)]}, source)
    lexicon.save(tmp_path / "saved")
    loaded = Lexicon.load(tmp_path / "saved")
    packed = loaded.columns.terms
    assert packed.buffer.max() > 127
    scanned = scan(packed, source)
    assert len(set(np.searchsorted(packed.starts, scanned.odd, side="right").tolist())) >= 3
    index = loaded.index(WordTokenizer(), 3)
    assert np.shares_memory(index.vocabulary.buffers[0], packed.buffer)
    texts = [
        form for term in terms for form in (term, unicodedata.normalize("NFD", term), normalise_term(term, source))
    ]
    expected = [f"<{at}>" for at in range(len(terms)) for _ in range(3)]
    assert CodeSwitcher(loaded, p=1, case="lexicon").apply(texts) == expected
    assert CodeSwitcher(lexicon, p=1, case="lexicon").apply(texts) == expected


def test_save_replaces_a_lexicon(folder: Path) -> None:
    """Saving over a lexicon replaces it and leaves nothing else; one that is mapped meanwhile keeps its content."""
    before = Lexicon.load(folder)
    other = Lexicon.from_pairs({"fr": [("cloud", "nuage")]})
    other.save(folder)
    assert Lexicon.load(folder) == other
    assert list(before.pairs()) == list(LEXICON.pairs())
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_save_over_a_lexicon_that_windows_has_mapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that cannot be removed because a process maps them stay until the next save; both lexicons can be read.

    Windows refuses to remove a mapped file; elsewhere only this stand-in for `Path.unlink` does.
    """
    mapped = {file.name for file in folder.glob("*.npy")}
    before = Lexicon.load(folder)
    unlink = Path.unlink

    def refuse(file: Path, missing_ok: bool = False) -> None:
        if file.name in mapped:
            raise PermissionError(13, "The process cannot access the file", str(file))
        unlink(file, missing_ok)

    other = Lexicon.from_pairs({"fr": [("cloud", "nuage")]})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        other.save(folder)
    assert Lexicon.load(folder) == other
    assert list(before.pairs()) == list(LEXICON.pairs())
    assert mapped < {file.name for file in folder.iterdir()}
    other.save(folder)
    other.save(folder.with_name("alone"))
    assert {file.name for file in folder.iterdir()} == {file.name for file in folder.with_name("alone").iterdir()}
    assert Lexicon.load(folder) == other


def test_save_spares_other_things(tmp_path: Path) -> None:
    """Saving never replaces a file or a folder that is no lexicon."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("folder", "file"):
        with pytest.raises(FileExistsError, match="exists and is not a lexicon; choose another path or remove it"):
            LEXICON.save(tmp_path / name)
    assert (tmp_path / "folder" / "thesis.txt").read_text() == (tmp_path / "file").read_text() == "mine"


def test_failed_save_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that breaks off leaves the old lexicon, or none, and no other file."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    other = Lexicon.from_pairs({"fr": [("cloud", "nuage")]})
    for broken in ("numpy.lib.format.write_array_header_1_0", "os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, full)
            for path in (folder, folder.with_name("new")):
                with pytest.raises(OSError, match="disk full"):
                    other.save(path)
        assert Lexicon.load(folder) == LEXICON
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_there_is_no_pickle_on_disk(folder: Path) -> None:
    """The folder holds nothing but plain arrays and JSON."""
    for path in folder.iterdir():
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        else:
            assert path.name == "lexicon.json"
            assert json.loads(path.read_text(encoding="utf-8"))["format_version"] == 2


def column_file(folder: Path, column: str) -> Path:
    """The file of a column, whose name has its hash."""
    (path,) = folder.glob(f"{column}-*.npy")
    return path


_COLUMNS = sorted(LEXICON.columns.arrays())


@pytest.mark.parametrize("column", _COLUMNS)
def test_changed_byte_is_found(folder: Path, column: str) -> None:
    """One changed bit in any column is an error that names the file."""
    path = column_file(folder, column)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=rf"{column}-\w+\.npy was changed: its SHA-256 does not match"):
        Lexicon.load(folder)


@pytest.mark.parametrize("column", _COLUMNS)
@pytest.mark.parametrize("verify", [True, False])
def test_missing_and_truncated_files_are_found(folder: Path, column: str, verify: bool) -> None:
    """A file that is too short, empty, no array or gone is an error that names it, even when nothing is verified."""
    path = column_file(folder, column)
    content = path.read_bytes()
    for bad in (content[:-1], content[:20], b"", b"not an array at all"):
        path.write_bytes(bad)
        with pytest.raises(LexiconError, match=rf"{column}-\w+\.npy is damaged"):
            Lexicon.load(folder, verify=verify)
    path.unlink()
    with pytest.raises(LexiconError, match=rf"{column}-\w+\.npy is missing; save the lexicon again"):
        Lexicon.load(folder, verify=verify)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 3}, "has format version 3, this lexswitch reads up to 2; upgrade lexswitch"),
        ({"source": "fr"}, "was changed: its content hash does not match"),
        ({"languages": ["de", "fr"]}, "was changed: its content hash does not match"),
        ({"content_hash": "0" * 64}, "was changed: its content hash does not match"),
        ({"columns": {}}, "is damaged"),
        ({"columns": {"terms": "../" * 30}}, "is damaged"),
        ({"languages": [7]}, "is damaged"),
        ({"languages": []}, "is damaged"),
        ({"languages": "de"}, "is damaged"),
        ({"source": None}, "is damaged"),
        ({"provenance": ["mine"]}, "is damaged"),
        ({"format_version": True}, "is damaged"),
    ],
)
def test_changed_metadata_is_found(folder: Path, change: dict[str, Any], message: str) -> None:
    """A newer format and metadata that do not fit are errors that name the file."""
    path = folder / "lexicon.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(str(path)) + ".*" + re.escape(message)):
        Lexicon.load(folder)


@pytest.mark.parametrize(
    ("column", "change", "message"),
    [
        ("weights", lambda a: a * np.nan, "has a value that is not from 1e-30 to 1e+30"),
        ("weights", lambda a: -a, "has a value that is not from 1e-30 to 1e+30"),
        ("weights", lambda a: a.astype(np.float32), "has elements of type float32"),
        ("term_starts", lambda a: a[::-1].copy(), "does not have the length that its starts require"),
        ("translation_starts", lambda a: np.append(a[:-1], a[-1] + 1), "does not have the length"),
        ("translation_starts", lambda a: np.concatenate([a[:1], a[2:3], a[1:2], a[3:]]), "starts that do not ascend"),
        ("groups", lambda a: a - 1, "is not 5 ascending numbers from 0 to 5"),
        ("candidates", lambda a: a * 2, "is not 6 ascending numbers from 0 to 7"),
        ("languages", lambda a: a + np.uint16(9), "has a number above those of the 2 languages"),
        ("terms", lambda a: np.where(a == ord("c"), np.uint8(0xFF), a), "is not valid UTF-8"),
        ("translations", lambda a: np.where(a == ord("H"), np.uint8(0), a), "has a text with NUL"),
    ],
)
def test_wrong_structure_is_found(folder: Path, column: str, change: Any, message: str) -> None:
    """Columns that do not fit together are a LexiconError that names the column, though all hashes are right."""
    metadata = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
    arrays = LEXICON.columns.arrays()
    arrays[column] = change(arrays[column])
    hashes = column_files.column_hashes(arrays)
    identity = store.content_hash(LEXICON.source, LEXICON.languages, hashes)
    store.write(folder, metadata | {"columns": hashes, "content_hash": identity}, arrays)
    with pytest.raises(LexiconError, match=rf"{re.escape(str(folder))}: column '\w+' .*{re.escape(message)}"):
        Lexicon.load(folder)


def test_version_1_is_read(folder: Path) -> None:
    """A lexicon of format version 1, which has no spellings, is read; it equals one without other spellings."""
    plain = Lexicon.from_pairs({"de": [("house", "Haus")]})
    plain.save(folder)
    path = folder / "lexicon.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    assert not {"spelled", "spellings", "spelling_starts"} & metadata["columns"].keys()
    path.write_text(json.dumps(metadata | {"format_version": 1}), encoding="utf-8")
    assert Lexicon.load(folder) == plain


@pytest.mark.parametrize("name", ["format_version", "source", "languages", "content_hash", "columns", "provenance"])
def test_lacking_metadata_is_found(folder: Path, name: str) -> None:
    """Metadata without one of its parts is an error that names the file."""
    path = folder / "lexicon.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    del metadata[name]
    path.write_text(json.dumps(metadata), encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(str(path))):
        Lexicon.load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"format_version": "new"}'])
def test_damaged_metadata_is_found(folder: Path, content: bytes) -> None:
    """Metadata that cannot be read are an error that names the file."""
    (folder / "lexicon.json").write_bytes(content)
    with pytest.raises(LexiconError, match=r"lexicon\.json is damaged"):
        Lexicon.load(folder)


def test_no_lexicon_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading from a path without a lexicon raises FileNotFoundError with the caller's path and the remedy."""
    with pytest.raises(FileNotFoundError, match=r"is not a lexicon: it has no lexicon\.json; Lexicon\.save writes one"):
        Lexicon.load(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"^missing\.lexicon does not exist; .* Lexicon\.save writes one$"):
        Lexicon.load("missing.lexicon")


# -- pickling ----------------------------------------------------------------------------------------------------------


def test_lexicon_in_memory_pickles_its_content() -> None:
    """A lexicon that was never saved comes out of a pickle whole."""
    restored = pickle.loads(pickle.dumps(LEXICON))
    assert restored == LEXICON
    assert list(restored.pairs()) == list(LEXICON.pairs())
    assert restored.provenance == LEXICON.provenance


def test_loaded_lexicon_pickles_its_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loaded lexicon pickles as its absolute path and hash, in a few bytes, also when loaded by a relative path."""
    monkeypatch.chdir(folder.parent)
    pickled = pickle.dumps(Lexicon.load(folder.name))
    monkeypatch.chdir("/")
    assert len(pickled) < 300 + len(os.fsencode(folder))
    assert pickle.loads(pickled) == LEXICON


def test_pickled_path_that_changed(folder: Path) -> None:
    """Unpickling fails with the reason when the folder holds another lexicon by now, or none."""
    pickled = pickle.dumps(Lexicon.load(folder))
    Lexicon.from_pairs({"fr": [("cloud", "nuage")]}).save(folder)
    with pytest.raises(LexiconError, match="is no longer the lexicon that was pickled"):
        pickle.loads(pickled)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError, match=r"does not see the lexicon .*send lexicon\.detach\(\)"):
        pickle.loads(pickled)


# -- in use ------------------------------------------------------------------------------------------------------------


def test_coverage() -> None:
    """Coverage is the share of words that are in units, by the given tokenizer and number of words."""
    assert LEXICON.coverage(["my credit card", "house!"]) == 0.75
    assert LEXICON.coverage(["my credit card", "house!"], max_words=1) == 0.25
    assert LEXICON.coverage([]) == LEXICON.coverage(["", "..."]) == 0
    chinese = Lexicon.from_pairs({"en": [("世界", "world")]}, source="zh")
    assert chinese.coverage(["你好世界"], tokenizer=CharacterTokenizer()) == 0.5


def test_terms_with_more_than_words_never_match() -> None:
    """Terms such as "c++" are kept, but in text "c" is another word."""
    lexicon = Lexicon.from_pairs({"de": [("c++", "X"), ("rock & roll", "Y"), ("a.m.", "Z"), ("credit card", "W")]})
    assert "C++" in lexicon
    texts = ["c++ and c, rock & roll at 9 a.m.", "credit. card", "credit, card", "credit--card"]
    assert CodeSwitcher(lexicon, p=1).apply(texts) == texts
