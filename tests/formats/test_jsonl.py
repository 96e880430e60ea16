import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.formats import jsonl
from lexswitch.formats.jsonl import FORMAT, write

from .reading import damaged, found, read, survives
from .test_table import PAIRS

RECORDS = (
    '{"term": "house", "translation": "Haus", "language": "de", "weight": 0.75}\n'
    '{"source": "dog", "target": ["Hund", "Rüde"], "lang": "deu", "score": 2, "pos": "noun"}\n'
    '["cat", "Katze"]\n["cat", "Kater", 0.5]\n'
    '{"bank": "Bank", "bank": "Ufer", "tree": {"de": ["Baum"], "ru": "дерево"}}\n'
    '[["sun", "Sonne"], {"moon": "Mond"}]\n'
)
PAIRS_OF_RECORDS = [
    ("house", "de", "Haus", 0.75),
    ("dog", "de", "Hund", 2.0),
    ("dog", "de", "Rüde", 2.0),
    ("cat", "de", "Katze", 1.0),
    ("cat", "de", "Kater", 0.5),
    ("bank", "de", "Bank", 1.0),
    ("bank", "de", "Ufer", 1.0),
    ("tree", "de", "Baum", 1.0),
    ("tree", "ru", "дерево", 1.0),
    ("sun", "de", "Sonne", 1.0),
    ("moon", "de", "Mond", 1.0),
]
MAPPING = (
    '{\n "term": "Begriff",\n "house": ["Haus", "Gebäude"],\n "translation": "Übersetzung",\n'
    ' "tree": {"ru": ["дерево"]}\n}'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.json"


def test_lines(path: Path) -> None:
    """Lines may have each of the documented forms; repeated names are all kept."""
    path.write_text("\n" + RECORDS)
    result = read(FORMAT, path)
    assert result.pairs == PAIRS_OF_RECORDS
    assert result.lines == [2, 3, 3, 4, 5, 6, 6, 6, 6, 7, 7]
    assert not result.dropped
    assert found(FORMAT, path)


@pytest.mark.parametrize("indent", [None, 1])
def test_documents(path: Path, indent: int | None) -> None:
    """One document, on one line or several, gives the same pairs as its values on separate lines."""
    values = [json.loads(line) for line in RECORDS.splitlines()[:4]]
    path.write_text(json.dumps(values, indent=indent))
    result = read(FORMAT, path)
    assert result.pairs == PAIRS_OF_RECORDS[:5]
    assert result.lines == [1, 2, 2, 3, 4]
    assert found(FORMAT, path)


@pytest.mark.parametrize("text", [MAPPING, MAPPING.replace("\n", "")])
def test_mapping_with_names_of_members(path: Path, text: str) -> None:
    """A dictionary that contains the words "term" and "translation" is not a record."""
    path.write_text(text)
    assert read(FORMAT, path).pairs == [
        ("term", "de", "Begriff", 1.0),
        ("house", "de", "Haus", 1.0),
        ("house", "de", "Gebäude", 1.0),
        ("translation", "de", "Übersetzung", 1.0),
        ("tree", "ru", "дерево", 1.0),
    ]


def test_single_record(path: Path) -> None:
    """A file of one line that is a record is a file of one record."""
    path.write_text(RECORDS.splitlines()[0])
    assert read(FORMAT, path).pairs == PAIRS_OF_RECORDS[:1]


@pytest.mark.parametrize(
    "record",
    [
        {"src": "house", "tgt": ["Haus", "Heim"]},
        {"word": "house", "translations": ["Haus", "Heim"], "pos": "noun"},
        {"source": "house", "translation": {"de": ["Haus", "Heim"]}},
        {"en": "house", "de": ["Haus", "Heim"], "fr": None},
        {"id": "17", "translation": {"en": "house", "de": ["Haus", "Heim"]}},
        {"id": 17, "DE": ["Haus", "Heim"], "EN": "house", "pos": "noun"},
    ],
)
@pytest.mark.parametrize("form", ["lines", "list", "one line", "indented"])
def test_records(path: Path, record: dict[str, object], form: str) -> None:
    """Records with the documented names, and records by language, are read from lines and lists alike."""
    records = [record, json.loads(json.dumps(record).replace("house", "home"))]
    if form == "lines":
        path.write_text("\n".join(map(json.dumps, records)))
    elif form == "one line":
        path.write_text(f'{json.dumps(records)}\n["dog", "Hund"]\n')
    else:
        path.write_text(json.dumps(records, indent=1 if form == "indented" else None))
    result = read(FORMAT, path)
    expected = [(term, "de", word, 1.0) for term in ("house", "home") for word in ("Haus", "Heim")]
    assert result.pairs[:4] == expected
    assert len(result.pairs) == 4 + (form == "one line")
    assert not result.dropped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"en": "house", "de": "Haus"}', [("house", "Haus")]),
        ('{"translation": {"en": "house", "de": "Haus"}}', [("house", "Haus")]),
        ('{"en": "auf", "de": "von", "house": "Haus"}', [("en", "auf"), ("de", "von"), ("house", "Haus")]),
        ('{"query": "house", "answer": "Haus"}', [("query", "house"), ("answer", "Haus")]),
        ('{"house": "Haus"}\n{"dog": "Hund"}', [("house", "Haus"), ("dog", "Hund")]),
        ('{"house": "Haus"}\n{"house": "Heim"}', [("house", "Haus"), ("house", "Heim")]),
        ('{"is": "ist", "am": "bin"}\n{"are": "sind"}', [("is", "ist"), ("am", "bin"), ("are", "sind")]),
    ],
)
def test_dictionary_or_record(path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    """A single object is a record if all its names are those of a record; else it is a dictionary."""
    path.write_text(text)
    assert [(term, translation) for term, _, translation, _ in read(FORMAT, path).pairs] == expected


def test_several_languages(path: Path) -> None:
    """A record by language gives one pair for each target language."""
    path.write_text('{"de": "Haus", "en": "house", "fr": "maison"}\n{"ceb": "balay", "en": "home", "pos": "noun"}\n')
    pairs = [("house", "de", "Haus", 1.0), ("house", "fr", "maison", 1.0)]
    assert read(FORMAT, path, None).pairs == pairs
    assert read(FORMAT, path, None).dropped == {"no pair": 1}  # "ceb" is a language only if it is requested
    assert read(FORMAT, path, ("de", "ceb")).pairs == [*pairs, ("home", "ceb", "balay", 1.0)]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"query": "house", "answer": "Haus"}, "'answer', 'query'"),
        ({"fr": "maison", "de": "Haus"}, "'de', 'fr'"),
        ({"translation": {"fr": "maison", "de": "Haus"}}, "'translation'"),
        ({"term": "house", "meaning": "Haus"}, "'meaning', 'term'"),
    ],
)
@pytest.mark.parametrize("form", ["lines", "list"])
def test_unknown_records(path: Path, record: dict[str, object], told: str, form: str) -> None:
    """Records with unknown names are an error that lists their names and the allowed ones."""
    records = [record, record | {"more": "x"}]
    path.write_text("\n".join(map(json.dumps, records)) if form == "lines" else json.dumps(records))
    with pytest.raises(LexiconError, match=rf"members {told}, .* name them term .or word, .* by language, 'en'"):
        read(FORMAT, path)


