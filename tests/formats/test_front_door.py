"""Reading files of any format: what is refused, and what is read all the same."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from lexswitch import Lexicon, LexiconError
from lexswitch.formats import FORMATS

PAGE = "<!DOCTYPE html>\n<html><head><title>Log in</title></head>\n<body>Please\tlog in</body></html>\n"
DENIED = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>\nAccess Denied\n</Error>\n'
MESSAGE = '{"error":\n "nothing"}\n'


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def zipped(path: Path, **members: str) -> Path:
    """A zip archive of text files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.txt", text)
    return path


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", [PAGE, DENIED, PAGE.partition("\n")[2]], ids=["page", "xml", "html"])
def test_pages_are_refused(tmp_path: Path, text: str, format: str) -> None:
    """A web page or an error message in XML is not a lexicon, whichever format is named."""
    path = write(tmp_path / "en-de.txt", text)
    with pytest.raises(LexiconError, match=re.escape(str(path))) as caught:
        Lexicon.read(path, "en", "de", format)
    if format not in ("tei", "stardict", "dictd"):
        assert "web page" in str(caught.value)
    with pytest.raises(LexiconError, match="it is a web page"):
        Lexicon.read(path, "en", "de")


@pytest.mark.parametrize("format", ["muse", "table", "moses", "mueller"])
def test_json_is_not_text_in_lines(tmp_path: Path, format: str) -> None:
    """A message in JSON is not read as a list of words."""
    path = write(tmp_path / "en-de.txt", MESSAGE)
    with pytest.raises(LexiconError, match=f"not a file of the format '{format}': it is JSON, perhaps an error mess"):
        Lexicon.read(path, "en", "de", format)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"%PDF-1.7\na b\n", "a PDF document"),
        (b"version https://git-lfs.github.com/spec/v1\na b\n", "a Git LFS pointer"),
        ("house Haus\n".encode("utf-16-le"), None),
        (b"\xff\xfe" + "house Haus\n".encode("utf-16-le"), "UTF-16"),
    ],
)
@pytest.mark.parametrize("format", ["muse", "table"])
def test_other_files_are_refused(tmp_path: Path, head: bytes, what: str | None, format: str) -> None:
    """What detection refuses is refused with a format named, too."""
    path = tmp_path / "en-de.txt"
    path.write_bytes(head)
    with pytest.raises(LexiconError, match=f"it is {what}; " if what else "many zero bytes|no table of pairs"):
        Lexicon.read(path, "en", "de", format)


def test_words_that_look_like_markup(tmp_path: Path) -> None:
    """A format that is named reads what detection would not have recognised."""
    path = write(tmp_path / "en-de.txt", "<unk> <unk>\n<s> <s>\n{a} {b}\n")
    assert Lexicon.read(path, "en", "de", "muse").num_pairs == 3


def test_zip_archives(tmp_path: Path) -> None:
    """A zip archive of one file is read like it, with a format or without; one of several names them."""
    text = "house Haus\ncar Auto\n"
    plain = Lexicon.read(write(tmp_path / "en-de.txt", text), "en", "de")
    one = zipped(tmp_path / "en-de.zip", words=text)
    assert Lexicon.read(one, "en", "de") == Lexicon.read(one, "en", "de", "muse") == plain
    several = zipped(tmp_path / "all.zip", german=text, russian=text)
    for format in (None, "muse"):
        with pytest.raises(LexiconError, match=r"all.zip is a zip archive that holds 2 files: 'german.txt', 'russian."):
            Lexicon.read(several, "en", "de", format)
    path = tmp_path / "inner.txt"
    path.write_bytes(one.read_bytes())
    assert Lexicon.read(path, "en", "de") == plain  # by content, not by name


@pytest.mark.parametrize("format", [None, "muse", "table", "dictd", "stardict", "tei", "json"])
@pytest.mark.parametrize("name", [".", "..", "folder", "/"])
def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, format: str | None) -> None:
    """A folder is refused by its name with the remedy, also the one we are in."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LexiconError, match=rf"^{re.escape(name)} .*it is a folder; name one of its files"):
        Lexicon.read(name, "en", "de", format)
