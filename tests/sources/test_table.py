"""The table of public lexicons."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from lexswitch.formats.families import find_family
from lexswitch.sources import Source, available
from lexswitch.sources.download import _check_address
from lexswitch.text.languages import check_language, primary_language, scripts_of, usual_code

SOURCES = available().items()


@pytest.mark.parametrize(("name", "source"), SOURCES, ids=available())
def test_entries_are_whole(name: str, source: Source) -> None:
    """Every entry has a licence, a page, valid language pairs, and https addresses."""
    assert name == name.lower()
    assert source.licence
    assert source.max_bytes > 0
    for url in [source.home, source.releases or source.home, *(() if source.releases else source.files.values())]:
        _check_address(url, url)
    for pair in source.pairs:
        for language in pair:
            assert language is None or check_language("pair", language) == usual_code(language)


@pytest.mark.parametrize("source", available().values(), ids=available())
def test_files_have_names_of_their_own(source: Source) -> None:
    """File names of a source differ in the cache folder, also if case is ignored."""
    assert len({PurePosixPath(file).name.lower() for file in source.files.values()}) == len(source.files)


def test_pairs_of_muse() -> None:
    """The 109 files of the README: 45 languages from and to English, all pairs of 5 others, and their parts."""
    pairs = available()["muse"].pairs
    assert len(pairs) == 109
    assert {source for source, target in pairs if target == "en"} == {
        target for source, target in pairs if source == "en"
    }
    assert len({language for pair in pairs for language in pair}) == 45
    assert [target for source, target in pairs if source == "it"] == ["de", "en", "es", "fr", "pt"]
    files = [available()[name].files["pt", "it"] for name in ("muse", "muse-train", "muse-test")]
    root = "https://dl.fbaipublicfiles.com/arrival/dictionaries/pt-it"
    assert files == [f"{root}.txt", f"{root}.0-5000.txt", f"{root}.5000-6500.txt"]


def test_languages_of_freedict() -> None:
    """The languages of each row match its file name, and their scripts are known."""
    for pair, name in available()["freedict"].files.items():
        named = find_family("", f"freedict-{name}").languages
        if name == "eng-rom":  # FreeDict's code is that of Romani
            named = find_family("English-Romanian FreeDict Dictionary", f"freedict-{name}").languages
        assert named is not None
        assert pair == tuple(map(primary_language, named)), name
        assert all(language and scripts_of(language) for language in pair)


def test_pairs_of_the_others() -> None:
    """Addresses and names equal the published ones."""
    table = available()
    smol = "https://huggingface.co/datasets/google/smol/resolve/main/gatitos"
    assert table["gatitos"].files["en", "sat-Latn"] == f"{smol}/en_sat-Latn.jsonl"
    assert len(table["gatitos"].files) == 174
    assert table["freedict"].files["en", "de"] == "eng-deu"
    assert table["freedict"].files["ckb", "ku"] == "ckb-kmr"
    assert table["freedict"].files["nn", "nb"] == "nno-nob"
    root = "https://kaikki.org/dictionary"
    assert table["kaikki"].files["en", None] == f"{root}/English/kaikki.org-dictionary-English.jsonl"
    assert table["kaikki"].files["de", None] == f"{root}/downloads/de/de-extract.jsonl.gz"


def test_table_cannot_be_changed() -> None:
    """The table is read-only."""
    with pytest.raises(TypeError):
        available()["muse"] = available()["gatitos"]  # type: ignore[index]
    with pytest.raises(TypeError):
        available()["muse"].files["en", "de"] = "https://example.org"  # type: ignore[index]