def test_corpus(path: Path) -> None:
    """Many lines with the same single name are not a dictionary."""
    path.write_text('{"text": "The house."}\n' * 10)
    with pytest.raises(LexiconError, match="all objects have the members 'text'"):
        read(FORMAT, path)


@pytest.mark.parametrize("line", ['{"en": "cat"}', '{"en": "cat", "id": 3}', "{}"])
def test_incomplete_record(path: Path, line: str) -> None:
    """A record without translation is not a dictionary."""
    path.write_text(f'{{"en": "house", "de": "Haus", "id": 1}}\n{line}\n')
    result = read(FORMAT, path)
    assert [pair[:3] for pair in result.pairs] == [("house", "de", "Haus")]
    assert result.dropped == ({} if line == "{}" else {"no pair": 1})


def test_saved_lexicon(path: Path) -> None:
    """The description of a saved lexicon is refused with the remedy."""
    Lexicon.from_pairs({"de": [("house", "Haus")]}).save(path.with_name("own"))
    with pytest.raises(LexiconError, match=r"lexicon.json belongs to a lexicon that was saved; .* Lexicon.load"):
        read(FORMAT, path.with_name("own") / "lexicon.json")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"term": "a", "translation": ', "not JSON"),
        ('{"term": "a", "translation": 3}', "no pair"),
        ('{"term": "a", "translation": ["b", null]}', "no pair"),
        ('{"term": 1, "translation": "b"}', "no pair"),
        ('{"a": null}', "no pair"),
        ('["a"]', "no pair"),
        ("3", "no pair"),
        ('["a", ["b"]]', "no pair"),
        ('[[["a", "b"]]]', "no pair"),
        ('["a", "b", "1.5"]', "weight is not a number"),
        ('{"term": "a", "translation": "b", "weight": true}', "weight is not a number"),
        ('{"term": "a", "translation": "b", "language": "german"}', "wrong language code"),
        ('{"term": "a", "translation": "b", "language": 5}', "wrong language code"),
        ('{"a": {"german": "b"}}', "wrong language code"),
        ("[" * 100_000 + "]" * 100_000, "not JSON"),
        ('["a", "b", ' + "9" * 100_000 + "x]", "not JSON"),
    ],
)
def test_drops(path: Path, line: str, reason: str) -> None:
    """Other values are counted, later values are read; with strict=True the error names the line."""
    path.write_text(f'["house", "Haus"]\n{line}\n["dog", "Hund"]\n')
    result = read(FORMAT, path)
    assert result.dropped == {reason: 1}
    assert [pair[0] for pair in result.pairs if pair[0] != "a"] == ["house", "dog"]
    with pytest.raises(LexiconError, match=f"lexicon.json:2: {reason}: "):
        read(FORMAT, path, strict=True)


