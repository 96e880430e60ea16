"""The same small world from each kind of dump."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import LinguatoolsTitles, SqlDump, TitleInducer, TitleSource, WikidataDump, open_dump

from .dumps import LANGUAGES, write_linguatools, write_sql, write_wikidata


def sources(folder: Path) -> dict[str, TitleSource]:
    return {
        "wikidata": open_dump([write_wikidata(folder / "wikidata-20240101-all.json.gz")]),
        "sql": open_dump(write_sql(folder)),
        "linguatools": open_dump(write_linguatools(folder)),
    }


def induce(titles: TitleSource, **options: bool) -> Lexicon:
    return TitleInducer(titles, LANGUAGES, **options).induce(strict=True)


@pytest.mark.parametrize("alternatives", [False, True])
@pytest.mark.parametrize("lowercase", [False, True])
def test_every_dump_gives_the_same_lexicon(tmp_path: Path, alternatives: bool, lowercase: bool) -> None:
    """One world in three published formats gives one lexicon with equal weights."""
    lexicons = {
        name: list(induce(titles, alternatives=alternatives, lowercase=lowercase).pairs())
        for name, titles in sources(tmp_path).items()
    }
    assert lexicons["sql"] == lexicons["wikidata"]
    assert lexicons["linguatools"] == lexicons["wikidata"]
    assert len(lexicons["sql"]) > 18


def test_what_comes_of_a_title(tmp_path: Path) -> None:
    """Titles become terms and translations; pages that are not entities do not."""
    lexicon = induce(sources(tmp_path)["sql"])
    assert lexicon["machine learning"]["de"][0] == ("Maschinelles Lernen", 2.0)  # the article and its category
    assert [candidate.translation for candidate in lexicon["mercury"]["de"]] == ["Merkur", "Quecksilber"]
    assert lexicon["quicksilver"]["ru"][0] == ("Ртуть", 0.1)
    assert lexicon["rock 'n' roll"]["it"][0].translation == "Rock and roll"
    assert lexicon["at&t"]["de"][0].translation == "AT&T"
    assert lexicon["café"]["de"][0].translation == "Café"
    assert lexicon['the "foo\\bar" (12,0,']["de"][0].translation == "Das „Foo\\Bar“),"
    for absent in ("1990s", "list of cats", "only here", "hello", "talk (12,0,"):
        assert absent not in lexicon


def test_provenance(tmp_path: Path) -> None:
    """The provenance has the source, its licence, and what was left out."""
    records = {name: induce(titles).provenance[0] for name, titles in sources(tmp_path).items()}
    assert {name: record["licence"] for name, record in records.items()} == {
        "wikidata": "CC0-1.0",
        "sql": "CC BY-SA 4.0",
        "linguatools": "CC BY-SA 3.0",
    }
    assert records["wikidata"]["date"] == records["sql"]["date"] == "20240101"
    assert records["sql"]["complete"]
    assert records["sql"]["skipped"] == {
        "date": 1, "disambiguation": 1, "list": 1, "other script": 2, "too many words": 1,
    }  # fmt: skip


def test_kinds_are_detected(tmp_path: Path) -> None:
    """The kind of a file is detected from its content, not its name."""
    assert isinstance(open_dump([write_wikidata(tmp_path / "a.xml.xz")]), WikidataDump)
    with pytest.raises(LexiconError, match=r"^paths is empty; pass the files of a dump"):
        open_dump([])
    assert isinstance(open_dump([path.rename(tmp_path / path.name[:-7]) for path in write_sql(tmp_path)]), SqlDump)
    assert isinstance(open_dump(write_linguatools(tmp_path)), LinguatoolsTitles)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><p>Not found", "a web page"),
        (b'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/">', "an XML dump of pages"),
        (b'<?xml version="1.0"?>\n<mediawiki xmlns="x">', "an XML dump of pages"),
        (b"<http://www.wikidata.org/entity/Q1> <a> <b> .", "RDF"),
        (b"house Haus\n", "of an unknown kind"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, what: str) -> None:
    """A file that is not a dump of titles is refused; the error says what it is, and what to pass."""
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(LexiconError, match=f"dump.gz is {what}.*pass one JSON dump of Wikidata, or SQL dumps"):
        open_dump([path])
    for kind in (WikidataDump, SqlDump, LinguatoolsTitles):
        with pytest.raises(LexiconError, match=f"dump.gz is {what}"):
            TitleInducer(kind(path), ["de"]).induce()


def test_wrong_files(tmp_path: Path) -> None:
    """Missing files, folders, mixtures, and workers for other dumps are errors."""
    json_dump, sql = write_wikidata(tmp_path / "w.json"), write_sql(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"nothing.json"):
        open_dump([tmp_path / "nothing.json"])
    with pytest.raises(LexiconError, match="is a folder"):
        open_dump([tmp_path])
    with pytest.raises(LexiconError, match=r"w.json is JSON, .*page.sql.gz is SQL"):
        open_dump([json_dump, sql[0]])
    with pytest.raises(LexiconError, match="workers is 2"):
        open_dump(sql, workers=2)
