"""Reading files of any format: what is refused, and what is read."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lexswitch import Lexicon, LexiconError, LossyReadWarning
from lexswitch.formats import FORMATS

from .dictionaries import freedict, write_dictd, write_stardict

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
    if format not in ("tei", "jmdict", "apertium", "stardict", "dictd"):
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
    """Files that detection refuses are also refused if the format is named."""
    path = tmp_path / "en-de.txt"
    path.write_bytes(head)
    with pytest.raises(LexiconError, match=f"it is {what}; " if what else "many zero bytes|not a table of pairs"):
        Lexicon.read(path, "en", "de", format)


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\n\ndef f(x):\n    return x\n",
        "import os\nimport sys\n\nimport re\n",
        "func main() {\n\tname := read()\n\tprint(name)\n}\n",
        "int x;\nint y;\nchar z;\n",
        "f(a, b)\nf(c, d)\nf(e, f)\n",
        "    EXPLANATION,\n    HEADWORD,\n",
        "Dear John,\n\nthank you!\n\nYours, Mary\n",
        "Hello world.\nGood morning.\n",
        "There was once a king, who\nhad three sons, of whom\none was a poet, and poor\n",
        '"""Mueller, \n\n    x = 1  # a\n    y = 2  # b\n    z = 3  # c\n',
    ],
)
def test_code_and_prose_are_refused(tmp_path: Path, text: str) -> None:
    """Short source code and prose are not dictionaries, although their lines may be two words; the error has a remedy."""
    path = write(tmp_path / "en-de.txt", text)
    with pytest.raises(
        LexiconError, match=r"has no known format: it is text that begins .*; write one pair per line, sep"
    ):
        Lexicon.read(path, "en", "de")


def test_own_files_are_refused(tmp_path: Path) -> None:
    """No file of source code of this package is read as a dictionary, and none of its documentation."""
    root = Path(__file__).parents[2]
    for path in (*root.glob("src/**/*.py"), *root.glob("*.md"), *root.glob("docs/*.md"), root / "LICENSE"):
        if path.read_text(encoding="utf-8").strip():
            with pytest.raises(LexiconError, match="has no known format"):
                Lexicon.read(path, "en", "ru")


@pytest.mark.parametrize(
    "text",
    [
        "house Haus\ncar Auto\n",
        "import Import\nimport Einfuhr\nhouse Haus\n",
        "etc. usw.\nhouse Haus\ncar Auto\nMr. Hr.\ndog Hund\ncat Katze\ntree Baum\ncow Kuh\nox Ochse\nsun Sonne\n",
        "house\tHaus\n",
        "What?\tWas?\nHello.\tGuten Tag.\n",
        "house,Haus\ncar,Auto\ntree,\n",
        "car (vehicle),Auto\nbank (money),Bank\n",
        "house\t1) Haus 2) Heim\ncar\ta) Auto b) Wagen\n",
    ],
)
def test_small_dictionaries_are_read(tmp_path: Path, text: str) -> None:
    """Files of a few pairs are recognised, also those with some abbreviations, sentences or gaps."""
    assert Lexicon.read(write(tmp_path / "en-de.txt", text), "en", "de").num_pairs >= min(2, text.count("\n"))


def test_words_that_look_like_markup(tmp_path: Path) -> None:
    """A named format also reads files that detection does not recognise."""
    path = write(tmp_path / "en-de.txt", "<unk> <unk>\n<s> <s>\n{a} {b}\n")
    assert Lexicon.read(path, "en", "de", "muse").num_pairs == 3