@pytest.mark.parametrize("text", ['{\n"a": "b",\n"c"\n}', "[" * 100_000, '{"a": "b"', "house Haus\ndog Hund", "{}{}"])
def test_no_json(path: Path, text: str) -> None:
    """A document that is broken, nested too deeply or not JSON is an error with its line."""
    path.write_text(text)
    with pytest.raises(LexiconError, match=r"lexicon.json:[1-4]: neither JSON nor lines of JSON"):
        read(FORMAT, path)


def test_depth(path: Path) -> None:
    """Deeply nested values are dropped, and can be shown in a message."""
    for depth in [*range(10, 3_000, 97), 100_000]:
        path.write_text(f'["house", "Haus"]\n{"[" * depth}{"]" * depth}\n')
        assert sum(read(FORMAT, path).dropped.values()) == 1
        with pytest.raises(LexiconError, match=r"lexicon.json:2: no"):
            read(FORMAT, path, strict=True)


def test_sizes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document over the limit is an error with the remedy; a line over the limit is dropped."""
    monkeypatch.setattr(jsonl, "_MAX_LENGTH", 200)
    path.write_text(json.dumps([["house", "Haus"]] * 20, indent=1))
    with pytest.raises(LexiconError, match=r"lexicon.json: a JSON document of more than .* write one value per line"):
        read(FORMAT, path)
    path.write_text(f'["house", "Haus"]\n["dog", "{"Hund" * 100}"]\n')
    assert read(FORMAT, path).dropped == {"line too long": 1}


def test_huge_numbers(path: Path) -> None:
    """A number with very many digits is an invalid weight, and is read quickly."""
    path.write_text('["a", "b", ' + "9" * 1_000_000 + "]")
    assert read(FORMAT, path).pairs == [("a", "de", "b", float("inf"))]


def test_target_must_be_known(path: Path) -> None:
    """If the file does not name a language, the target language is required."""
    path.write_text('{"house": "Haus"}')
    with pytest.raises(LexiconError, match="target='de'"):
        read(FORMAT, path, None)


@pytest.mark.parametrize("text", ["", "[section]\nkey = value\n", "{{template}}\n", "house\tHaus\n", "<tei>", "[1, 2]"])
def test_not_json(path: Path, text: str) -> None:
    """Other texts are not recognised."""
    path.write_text(text)
    assert not found(FORMAT, path)


@given(PAIRS)
def test_written_is_read(pairs: list[tuple[str, str, str, float]]) -> None:
    """Written pairs are read back identically, including line breaks and all bits of weights."""
    pairs = [*pairs, ("tab", "de", "Tabu\tla\ntor\u2028", 0.1)]
    file = io.StringIO()
    write(iter(pairs), file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.jsonl"
        path.write_bytes(file.getvalue().encode())
        assert read(FORMAT, path, None).pairs == pairs
        assert found(FORMAT, path)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5), st.just("de")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["term", "translation", "language", "weight", "en", "de", "x"]), inner, max_size=4
        ),
    ),
)


@given(st.lists(VALUES, max_size=4), st.booleans())
def test_fuzz_values(values: list[object], lines: bool) -> None:
    """Any JSON value raises only LexiconError."""
    text = "\n".join(map(json.dumps, values)) if lines else json.dumps(values)
    survives(FORMAT, {"file": text.encode()}, "file")


@given(damaged(RECORDS.encode(), MAPPING.encode(), pieces=(b'"', b"[", b"{", b"}", b"\\ud800", b"1e999", b"NaN")))
def test_fuzz(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"file": data}, "file")
