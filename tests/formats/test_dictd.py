import contextlib
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats.base import LexiconFile
from lexswitch.formats.dictd import FORMAT
from lexswitch.formats.mueller import FORMAT as MUELLER
from lexswitch.formats.stardict import FORMAT as STARDICT

from .dictionaries import base64_number, dictd_bytes, freedict, write_dictd
from .reading import damaged, found, read, survives

PLAIN = [("house", "house\n   Haus; Gebäude\n"), ("tree", "tree\n   Baum, Baumstamm\n")]
PLAIN_PAIRS = [
    ("house", "de", "Haus", 1.0),
    ("house", "de", "Gebäude", 1.0),
    ("tree", "de", "Baum", 1.0),
    ("tree", "de", "Baumstamm", 1.0),
]


def words(path: Path, **options: object) -> list[tuple[str, str]]:
    """Term and translation of each pair."""
    return [(term, translation) for term, _, translation, _ in read(FORMAT, path, **options).pairs]


@pytest.mark.parametrize("packed", [True, False])
def test_pairs(tmp_path: Path, packed: bool) -> None:
    """Either file identifies the dictionary, compressed or not, for this format only; pairs have index line numbers."""
    index = write_dictd(tmp_path, "words", PLAIN, packed)
    for path in (index, index.with_suffix(".dict.dz" if packed else ".dict")):
        result = read(FORMAT, path)
        assert result.pairs == PLAIN_PAIRS
        assert result.lines == [1, 1, 2, 2]
        assert found(FORMAT, path)
        assert not any(found(other, path) for other in (STARDICT, MUELLER))


def test_order(tmp_path: Path) -> None:
    """Pairs follow the order of the text, not of the index; an entry with several index lines is read once."""
    index = write_dictd(tmp_path, "words", PLAIN)
    lines = index.read_text().splitlines()
    index.write_text("\n".join([lines[1], lines[0], lines[0].replace("house", "home")]) + "\n")
    result = read(FORMAT, index)
    assert result.pairs == PLAIN_PAIRS
    assert result.lines == [2, 2, 1, 1]


@pytest.mark.parametrize(("missing", "told"), [("words.dict.dz", "text"), ("words.index", "index")])
def test_missing_partner(tmp_path: Path, missing: str, told: str) -> None:
    """A missing file is an error with its name."""
    index = write_dictd(tmp_path, "words", PLAIN)
    path = index if told == "text" else index.with_suffix(".dict.dz")
    (tmp_path / missing).unlink()
    with pytest.raises(LexiconError, match=rf"the {told} of this dictionary is missing; put {missing} or"):
        read(FORMAT, path)


def test_about(tmp_path: Path) -> None:
    """Entries that describe the dictionary provide name, version, licence and address, but no pairs."""
    path = write_dictd(tmp_path, "any", freedict("English-German FreeDict Dictionary", "house /haʊs/\nHaus\n"))
    file = LexiconFile(path, "en", ("de",), strict=False)
    assert [block.translations for block in FORMAT.read(file)] == [["Haus"]]
    assert file.metadata == {
        "name": "English-German FreeDict Dictionary ver. 0.1.2",
        "version": "0.1.2",
        "licence": "GNU General Public License ver. 2.0 and any later version",
        "url": "http://example.org/",
    }


def test_licence_that_is_named(tmp_path: Path) -> None:
    """WikDict writes "Licensed under the ... license" across a line end."""
    info = "Availability:\n\n    Licensed under the Creative Commons Attribution-ShareAlike 3.0 Unported\n  license\n"
    entries = {"00databaseshort": "English-German FreeDict+WikDict dictionary\n", "00databaseinfo": info}
    path = write_dictd(tmp_path, "any", [*entries.items(), ("house", "house //haʊs// <n>\nHaus\n")])
    file = LexiconFile(path, "en", ("de",), strict=False)
    assert [block.translations for block in FORMAT.read(file)] == [["Haus"]]
    assert file.metadata["licence"] == "Creative Commons Attribution-ShareAlike 3.0 Unported"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("German-English FreeDict Dictionary", "words"),
        ("German - English Ding/FreeDict dictionary", "words"),
        ("Ding/FreeDict dictionary", "freedict-deu-eng"),
    ],
)
def test_languages(tmp_path: Path, name: str, file: str) -> None:
    """FreeDict dictionaries name their languages; requests for others are errors with the right ones."""
    path = write_dictd(tmp_path, file, freedict(name, "Haus /haʊs/\nhouse\n"))
    assert read(FORMAT, path, ("en",), source="de").pairs == [("Haus", "en", "house", 1.0)]
    assert read(FORMAT, path, None, source="de").pairs == [("Haus", "en", "house", 1.0)]
    message = r"from 'de' to 'en', but source is 'en' .*source='de', target='en'\)\.invert\('en'\)"
    with pytest.raises(LexiconError, match=message):
        read(FORMAT, path, ("de",))
    with pytest.raises(LexiconError, match=r"read it with source='de', target='en'$"):
        read(FORMAT, path, ("fr",), source="de")


