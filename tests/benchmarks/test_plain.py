"""The plain parses that dictionaries are compared with, and the comparison."""

import gzip

import pytest

pytest.importorskip("lxml")

from benchmarks.lexicons import everything, plain

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>
<entry><form><orth>Haus</orth><orth>Häuschen</orth></form>
 <sense><cit type="trans"><quote>house</quote></cit><def>a building</def>
  <cit type="example"><quote>im Haus</quote><cit type="trans"><quote>at home</quote></cit></cit></sense></entry>
<entry><form><orth>куче</orth></form><sense><cit><quote type="trans">pes</quote></cit></sense></entry>
</body></text></TEI>
"""
ENTRIES = {
    "00databaseinfo": "English-Bulgarian FreeDict+WikDict dictionary\n",
    "house": "house //haʊs// <n>\nкъща, дом\na building\n",
    "summery": "summery /x/ <adj>\n1. летен 2.\nof summer\n 3.\nrelating to it\n2. слънчев\n",
}


def _write_dictd(folder):
    digits = plain._DIGITS
    data, lines = b"", []
    for word, text in ENTRIES.items():
        encoded = text.encode()
        places = ("".join(digits[n // 64**power % 64] for power in (2, 1, 0)) for n in (len(data), len(encoded)))
        lines.append("\t".join([word, *places]))
        data += encoded
    (folder / "x.dict.dz").write_bytes(gzip.compress(data))
    (folder / "x.index").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "x.index"


def test_tei_by_its_elements(tmp_path):
    """Headwords are paired with the translations of their entry, without definitions and examples."""
    path = tmp_path / "x.tei"
    path.write_text(TEI, encoding="utf-8")
    assert list(plain.tei_pairs(path)) == [("Haus", "house"), ("Häuschen", "house"), ("куче", "pes")]


def test_wikdict_line_by_line(tmp_path):
    """The first line of each sense has its translations; pronunciation, numbers and definitions are dropped."""
    index = _write_dictd(tmp_path)
    expected = [("house", "къща"), ("house", "дом"), ("summery", "летен"), ("summery", "слънчев")]
    assert list(plain.wikdict_pairs(index)) == expected
    assert everything._is_wikdict(index)


def test_definitions_that_are_numbered(tmp_path):
    """A definition that begins with the number of the next sense is not a translation, if a TEI file has it."""
    path = tmp_path / "x.tei"
    path.write_text(TEI.replace("a building", "2. слънчев"), encoding="utf-8")
    assert plain.tei_definitions(path) == {"2слънчев"}
    assert ("summery", "слънчев") not in list(plain.wikdict_pairs(_write_dictd(tmp_path), plain.tei_definitions(path)))


def test_what_is_usable():
    """Explanations and pairs without letters do not count."""
    pairs = [("a", "b"), ("a", "(b)"), ("!", "b"), ("a", "one two three four five six seven eight")]
    assert plain.usable(pairs) == {("a", "b")}


@pytest.mark.parametrize(
    ("pair", "read"),
    [
        (("Adviser, Advisor", "съве́тник"), ("advisor", "съветник")),
        (("to go", "gehen (zu Fuß)"), ("go", "gehen")),
        (("abandon sth.", "etw. aufgeben"), ("abandon", "aufgeben")),
        (("anak-anak", "child|children"), ("anak anak", "children")),
    ],
)
def test_a_part_that_was_read_is_not_lost(pair, read):
    """A part of the translation with a part of the headword is enough."""
    assert plain.missing({pair}, [read]) == []


def test_what_is_lost():
    """A translation of another headword, or another translation, is not enough."""
    plain_pairs = {("house", "Haus"), ("dog", "Hund")}
    assert plain.missing(plain_pairs, [("house", "Hund"), ("dog", "Haus")]) == sorted(plain_pairs)


def test_the_readme_has_the_table():
    """The README has the figures of the results file."""
    rows = everything._load()
    table = everything.table([rows[name] for name in sorted(rows)])
    assert table in everything.README.read_text(encoding="utf-8")
    assert "**not known**" not in table


def test_the_table_names_what_loses_too_much():
    """A refused dictionary and one with too many losses are listed, with the reason if it is known."""
    rows = [
        {"dictionary": "tei a-b", "pairs": 99, "plain": 100, "lost": 1},
        {"dictionary": "dictd c-d", "pairs": 90, "plain": 100, "lost": 10},
        {"dictionary": "tei e-f", "error": "no pair", "plain": 0, "lost": 0},
    ]
    text = everything.table(rows)
    assert "| dictd c-d | 90 | 100 | 10.0% | **not known** |" in text
    assert "| tei e-f | 0 | 0 | - | **not known** |" in text
    assert "tei a-b" not in text
    assert [everything._fails(row) for row in rows] == [False, True, True]
