import json
from pathlib import Path

import pytest
from hypothesis import given

from lexswitch.errors import LexiconError
from lexswitch.formats.gatitos import FORMAT
from lexswitch.formats.jsonl import FORMAT as JSON

from .reading import damaged, found, read, survives

ROWS = (
    '{"sl": "en", "tl": "aa", "is_source_orig": true, "src": "how are you", "trgs": ["mannah taniih?", "anninnaay?"]}\n'
    '{"sl": "en", "tl": "aa", "is_source_orig": true, "src": "above", "trgs": ["daga"]}\n'
)
SENTENCE = '{"id": 381, "sl": "en", "tl": "ber", "is_src_orig": true, "src": "Rih, a soldier.", "trg": "ⵔⵉⵀ"}\n'
DOCUMENT = (
    '{"id": "topic_1", "sl": "en", "tl": "yo", "is_src_orig": true, "srcs": ["One.", "Two."], "trgs": ["Ọ̀kan."]}\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "en_aa.jsonl"


def test_rows(path: Path) -> None:
    """A row gives a pair for each of its translations; the file names its languages."""
    path.write_text(ROWS)
    result = read(FORMAT, path, None)
    assert result.pairs == [
        ("how are you", "aa", "mannah taniih?", 1.0),
        ("how are you", "aa", "anninnaay?", 1.0),
        ("above", "aa", "daga", 1.0),
    ]
    assert result.lines == [1, 1, 2]
    assert found(FORMAT, path)


def test_languages(path: Path) -> None:
    """From concatenated files, only rows of the requested languages are read."""
    path.write_text(ROWS + ROWS.replace('"aa"', '"ber-Latn"') + ROWS.replace('"en"', '"es"').replace('"aa"', '"en"'))
    assert [pair[1] for pair in read(FORMAT, path, None).pairs] == ["aa"] * 3 + ["ber-Latn"] * 3
    assert [pair[1] for pair in read(FORMAT, path, ("ber-Latn",)).pairs] == ["ber-Latn"] * 3
    assert [pair[1] for pair in read(FORMAT, path, None, source="es").pairs] == ["en"] * 3


def test_wrong_source_language(path: Path) -> None:
    """A file with another source language is an error that names it."""
    path.write_text(ROWS.replace('"en"', '"x"').replace('"aa"', '"en"').replace('"x"', '"aa"'))
    with pytest.raises(LexiconError, match="no entry in the source language 'en', only in aa"):
        read(FORMAT, path)
    assert len(read(FORMAT, path, ("en",), source="aa").pairs) == 3


@pytest.mark.parametrize("row", [SENTENCE, DOCUMENT])
def test_sentences_are_refused(path: Path, row: str) -> None:
    """Files of SMOL with sentences and documents are recognised and refused."""
    path.write_text(row)
    assert found(FORMAT, path)
    assert found(JSON, path)  # so GATITOS must be tried first
    with pytest.raises(LexiconError, match=r"en_aa.jsonl:1: sentences or documents of SMOL, not a lexicon"):
        read(FORMAT, path)


def test_drops(path: Path) -> None:
    """Invalid rows are counted, later rows are read; strict=True names the line."""
    good = json.loads(ROWS.splitlines()[0])
    bad = [
        {**good, "trgs": None},
        {**good, "trgs": ["x", 3]},
        {**good, "src": 3},
        {**good, "tl": "?"},
        [],
        {"sl": "en"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in bad) + "{\n" + ROWS)
    result = read(FORMAT, path, None)
    assert result.dropped == {"no pair": 6, "wrong language code": 1, "not JSON": 1}
    assert [pair[2] for pair in result.pairs] == ["x", "mannah taniih?", "anninnaay?", "daga"]
    with pytest.raises(LexiconError, match=r"en_aa.jsonl:1: no pair"):
        read(FORMAT, path, None, strict=True)


@pytest.mark.parametrize("text", ["", '{"term": "a"}', "[]", "a\tb", '{"sl": "en", "tl": "de"}', '{"sl": "en"'])
def test_not_recognised(path: Path, text: str) -> None:
    """Other files are not recognised as GATITOS."""
    path.write_text(text)
    assert not found(FORMAT, path)


@given(damaged((ROWS * 2).encode(), SENTENCE.encode(), pieces=(b'"', b"[", b"{", b"}", b"null", b"\\ud800", b"1")))
def test_fuzz(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"file": data}, "file")