@pytest.mark.parametrize(
    ("name", "entry", "expected"),
    [
        ("Deutsch-Svenska FreeDict+WikDict dictionary", "Agora /x/ <n, fem>\nplats\nMarktplatz\n", ["plats"]),
        ("German - Swedish Ding/FreeDict dictionary", "erster /x/\n1. september\n", ["1. september"]),
        ("German-Swedish FreeDict Dictionary", "erster /x/\n1. förste\n", ["förste"]),
    ],
)
def test_families(tmp_path: Path, name: str, entry: str, expected: list[str]) -> None:
    """FreeDict dictionaries are cleaned by the rules of their origin."""
    path = write_dictd(tmp_path, "freedict-deu-swe", freedict(name, entry))
    assert [pair[1:3] for pair in read(FORMAT, path, ("sv",), source="de").pairs] == [("sv", text) for text in expected]


WIKDICT = [("begrenzen", "begrenzen //x// <v>\n1. limitar, restringir\n1. beperken, limiteren\n2. delimitar\n2.\n")]
WIKDICT_PAIRS = [("begrenzen", text) for text in ("limitar", "restringir", "delimitar")]
SEVERAL = ("slot", "slot //x// <n>\nKerbe, Schlitz 2.\nopening\n 3.\ngap\n")


def test_wikdict(tmp_path: Path) -> None:
    """Numbered definitions in the language of the headwords are not read as translations."""
    path = write_dictd(tmp_path, "any", freedict("Nederlands-español FreeDict+WikDict dictionary", WIKDICT[0][1]))
    assert words(path, source="nl", targets=("es",)) == WIKDICT_PAIRS


@pytest.mark.parametrize("name", ["words", "freedict-nld-spa"])
def test_unnamed_wikdict(tmp_path: Path, name: str) -> None:
    """A WikDict dictionary without its name is recognised by an entry with several definitions."""
    path = write_dictd(tmp_path, name, [*WIKDICT, *[(f"w{at}", "w\nWort\n") for at in range(900)], SEVERAL])
    pairs = words(path, source="nl", targets=("es",))
    assert pairs[:3] == WIKDICT_PAIRS
    assert pairs[-2:] == [("slot", "Kerbe"), ("slot", "Schlitz")]


def test_named_family(tmp_path: Path) -> None:
    """The name of another family takes precedence over the look of the entries."""
    path = write_dictd(tmp_path, "any", freedict("Dutch-German FreeDict Dictionary", SEVERAL[1].replace("//", "/")))
    assert ("slot", "opening") in words(path, source="nl")


def test_regions(tmp_path: Path) -> None:
    """A dictionary of a language also serves its regional variants."""
    path = write_dictd(
        tmp_path, "freedict-eng-por", freedict("English-Portuguese FreeDict Dictionary", "house\ncasa\n")
    )
    assert read(FORMAT, path, ("pt-BR",), source="en-GB").pairs == [("house", "pt-BR", "casa", 1.0)]


def test_unnamed_languages(tmp_path: Path) -> None:
    """A dictionary that does not name its languages requires a target."""
    with pytest.raises(LexiconError, match="pass one: target='de'"):
        read(FORMAT, write_dictd(tmp_path, "words", PLAIN), None)


def test_damaged_index(tmp_path: Path) -> None:
    """Invalid numbers, overlapping and too long entries, and entries beyond the text are counted."""
    index = write_dictd(tmp_path, "words", PLAIN)
    end = sum(len(text.encode()) for _, text in PLAIN)
    odd = {
        "no numbers": "damaged index line",
        "a\tB": "damaged index line",
        "a\t*\tB": "damaged index line",
        "a\tAAAAAAAAAAAAAAA\tB": "damaged index line",
        "a\tB\tB": "overlapping entry",
        f"a\t{base64_number(end)}\tB": "beyond the end of the text",
        "a\tA\t//////////": "entry of more than 64 KiB",
    }
    with index.open("a") as file:
        file.writelines(f"{line}\n" for line in odd)
    result = read(FORMAT, index)
    assert result.pairs == PLAIN_PAIRS
    assert result.dropped == {reason: [*odd.values()].count(reason) for reason in odd.values()}
    with pytest.raises(LexiconError, match=r"words.index:3: damaged index line: 'no numbers'"):
        read(FORMAT, index, strict=True)


@pytest.mark.parametrize(
    ("entries", "lost", "is_refused"), [(3, 1, False), (3, 2, True), (200, 2, False), (200, 3, True)]
)
def test_cut_off(tmp_path: Path, entries: int, lost: int, is_refused: bool) -> None:
    """A text that ends before more than 1 % of its entries, and more than one, is refused."""
    index = write_dictd(tmp_path, "words", [("a", f"a\n{'x' * 9}\n")] * entries, packed=False)
    text = tmp_path / "words.dict"
    text.write_bytes(text.read_bytes()[: (entries - lost) * 12 + 5])
    if is_refused:
        with pytest.raises(LexiconError, match=f"words.dict ends before {lost} of its {entries} entries; .* truncated"):
            read(FORMAT, index)
    else:
        result = read(FORMAT, index)
        assert len(result.pairs) == entries - lost
        assert result.dropped == {"beyond the end of the text": lost}


