"""The JSON dump of Wikidata: its lines, its compression, its damage."""

from __future__ import annotations

import gzip
import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import TitleInducer, TitlesWarning, WikidataDump
from lexswitch.inducers.titles import wikidata_dump as module
from lexswitch.inducers.titles.cleaning import Cleaner
from lexswitch.inducers.titles.wikidata_entities import EntityReader

from .wikidata import dump, item, line, write, write_members

LANGUAGES = ("de", "ru")
CLEANER = Cleaner("en", ("be-tarask", "de", "nb"))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ['"sitelinks":{', '"enwiki":{"site":"enwiki","title":"', "\\", '\\"', '"}],"', '"}]', "}", '"claims":', '"P31":[']
)
NAMES = st.dictionaries(st.sampled_from(["en", "de", "nb", "be-tarask", "fr"]), TEXT)


@given(titles=NAMES, labels=NAMES, aliases=st.lists(TEXT, max_size=3), ascii_only=st.booleans(), data=st.data())
def test_names_are_found_as_json_has_them(
    titles: dict[str, str], labels: dict[str, str], aliases: list[str], ascii_only: bool, data: st.DataObject
) -> None:
    """The names found in the bytes of any line equal those of the parsed entity."""
    classes = data.draw(st.lists(st.sampled_from(["Q5", "Q4167410", "Q4167836"]), max_size=2))
    entity = item(1, titles, labels, aliases, classes)
    text = line(entity, ensure_ascii=ascii_only)
    reader = EntityReader(CLEANER)
    found = reader.read(f"{text},\n".encode())
    entities, skipped = reader.entities_of([json.loads(text)])
    assert (found.entities, found.skipped, found.lines, found.broken) == (entities, skipped, 1, [])
    indented = reader.read(line(entity, separators=(", ", ": ")).encode())
    assert (indented.entities, indented.skipped) == (entities, skipped)


def test_wikipedias_of_other_names() -> None:
    """Languages whose Wikipedia has another code are found."""
    entity = item(1, {"en": "House", "nb": "Hus", "be-tarask": "Дом"})
    assert set(entity["sitelinks"]) == {"enwiki", "nowiki", "be_x_oldwiki"}
    (read,) = EntityReader(CLEANER).read(line(entity).encode()).entities
    assert [(name.language, name.text) for name in read.targets] == [("be-tarask", "Дом"), ("nb", "Hus")]


def test_lines_that_are_no_entities() -> None:
    """Broken lines are counted with their numbers; brackets, blank and repeated lines are not broken."""
    good = line(item(1, {"en": "House", "de": "Haus"}))
    lines = [
        "[",
        f"{good},",
        f"{good},",
        "",
        good[:60],
        "]",
        '{"sitelinks" 5}',
        '{"type":"lexeme","id":"L1","lemmas":{}},',
    ]
    found = EntityReader(CLEANER).read("\n".join([*lines, ""]).encode())
    assert len(found.entities) == 1
    assert found.skipped == Counter({"repeated line": 1, "broken line": 2})
    assert [number for number, _ in found.broken] == [5, 7]
    assert found.lines == len(lines)


def test_a_string_that_cannot_be_decoded() -> None:
    """An item with a name that is not JSON or not UTF-8 is left out; the others are kept."""
    good, bad = line(item(1, {"en": "House", "de": "Haus"})), line(item(2, {"en": "Cat", "de": "Katze"}))
    for name in (b"\\q", b"\xff"):
        found = EntityReader(CLEANER).read(f"{good},\n{bad},\n".encode().replace(b"Katze", name))
        assert [entity.sources[0].text for entity in found.entities] == ["House"]
        assert found.skipped == Counter({"broken line": 1})


def test_labels_tell_the_case() -> None:
    """A label spelled like the title determines its case; another one is a translation with less weight."""
    entity = item(
        1, {"en": "Dog", "de": "Haushund", "nb": "Hund"}, {"en": "dog", "nb": "hund", "de": "Hund"}, ["hound"]
    )
    reader = EntityReader(CLEANER)
    pairs, _ = CLEANER.pairs(reader.read(line(entity).encode()).entities)
    lexicon = {
        (pairs.terms[row], CLEANER.languages[code], text, weight)
        for row, code, text, weight in zip(
            pairs.rows.tolist(), pairs.codes.tolist(), pairs.translations.unpack(), pairs.weights.tolist(), strict=True
        )
    }
    assert lexicon == {
        ("dog", "nb", "hund", 1.0), ("dog", "de", "Haushund", 1.0), ("dog", "de", "Hund", 0.5),
        ("hound", "nb", "hund", 0.1), ("hound", "de", "Haushund", 0.1), ("hound", "de", "Hund", 0.05),
    }  # fmt: skip


