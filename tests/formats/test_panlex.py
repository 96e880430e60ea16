import gzip
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats import panlex
from lexswitch.formats.panlex import FORMAT
from lexswitch.formats.table import FORMAT as TABLE

from .reading import damaged, found, read, survives

# eng-000, eng-004 (American), deu-000, rus-000, cmn-000, cmn-003 (pinyin)
LANGVAR = (
    "id,lang_code,var_code,mutable,name_expr,script_expr,meaning,region_expr,uid_expr,grp\n"
    "187,eng,0,t,18,19,20,21,22,187\n190,eng,4,t,,,,,,187\n157,deu,0,t,,,,,,157\n620,rus,0,t,,,,,,620\n"
    "1627,cmn,0,t,,,,,,1627\n1629,cmn,3,t,,,,,,1627\n"
)
EXPR = (
    "id,langvar,txt,txt_degr\n"
    "1,187,house,house\n2,157,Haus,haus\n3,157,Gebäude,gebaude\n4,620,дом,dom\n5,190,color,color\n6,1629,fángzi,fangzi\n"
    '7,1627,房子,房子\n8,187,"so, ""so""",soso\n9,157,"so, la la",solala\n10,187,building,building\n'
)
# meaning 100: house, Haus, дом; 101: house, building, Gebäude; 102: house, Haus, fángzi, 房子; 103: color, Haus; 104
DENOTATION = (
    "id,meaning,expr\n"
    "1,101,1\n2,101,3\n3,101,10\n4,100,1\n5,100,2\n6,100,4\n7,102,2\n8,102,1\n9,102,6\n10,102,7\n11,103,5\n12,103,2\n"
    "13,104,8\n14,104,9\n15,999,12345\n"
)
FILES = {"langvar.csv": LANGVAR, "expr.csv": EXPR, "denotation.csv": DENOTATION}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "panlex-20240301-csv"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "meaning.csv").write_text("id,source\n100,1\n")
    return folder


PAIRS = [
    ("house", "de", "Haus", 2.0),
    ("house", "de", "Gebäude", 1.0),
    ('so, "so"', "de", "so, la la", 1.0),
    ("building", "de", "Gebäude", 1.0),
]


def test_pairs(folder: Path) -> None:
    """Expressions that share meanings are pairs; the weight is their number, and the largest comes first."""
    result = read(FORMAT, folder)
    assert result.pairs == PAIRS
    assert result.lines == [1, 1, 8, 10]
    assert not result.dropped


@pytest.mark.parametrize("name", FILES)
def test_any_file(folder: Path, name: str) -> None:
    """The path may be any of the three files, and each may be compressed."""
    packed = folder / f"{name}.gz"
    packed.write_bytes(gzip.compress((folder / name).read_bytes()))
    (folder / name).unlink()
    for path in (folder, packed):
        assert found(FORMAT, path)
        assert not found(TABLE, path)
        assert read(FORMAT, path).pairs == PAIRS


def test_languages(folder: Path) -> None:
    """Several languages are read; Mandarin is Chinese unless requested; dialects and romanisations are skipped."""
    pairs = read(FORMAT, folder, ("ru", "zh", "de")).pairs
    assert sorted({pair[1:3] for pair in pairs if pair[0] == "house"}) == [
        ("de", "Gebäude"),
        ("de", "Haus"),
        ("ru", "дом"),
        ("zh", "房子"),
    ]
    assert read(FORMAT, folder, ("cmn",)).pairs == [("house", "cmn", "房子", 1.0)]
    assert read(FORMAT, folder, ("en",), source="ru").pairs == [("дом", "en", "house", 1.0)]


def test_targets_must_be_named(folder: Path) -> None:
    """A request for all languages is an error, because they would not fit into memory."""
    with pytest.raises(LexiconError, match="thousands of languages; name those you want"):
        read(FORMAT, folder, None)


def test_missing_source(folder: Path) -> None:
    """A missing source language is an error that names it."""
    with pytest.raises(LexiconError, match="has no language 'fr'"):
        read(FORMAT, folder, source="fr")