@pytest.mark.slow
def test_memory(tmp_path: Path) -> None:
    """An index with many lines for one long text needs little time and memory."""
    index = tmp_path / "words.index"
    length = 60_000
    index.write_text("".join(f"a\t{base64_number(at)}\t{base64_number(length)}\n" for at in range(20_000)))
    (tmp_path / "words.dict").write_bytes(b"word\nWort, " * 100_000)
    tracemalloc.start()
    result = read(FORMAT, index)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.dropped["overlapping entry"] == 20_000 - 1
    assert peak < 20 << 20


def test_encoding(tmp_path: Path) -> None:
    """An entry that is not UTF-8 is dropped; such an index is an error."""
    index, text = dictd_bytes(PLAIN)
    (tmp_path / "words.index").write_bytes(index)
    (tmp_path / "words.dict").write_bytes(text.replace("ä".encode(), b"\xe4 "))
    result = read(FORMAT, tmp_path / "words.index")
    assert result.pairs == PLAIN_PAIRS[2:]
    assert result.dropped == {"not UTF-8": 1}
    (tmp_path / "words.index").write_bytes(index.replace(b"house", b"h\xe4use"))
    with pytest.raises(LexiconError, match=r"words.index:1: byte offset 1: not UTF-8"):
        read(FORMAT, tmp_path / "words.index")


def test_no_dictionary(tmp_path: Path) -> None:
    """Text with only the name of an index, or a table of three columns, is not recognised."""
    (tmp_path / "notes.index").write_text("house\tHaus und Hof\n")
    (tmp_path / "table.tsv").write_text("house\tHaus\tB\n")
    assert not found(FORMAT, tmp_path / "notes.index")
    assert not found(FORMAT, tmp_path / "table.tsv")


# -- dictionaries of unknown families ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("run /rʌn/\n1. n. Lauf, Rennen 2. v. laufen; rennen\n", ["Lauf", "Rennen", "laufen", "rennen"]),
        ("run\n   Lauf {m} [sport]; Rennen {n} (ugs.)\n", ["Lauf", "Rennen"]),
        ("run\n   Lauf {m};\nRennen\n {n}\n", ["Lauf", "Rennen"]),
        ("run\n {vi}\n   laufen\n", ["laufen"]),
        ("run\nrun\nlaufen\n", ["laufen"]),
        ("run\n/rʌn/ adj. laufend; a) rennend\n", ["laufend", "rennend"]),
        ("run\nsich so schnell bewegen wie man nur kann; laufen\n", ["laufen"]),
        ("run\n“laufen”, ‘rennen’, eilen!, 3,5 laufen\n", ["laufen", "rennen", "eilen", "3,5 laufen"]),
    ],
)
def test_plain_entry(tmp_path: Path, entry: str, expected: list[str]) -> None:
    """Sense numbers, labels, brackets, pronunciation and explanations are removed; wrapped lines are joined."""
    path = write_dictd(tmp_path, "words", [("run", entry)])
    assert words(path) == [("run", translation) for translation in expected]


def test_nothing_left(tmp_path: Path) -> None:
    """Entries without headword or translation are counted."""
    path = write_dictd(tmp_path, "words", [("a", "-\nWort\n"), ("b", "b\n"), ("c", "c\n   (nur so)\n"), ("d", "")])
    result = read(FORMAT, path)
    assert not result.pairs
    assert result.dropped == {"unusable headword": 2, "no translation": 4}


# -- damaged files -----------------------------------------------------------------------------------------------------

INDEX, TEXT = dictd_bytes(
    freedict("English-German FreeDict Dictionary", "house /haʊs/\n1. Haus <n>\n2. Bau\n", "a/b\nc/d\n")
)


@settings(max_examples=300, deadline=None)
@given(damaged(INDEX, pieces=(b"\t", b"/", b"00")), damaged(TEXT, pieces=(b"(", b"etw.", b"/")))
@pytest.mark.slow
def test_damage(index: bytes, text: bytes) -> None:
    """Damaged files raise only LexiconError."""
    for name in ("freedict-eng-deu", "mueller", "words"):
        survives(FORMAT, {f"{name}.index": index, f"{name}.dict": text}, f"{name}.index")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=12), st.integers(0, 60))
def test_spans(spans: list[tuple[int, int]], size: int) -> None:
    """Entries are read unchanged if they lie within the text and do not overlap."""
    text = "".join(chr(65 + at % 26) for at in range(size))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.index"
        path.write_text("".join(f"x\t{base64_number(at)}\t{base64_number(length)}\n" for at, length in spans))
        (Path(folder) / "words.dict").write_text(text)
        file = LexiconFile(path, "en", ("de",), strict=False)
        with contextlib.suppress(LexiconError):  # raised if the text ends too early
            list(FORMAT.read(file))
    position = kept = 0
    for at, length in sorted(set(spans)):
        if at >= position and at + length <= size:
            position, kept = at + length, kept + 1
        elif at >= position:
            position = max(position, min(size, at + length))
    assert file.dropped["no translation"] == kept
