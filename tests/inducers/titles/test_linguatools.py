"""The Wikipedia Parallel Titles Corpora."""

from __future__ import annotations

import bz2
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.inducers.titles import LinguatoolsTitles, TitleInducer, TitlesWarning

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<wikititles name="deen">\n'


def translation(number: int, german: str, english: str, more: str = "") -> str:
    entries = f'  <entry lang="de">{german}</entry>\n{more}  <entry lang="en">{english}</entry>\n'
    return f'<translation id="{number}">\n{entries}</translation>\n'


def write(folder: Path, text: str, name: str = "wikititles-2014_deen.xml.bz2") -> Path:
    path = folder / name
    path.write_bytes(bz2.compress(text.encode()))
    return path


def induce(path: Path, source: str = "en", to: str = "de", strict: bool = False) -> Lexicon:
    return TitleInducer(LinguatoolsTitles(path), [to], source).induce(strict=strict)


def test_both_ways(tmp_path: Path) -> None:
    """One file serves both directions; redirects of the source language are names, those of the target are not."""
    redirects = '  <redirects lang="de"><redirect>Pudel &amp; Co</redirect><redirect></redirect></redirects>\n'
    path = write(tmp_path, HEAD + translation(1, "Hund", "Dog", redirects) + "</wikititles>\n")
    assert list(induce(path).pairs()) == [("Dog", "de", "Hund", 1.0)]
    assert list(induce(path, "de", "en").pairs()) == [("Hund", "en", "Dog", 1.0), ("Pudel & Co", "en", "Dog", 0.1)]


def test_characters(tmp_path: Path) -> None:
    """Character references and entities are decoded."""
    path = write(tmp_path, HEAD + translation(1, "B&#228;r &lt;3", "Bear &#x3C;3") + "</wikititles>\n")
    assert list(induce(path).pairs()) == [("Bear <3", "de", "Bär <3", 1.0)]


def test_other_languages(tmp_path: Path) -> None:
    """A file without the languages is refused; the error lists its languages."""
    path = write(tmp_path, HEAD + translation(1, "Hund", "Dog") + "</wikititles>\n")
    with pytest.raises(
        LexiconError, match=r"deen.xml.bz2 has titles in \['de', 'en'\], none of 'en' with one of \['fr'\]"
    ):
        induce(path, to="fr")


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    """The sound beginning of a truncated file is kept, and the truncation reported."""
    path = write(tmp_path, HEAD + translation(1, "Hund", "Dog") + translation(2, "Katze", "Cat")[:30])
    with pytest.warns(TitlesWarning, match=r"deen.xml.bz2:7: the file ends within a translation; get it again"):
        lexicon = induce(path)
    assert list(lexicon) == ["Dog"]
    assert not lexicon.provenance[0]["complete"]
    with pytest.raises(LexiconError, match="the file ends within a translation"):
        induce(path, strict=True)


def test_broken_translations(tmp_path: Path) -> None:
    """A translation within another is left out, and reported with file and line."""
    broken = '<translation id="2">\n' + translation(3, "Katze", "Cat")
    path = write(
        tmp_path, HEAD + translation(1, "Hund", "Dog") + broken + translation(4, "Maus", "Mouse") + "</wikititles>"
    )
    with pytest.warns(TitlesWarning, match=r"deen.xml.bz2:\d+: broken translation: '<translation id=\"2\">"):
        lexicon = induce(path)
    assert list(lexicon) == ["Dog", "Mouse"]
    assert lexicon.provenance[0]["skipped"] == {"broken translation": 1}
    with pytest.raises(LexiconError, match=r"deen.xml.bz2:\d+: broken translation: .* or leave out strict"):
        induce(path, strict=True)
