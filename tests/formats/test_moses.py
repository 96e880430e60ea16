from pathlib import Path

import pytest
from hypothesis import given

from lexswitch.errors import LexiconError
from lexswitch.formats.moses import FORMAT
from lexswitch.formats.muse import FORMAT as MUSE
from lexswitch.formats.table import FORMAT as TABLE

from .reading import damaged, found, read, survives


def lexical_tables(sentences: list[tuple[str, str, str]]) -> tuple[str, str]:
    """lex.f2e and lex.e2f as Moses computes them from aligned sentences (f, e, "i-j ..."): relative frequencies."""
    joint: dict[tuple[str, str], int] = {}
    for f, e, alignment in sentences:
        f_words, e_words = f.split(), e.split()
        points = [tuple(map(int, point.split("-"))) for point in alignment.split()]
        pairs = [(f_words[i], e_words[j]) for i, j in points]
        pairs += [("NULL", word) for j, word in enumerate(e_words) if j not in {point[1] for point in points}]
        pairs += [(word, "NULL") for i, word in enumerate(f_words) if i not in {point[0] for point in points}]
        for pair in pairs:
            joint[pair] = joint.get(pair, 0) + 1
    f2e, e2f = "", ""
    for (f, e), count in joint.items():
        f2e += f"{e} {f} {count / sum(n for pair, n in joint.items() if pair[0] == f):.7f}\n"
        e2f += f"{f} {e} {count / sum(n for pair, n in joint.items() if pair[1] == e):.7f}\n"
    return f2e, e2f


F2E, E2F = lexical_tables(
    [("the house", "das Haus", "0-0 1-1"), ("the bank", "die Bank", "0-0 1-1"), ("the bank", "das Ufer ja", "0-0 1-1")]
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lex.f2e"


def test_directions(path: Path) -> None:
    """For a model from English (f) to German (e), lex.f2e has p(German | English), lex.e2f p(English | German)."""
    path.write_text(F2E)
    pairs = read(FORMAT, path).pairs
    assert ("bank", "de", "Ufer", 0.5) in pairs
    assert ("the", "de", "das", 0.6666667) in pairs
    assert sum(pair[3] for pair in pairs if pair[0] == "the") == pytest.approx(1, abs=1e-6)
    path.write_text(E2F)
    pairs = read(FORMAT, path, ("en",), source="de").pairs
    assert ("Ufer", "en", "bank", 1.0) in pairs
    assert ("das", "en", "the", 1.0) in pairs


def test_null(path: Path) -> None:
    """Unaligned words are paired with NULL in the file, and absent from the lexicon."""
    assert "ja NULL 1.0000000" in F2E
    assert "NULL ja 1.0000000" in E2F
    for text in (F2E, E2F):
        path.write_text(text)
        result = read(FORMAT, path)
        assert len(result.pairs) == text.count("\n") - 1
        assert "NULL" not in {word for pair in result.pairs for word in pair}
        assert not result.dropped


def test_escapes(path: Path) -> None:
    """Characters that Moses escapes are restored, once."""
    path.write_text(
        "&apos;s &quot; 0.5000000\n&#91; &#124; 0.5000000\n&amp;lt; R&amp;D 1.0000000\n&uuml; &; 1.0000000\n"
    )
    words = [(translation, term) for term, _, translation, _ in read(FORMAT, path).pairs]
    assert words == [("'s", '"'), ("[", "|"), ("&lt;", "R&D"), ("&uuml;", "&;")]


def test_drops(path: Path) -> None:
    """Ragged lines and lines without a number are counted, zeros are skipped; strict=True names the line."""
    path.write_text("a b 0.5000000\na b\nc d 0.0000000\n\ne f x\ng  h 1\ni j 5e-05\r\nk l\xa0m 1.0000000")
    result = read(FORMAT, path)
    assert result.pairs == [("b", "de", "a", 0.5), ("j", "de", "i", 5e-05), ("l\xa0m", "de", "k", 1.0)]
    assert result.lines == [1, 7, 8]
    assert result.dropped == {"ragged line": 2, "weight is not a number": 1}
    with pytest.raises(LexiconError, match=r"lex.f2e:2: ragged line: 'a b'"):
        read(FORMAT, path, strict=True)


def test_target_must_be_known(path: Path) -> None:
    """The files do not name their languages."""
    path.write_text(F2E)
    with pytest.raises(LexiconError, match="target='de'"):
        read(FORMAT, path, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (F2E, True),
        (E2F, True),
        ("a b 1\nc d 5.3e-07\n", True),
        ("house Haus NULL\n", False),
        ("house Haus\ndog Hund\n", False),
        ("der das 3 17\n", False),
        ("a b 1.5\n", False),
        ("a\tb\t0.5\n", False),
        ("I ate 12\n", False),
        ("", False),
    ],
)
def test_recognised(path: Path, text: str, expected: bool) -> None:
    """Tables are recognised; word pairs, vectors and counts are not."""
    path.write_text(text)
    assert found(FORMAT, path) is expected
    assert not (expected and (found(MUSE, path) or found(TABLE, path)))


@pytest.mark.parametrize("name", ["lex.e2f.gz", "en-de.txt"])
def test_direction_is_not_guessed(tmp_path: Path, name: str) -> None:
    """Without NULL, a file is only recognised by its name."""
    path = tmp_path / name
    path.write_text("Haus house 0.9\nHund dog 0.8\n")
    assert found(FORMAT, path) is name.startswith("lex.")
    assert not found(MUSE, path)
    assert not found(TABLE, path)
    assert read(FORMAT, path).pairs == [("house", "de", "Haus", 0.9), ("dog", "de", "Hund", 0.8)]
    path.write_text("Haus house 0.9\nHund NULL 0.8\n")
    assert found(FORMAT, path)


@given(damaged(F2E.encode(), E2F.encode(), pieces=(b" ", b"  ", b"&", b"&amp;", b"NULL", b"nan", b"1e999", b"\t")))
def test_fuzz(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"file": data}, "file")