def test_missing_file(folder: Path) -> None:
    """Missing files are an error that names the required ones."""
    (folder / "expr.csv").unlink()
    assert not found(FORMAT, folder)
    with pytest.raises(LexiconError, match=r"has no expr.csv; PanLex needs langvar.csv, expr.csv, denotation.csv"):
        read(FORMAT, folder / "langvar.csv")


def test_other_columns(folder: Path) -> None:
    """Columns are found by name; a file without them is refused."""
    rows = [line.split(",") for line in DENOTATION.splitlines()]
    (folder / "denotation.csv").write_text("\n".join(",".join([row[2], "x", row[0], row[1]]) for row in rows))
    assert read(FORMAT, folder).pairs == PAIRS
    (folder / "denotation.csv").write_text("dn,mn,ex\n1,101,1\n")
    with pytest.raises(
        LexiconError,
        match=r"denotation.csv:1: the columns are \['dn', 'mn', 'ex'\]; they must include id, meaning, expr",
    ):
        read(FORMAT, folder)


def test_drops(folder: Path) -> None:
    """Ragged lines and identifiers that are not numbers are counted; strict=True names the line."""
    (folder / "expr.csv").write_text(EXPR + '11,187\nx,187,dog,dog\n12,157,"Hund\n')
    (folder / "denotation.csv").write_text(DENOTATION + f"16,100,x\n17,{10**30},1\n18,100,1,2\n19,101,2\n")
    result = read(FORMAT, folder)
    assert result.dropped == {"ragged line": 6}
    assert ("house", "de", "Haus", 3.0) in result.pairs
    with pytest.raises(LexiconError, match=r":12: ragged line: '11,187'"):
        read(FORMAT, folder, strict=True)


def test_excessive_meaning(folder: Path) -> None:
    """A meaning with very many words is dropped, because it would give a pair for each two of them."""
    expr = "".join(f"{number},187,en{number},\n{number + 1},157,de{number},\n" for number in range(1000, 1400, 2))
    (folder / "expr.csv").write_text(EXPR + expr)
    ids = range(1000, 1400)
    (folder / "denotation.csv").write_text(DENOTATION + "".join(f"{number},500,{number}\n" for number in ids))
    result = read(FORMAT, folder)
    assert result.pairs == PAIRS
    assert result.dropped == {"meaning of too many words": 200}


IDS = st.integers(1, 12)


@given(st.lists(st.tuples(IDS, IDS), max_size=60, unique=True), st.integers(1, 40))
def test_agrees_with_plain_join(denotations: list[tuple[int, int]], chunk: int) -> None:
    """For any chunk size, the pairs equal those of a simple join."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(panlex, "_CHUNK", chunk)
        folder = Path(name)
        (folder / "langvar.csv").write_text(LANGVAR)
        (folder / "expr.csv").write_text(
            "id,langvar,txt,txt_degr\n" + "".join(f"{n},{[187, 157, 620][n % 3]},w{n},w{n}\n" for n in range(12, 0, -1))
        )
        rows = "".join(f"{number},{meaning},{expr}\n" for number, (meaning, expr) in enumerate(denotations))
        (folder / "denotation.csv").write_text("id,meaning,expr\n" + rows)
        result = read(FORMAT, folder, ("de", "ru"))
    expected = Counter(
        (term, other)
        for meaning, term in denotations
        for other_meaning, other in denotations
        if meaning == other_meaning and term % 3 == 0 and other % 3
    )
    pairs = [(int(pair[0][1:]), int(pair[2][1:]), pair[3]) for pair in result.pairs]
    assert {(term, other): weight for term, other, weight in pairs} == expected
    assert len(pairs) == len(expected)
    assert pairs == sorted(pairs, key=lambda pair: (pair[0], -pair[2], pair[1]))
    assert all(pair[1] == ["", "de", "ru"][int(pair[2][1:]) % 3] for pair in result.pairs)


ENCODED = {name: text.encode() for name, text in FILES.items()}


@given(st.sampled_from(list(FILES)), st.data())
def test_fuzz(name: str, data: st.DataObject) -> None:
    """Any bytes in any of the files raise only LexiconError."""
    pieces = (b",", b'"', b'","', b"187", b"157", b"9" * 19)
    survives(FORMAT, {**ENCODED, name: data.draw(damaged(ENCODED[name], pieces=pieces))})