def test_zip_archives(tmp_path: Path) -> None:
    """A zip archive of one file is read like the file; an archive of several is an error with their names."""
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
    """A folder, also the current one, is an error with its name and the remedy."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LexiconError, match=rf"^{re.escape(name)} .*it is a folder; name one of its files"):
        Lexicon.read(name, "en", "de", format)


# -- files that are mostly dropped -------------------------------------------------------------------------------------

DEFINITIONS = [
    (f"word{number}", "a thing that somebody made, which nobody else has ever seen before") for number in range(40)
]


def lost(path: Path, *arguments: Any, **options: Any) -> str:
    """The warning about a file that is mostly dropped; with `strict` it is an error."""
    with pytest.warns(LossyReadWarning) as caught:
        Lexicon.read(path, *arguments, **options)
    assert [record.filename for record in caught] == [__file__]
    with pytest.raises(LexiconError, match="correct it, or read without strict to skip it"):
        Lexicon.read(path, *arguments, strict=True)  # type: ignore[misc]  # there are at most three arguments
    return str(caught[0].message)


def test_wrong_format(tmp_path: Path) -> None:
    """A list with equals signs, read as MUSE, has almost no pairs; the message has counts, reason and likely cause."""
    path = write(tmp_path / "words.txt", "# words, version 1\nhouse Haus\n" + "the house = das Haus\n" * 90)
    assert lost(path, "en", "de", "muse") == (
        f"{path}: only 1 of 92 entries gave a pair, read as 'muse'; 91 times the reason was 'ragged line': the file may "
        "have another format, or its columns another order. strict=True names the first such line"
    )


def test_format_that_the_content_shows(tmp_path: Path) -> None:
    """If the content has another format than the one named, the warning names it."""
    lines = "".join(f"term{number}\tBegriff\tnoun\n" for number in range(60))
    path = write(tmp_path / "words.tsv", f"term\ttranslation\tkind\nhouse\tHaus\n{lines}")
    assert "by its content the format is 'table', not 'muse'" in lost(path, "en", "de", "muse")
    lines = "".join(f"傳統{number} 传统{number} [chuan2 tong3] /tradition/traditional/\n" for number in range(90))
    path = write(tmp_path / "cedict.txt", f"# CC-CEDICT, version 1\nhouse Haus\n{lines}")
    assert "by its content the format is 'cedict', not 'muse'" in lost(path, "zh", "en", "muse")


def test_layout_that_is_not_known(tmp_path: Path) -> None:
    """A dictionary without recognisable translations causes a warning."""
    entries = [f"word{number} /wɜːd/\n   Note: nothing\n" for number in range(60)]
    path = write_dictd(tmp_path, "freedict-eng-deu", freedict("English-German FreeDict Dictionary", "a\nb\n", *entries))
    message = lost(path, "en", "de")
    assert "only 1 of 61 entries gave a pair, read as 'dictd'; 60 times the reason was 'no translation'" in message
    assert "have an unknown layout" in message


def test_dictionary_of_one_language(tmp_path: Path) -> None:
    """A monolingual dictionary causes a warning that says so."""
    entries = [(headword, text.replace(",", "").encode()) for headword, text in DEFINITIONS]
    path = write_stardict(tmp_path, [("a", b"b"), *entries], sametypesequence="m")
    assert "only 1 of 41 entries gave a pair, read as 'stardict'; 40 times" in (message := lost(path, "en", "de"))
    assert "explain words in sentences, or in one language" in message


@pytest.mark.parametrize(("good", "bad"), [(50, 50), (200, 10), (1, 15), (9, 10)])
def test_small_losses_are_silent(tmp_path: Path, good: int, bad: int) -> None:
    """There is no warning if half of the entries gave a pair, or if there are few entries."""
    path = write(tmp_path / "words.txt", "house Haus\n" * good + "ragged\n" * bad)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        record = Lexicon.read(path, "en", "de", "muse").provenance[0]
    assert record["dropped"]["ragged line"] == bad


def test_languages_that_are_not_wanted_are_not_lost(tmp_path: Path) -> None:
    """Entries of other target languages do not count as dropped."""
    rows = "".join(f"house,ru,дом{number}\n" for number in range(90))
    path = write(tmp_path / "words.csv", f"term,language,translation\nhouse,de,Haus\nhouse,de,\n{rows}")
    assert Lexicon.read(path, "en", "de").num_pairs == 1
