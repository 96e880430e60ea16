"""SQL dumps: quoting, order, damage."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import Cleaner, LinguatoolsTitles, SqlDump, TitleInducer, TitlesWarning

from .dumps import LANGUAGES, Article, sql_tables, write_linguatools, write_sql

TITLES = st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=20) | st.sampled_from(
    ["'", "\\", "\\'", "'),(1,'de','X", "(12,0,", "''", '"', "),(", ";", "\x00", "\n", "\x1a", "%", "_"]
)


def induce(paths: list[Path], strict: bool = False, **options: bool) -> Lexicon:
    return TitleInducer(SqlDump(*paths), LANGUAGES, **options).induce(strict=strict)


def rewritten(folder: Path, table: str, change: object) -> list[Path]:
    """Write the dumps of the world with one table changed."""
    paths = write_sql(folder)
    path = next(path for path in paths if table in path.name)
    path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()))))  # type: ignore[operator]
    return paths


@settings(deadline=None)
@given(texts=st.lists(st.tuples(TITLES, TITLES), min_size=1, max_size=6))
def test_any_title_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]) -> None:
    """Any title is read unchanged, with its own translation."""
    folder = tmp_path_factory.mktemp("sql")
    world = [Article(number, f"A{text}", {"de": f"B{other}"}) for number, (text, other) in enumerate(texts, 1)]
    seen = []

    class Watched(Cleaner):
        def pairs(self, entities):  # type: ignore[no-untyped-def]
            entities = list(entities)
            seen.extend(entities)
            return super().pairs(entities)

    list(SqlDump(*write_sql(folder, world)).read(Watched("en", ("de",)), strict=True))
    found = [(entity.sources[0].text, entity.targets[0].text) for entity in seen]
    assert found == [(one.title.replace(" ", "_"), one.links["de"]) for one in world]


def test_columns_of_older_dumps(tmp_path: Path) -> None:
    """Columns are found by name: page_restrictions, in older dumps, shifts the others."""

    def older(dump: bytes) -> bytes:
        dump = dump.replace(b"  `page_is_redirect`", b"  `page_restrictions` tinyblob NOT NULL,\n  `page_is_redirect`")
        return re.sub(rb"',([01]),0,0\.33", rb"','move=:edit=',\1,0,0.33", dump)

    assert induce(rewritten(tmp_path, "page.", older)).signature == induce(write_sql(tmp_path)).signature


def test_a_combined_file(tmp_path: Path) -> None:
    """One file may hold all tables, in several members."""
    path = tmp_path / "enwiki-20240101-all.sql.gz"
    path.write_bytes(b"".join(gzip.compress(table.encode()) for table in sql_tables().values()))
    assert induce([path]).signature == induce(write_sql(tmp_path)).signature


def test_strings_of_another_server(tmp_path: Path) -> None:
    """Doubled quotes, and _binary before strings, as other versions of mysqldump write them."""
    twos = rewritten(tmp_path, "langlinks", lambda dump: dump.replace(b"\\'", b"''"))
    assert induce(twos, strict=True).signature == induce(write_sql(tmp_path)).signature
    marked = rewritten(tmp_path, "page.", lambda dump: re.sub(rb"(VALUES \(\d+,\d+,)'", rb"\1_binary '", dump))
    assert induce(marked, strict=True).signature == induce(write_sql(tmp_path)).signature


def test_optional_tables(tmp_path: Path) -> None:
    """Without redirect there are fewer names; without page_props only titles identify disambiguation pages."""
    lexicon = induce(write_sql(tmp_path, names=["page", "langlinks"]))
    assert "quicksilver" not in lexicon
    assert lexicon["mercury"]["de"][0] == ("Merkur", 1.5)
    with pytest.raises(
        LexiconError, match=r"no table langlinks, only \['page'\]; pass the files of page and langlinks"
    ):
        SqlDump(*write_sql(tmp_path, names=["page"]))
    with pytest.raises(LexiconError, match=r"both have the table page"):
        SqlDump(*write_sql(tmp_path), _copy(tmp_path))


def _copy(folder: Path) -> Path:
    path = folder / "copy.sql.gz"
    path.write_bytes((folder / "enwiki-20240101-page.sql.gz").read_bytes())
    return path


def test_another_wikipedia(tmp_path: Path) -> None:
    """A dump of a Wikipedia in another language is refused."""
    with pytest.raises(LexiconError, match=r"is of enwiki, but source_language is 'fr', whose Wikipedia is frwiki"):
        TitleInducer(SqlDump(*write_sql(tmp_path)), ["de"], "fr").induce()


def test_rows_out_of_order(tmp_path: Path) -> None:
    """Tables that are not sorted by their key cannot be joined, and are refused."""
    paths = rewritten(tmp_path, "langlinks", lambda dump: dump.replace(b"(12,", b"(9,"))
    with pytest.raises(
        LexiconError, match=r"langlinks.sql.gz: the rows of table langlinks are not sorted .* page 9 comes after"
    ):
        induce(paths)


@pytest.mark.parametrize("kept", [0.5, 0.8, 0.95])
def test_a_cut_file(tmp_path: Path, kept: float) -> None:
    """The whole statements of a truncated file are kept; with strict it is an error."""
    world = [
        Article(number, f"Thing {'abcdefgh'[number % 8]}{number}", {"de": f"Ding {number}"})
        for number in range(1, 3000)
    ]
    paths = write_sql(tmp_path, world, ["page", "langlinks"])
    data = paths[1].read_bytes()
    paths[1].write_bytes(data[: int(kept * len(data))])
    with pytest.warns(TitlesWarning, match=r"langlinks.sql.gz: the file ends within compressed data, at byte"):
        lexicon = TitleInducer(SqlDump(*paths), ["de"]).induce()
    assert 0.8 * kept * len(world) < len(lexicon) <= 1.1 * kept * len(world)
    assert not lexicon.provenance[0]["complete"]
    with pytest.raises(LexiconError, match="the file ends within compressed data"):
        TitleInducer(SqlDump(*paths), ["de"]).induce(strict=True)


def test_broken_rows(tmp_path: Path) -> None:
    """After a broken row, the rest of its statement is left out, and reported with file and line."""
    paths = rewritten(tmp_path, "page.", lambda dump: dump.replace(b"(25,0,'", b"(25,0,"))
    with pytest.warns(TitlesWarning, match=r"page.sql.gz:\d+: broken row of table page: \"\(25,0,Mercury_.*left out"):
        lexicon = induce(paths)
    assert lexicon.provenance[0]["skipped"]["broken statement"] == 1
    assert "alan turing" in lexicon
    with pytest.raises(LexiconError, match=r"page.sql.gz:\d+: broken row .* or leave out strict"):
        induce(paths, strict=True)


@pytest.mark.slow
def test_damage_takes_no_time(tmp_path: Path) -> None:
    """A megabyte of SQL without its quotes is given up at once, without endless backtracking."""
    world = [Article(number, "Thing", {"de": "Ding"}) for number in range(1, 20_000)]
    tables = sql_tables(world, per_statement=len(world) * 3)
    paths = [tmp_path / f"{name}.sql" for name in ("page", "langlinks")]
    for path in paths:
        path.write_text(tables[path.stem].replace("'Thing'", "'Thing", 3))
    with pytest.warns(TitlesWarning, match="broken row"), pytest.raises(LexiconError, match="has no title"):
        induce(paths)


def test_no_utf_8(tmp_path: Path) -> None:
    """A title that is not UTF-8 is counted and left out."""
    paths = rewritten(tmp_path, "langlinks", lambda dump: dump.replace("Ртуть".encode(), b"\xd0"))
    assert induce(paths).provenance[0]["skipped"]["not UTF-8"] == 1


def test_reading_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading resumes after the position of each part."""
    monkeypatch.setattr("lexswitch.inducers.titles.title_source._ENTITIES", 3)
    for source in (SqlDump(*write_sql(tmp_path)), LinguatoolsTitles(*write_linguatools(tmp_path))):
        cleaner = Cleaner("en", LANGUAGES)
        parts = list(source.read(cleaner))
        assert len(parts) > 4
        for number, part in enumerate(parts, 1):
            rest = list(source.read(cleaner, json.loads(json.dumps(part.position))))
            assert [one.position for one in rest] == [one.position for one in parts[number:]]
            assert [one.skipped for one in rest] == [one.skipped for one in parts[number:]]
            assert [one.pairs.terms.unpack() for one in rest] == [one.pairs.terms.unpack() for one in parts[number:]]