def entities(count: int) -> list[dict[str, Any]]:
    return [
        item(
            number, {"en": f"Thing {number}", "de": f"Ding {number}", "ru": f"Вещь {number}"}, {"en": f"thing {number}"}
        )
        for number in range(1, count + 1)
    ]


def induce(path: Path, workers: int = 1, **options: Any) -> Lexicon:
    return TitleInducer(WikidataDump(path, workers), LANGUAGES).induce(**options)


@pytest.fixture(scope="module")
def dump_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump with many members, whose lines are hard to compress."""
    items = entities(8_000)
    for number, entity in enumerate(items):
        entity["claims"] = {"P1": [{"id": f"{number * 0x9E3779B97F4A7C15 % 2**64:x}" * 4}]}
    return write_members(tmp_path_factory.mktemp("dump") / "latest-all.json.gz", list(map(line, items)), 400)


@pytest.mark.parametrize("suffix", ["json", "json.gz", "json.bz2", "json.xz", "json.zst"])
def test_compression_formats(tmp_path: Path, suffix: str) -> None:
    """The same dump gives the same lexicon in every compression format."""
    data = dump(entities(500))
    path = tmp_path / f"dump.{suffix}"
    if suffix.endswith("zst"):
        import zstandard

        path.write_bytes(zstandard.compress(data))
    else:
        write(path, data)
    assert induce(path).signature == induce(write(tmp_path / "plain.json", data)).signature


@pytest.mark.slow
def test_workers_change_nothing(dump_file: Path) -> None:
    """One, two and three processes give the same lexicon."""
    one = induce(dump_file)
    assert len(one) == 8_000
    assert [induce(dump_file, workers).signature for workers in (2, 3)] == [one.signature] * 2


@pytest.mark.slow
def test_one_member_for_many_workers(tmp_path: Path) -> None:
    """A file that cannot be divided is read by one of the processes."""
    path = write(tmp_path / "dump.json.gz", dump(entities(2000)))
    assert induce(path, 2).signature == induce(path).signature


@pytest.mark.slow
def test_reading_resumes_after_each_part(dump_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading resumes after the position of any part, and reads nothing twice."""
    monkeypatch.setattr(module, "_SPAN", 1 << 18)
    monkeypatch.setattr("lexswitch.inducers.titles.compressed._BLOCK", 1 << 18)
    cleaner = Cleaner("en", LANGUAGES)
    source = WikidataDump(dump_file)
    parts = list(source.read(cleaner))
    assert len(parts) > 6
    assert len({tuple(part.position) for part in parts}) == len(parts)
    total = sum(len(part.pairs.rows) for part in parts)
    for number, part in list(enumerate(parts, 1))[:: len(parts) // 4]:
        rest = list(source.read(cleaner, json.loads(json.dumps(part.position))))
        done = sum(len(before.pairs.rows) for before in parts[:number])
        assert done + sum(len(after.pairs.rows) for after in rest) == total
        assert rest == [] or rest[-1].position == parts[-1].position


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_cut_file(dump_file: Path, tmp_path: Path, workers: int) -> None:
    """The sound beginning of a truncated file is kept, and the truncation reported; with strict it is an error."""
    path = tmp_path / "cut.json.gz"
    data = dump_file.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.warns(
        TitlesWarning, match=r"cut.json.gz: the file ends within compressed data, at byte [\d,]+; get it again"
    ):
        lexicon = induce(path, workers)
    assert 5_000 < len(lexicon) < 5_600
    record = lexicon.provenance[0]
    assert not record["complete"]
    assert record["skipped"] == {"damaged file": 1}
    with pytest.raises(LexiconError, match=r"cut.json.gz: the file ends within compressed data"):
        induce(path, workers, strict=True)


@pytest.mark.slow
def test_damage_at_the_beginning_of_a_member(dump_file: Path, tmp_path: Path) -> None:
    """A damaged member is reported by one process and by several, and never skipped."""
    data = bytearray(dump_file.read_bytes())
    starts = [at for at in range(len(data)) if data.startswith(gzip.compress(b"", 9)[:3], at)]
    at = min(start for start in starts if start > len(data) // 2)
    data[at + 20 : at + 200] = bytes(180)
    path = tmp_path / "damaged.json.gz"
    path.write_bytes(data)
    counts = []
    for workers in (1, 2):
        with pytest.warns(TitlesWarning, match="the compressed data is damaged near byte"):
            lexicon = induce(path, workers)
        counts.append(len(lexicon))
        assert not lexicon.provenance[0]["complete"]
    assert 3_500 < counts[1] <= counts[0] < 4_500


def test_broken_lines(tmp_path: Path) -> None:
    """Broken lines are counted and reported once, with file and line; with strict the first is an error."""
    lines = [line(one) for one in entities(5)]
    lines[2] = lines[2][:50]
    path = tmp_path / "dump.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    with pytest.warns(TitlesWarning, match=r"dump.json:4: not an entity of Wikidata; lines left out: 1") as caught:
        lexicon = induce(path)
    assert len(caught) == 1
    assert len(lexicon) == 4
    assert lexicon.provenance[0]["skipped"] == {"broken line": 1}
    assert lexicon.provenance[0]["complete"]
    with pytest.raises(LexiconError, match=r"dump.json:4: not an entity of Wikidata: '\{\"type\".*correct it"):
        induce(path, strict=True)


@pytest.mark.slow
def test_an_interrupted_run_resumes(dump_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated run takes the checkpoint of an interrupted one, and gives the same lexicon."""
    monkeypatch.setattr(module, "_SPAN", 1 << 18)
    monkeypatch.setattr("lexswitch.inducers.titles.compressed._BLOCK", 1 << 18)
    monkeypatch.setattr("lexswitch.inducers.titles.checkpoint._SECONDS", 0)

    class Interrupted(WikidataDump):
        parts = 0

        def read(self, *arguments: Any, **options: Any) -> Any:
            for part in super().read(*arguments, **options):
                if type(self).parts == 3:
                    raise KeyboardInterrupt
                type(self).parts += 1
                yield part

    with pytest.raises(KeyboardInterrupt):
        TitleInducer(Interrupted(dump_file), LANGUAGES).induce(tmp_path / "run")
    assert len(list((tmp_path / "run").iterdir())) == 3
    read: list[Any] = []

    class Watched(WikidataDump):
        def read(self, cleaner: Cleaner, position: Any = None, *arguments: Any, **options: Any) -> Any:
            read.append(position)
            return super().read(cleaner, position, *arguments, **options)

    again = TitleInducer(Watched(dump_file), LANGUAGES).induce(tmp_path / "run")
    assert sum(read[0]) > 0
    assert again.signature == induce(dump_file).signature
    other = TitleInducer(Watched(dump_file), ["de"]).induce(tmp_path / "run")  # another run starts anew
    assert read[1] is None
    assert other.languages == ("de",)


def test_no_title_in_a_language(tmp_path: Path) -> None:
    """A language without titles is reported; if all languages are, that is an error."""
    path = write(tmp_path / "dump.json", dump(entities(3)))
    with pytest.warns(TitlesWarning, match=r"Wikidata JSON dump has no titles in \['fr'\]"):
        lexicon = TitleInducer(WikidataDump(path), ["de", "fr"]).induce()
    assert lexicon.languages == ("de",)
    with pytest.raises(LexiconError, match=r"has no title in 'en' with one in \['fr'\]; left out: nothing; check"):
        TitleInducer(WikidataDump(path), ["fr"]).induce()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"languages": "de"}, "languages is 'de'; pass a list"),
        ({"languages": []}, "languages is empty"),
        ({"languages": ["de", "en"]}, "languages has 'en', the source language"),
        ({"languages": ["deu"]}, "languages: 'deu' is not a BCP 47 language code; did you mean 'de'"),
        ({"source_language": "english"}, "source_language: 'english' is not a BCP 47 language code"),
        ({"max_words": 0}, "max_words is 0"),
        ({"vocabulary": ["house"]}, r"vocabulary is list; pass Vocabulary\(texts\)"),
        ({"titles": "dump.json"}, r"titles is 'dump.json'; pass a source of titles, such as WikidataDump\(path\)"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    """Wrong arguments are errors before anything is read."""
    with pytest.raises((TypeError, ValueError), match=message):
        TitleInducer(**{"titles": WikidataDump("dump.json"), "languages": ["de"], **arguments})
    with pytest.raises(ValueError, match="workers is 0"):
        WikidataDump("dump.json", 0)


def test_a_sound_dump_causes_no_warning(tmp_path: Path) -> None:
    """A sound dump causes no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lexicon = induce(write(tmp_path / "dump.json.gz", dump(entities(10))))
    assert lexicon.provenance[0]["skipped"] == {}
