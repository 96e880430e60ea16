"""``lexswitch preview``."""

from __future__ import annotations

from pathlib import Path

import pytest

from lexswitch import Lexicon

from ..switching.preview.pages import read_data, texts_at
from .running import error_of, names_in, output_of, run

TEXTS = ["what is an affinity credit card program?", "", "The Bank,  the HOUSE"]
ROWS = [("the house", "a card"), ("open the door", "house"), ("", "a bank account")]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved lexicon."""
    path = tmp_path_factory.mktemp("lexicons") / "own.lexicon"
    pairs = {"de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("bank", "Bank")], "ru": [("house", "дом")]}
    Lexicon.from_pairs({**pairs, "it": [("house", "casa"), ("bank", "banca")]}).save(path)
    return path


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file of texts."""
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of two columns."""
    path = tmp_path / "pairs.tsv"
    path.write_text("query\tpassage\n" + "".join(f"{one}\t{two}\n" for one, two in ROWS), encoding="utf-8")
    return path


def test_page_shows_what_apply_returns(own: Path, lines: Path, tmp_path: Path) -> None:
    """The page has the lines with the switches of `lexswitch apply`; standard error has a summary."""
    options = ["--lexicon", own, "--to", "de,ru", "-p", "0.4", "--seed", "5"]
    ran = run("preview", lines, *options, "-o", tmp_path / "new" / "page.html")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", f"{tmp_path}/new/page.html: All texts: 3\n")
    data = read_data((tmp_path / "new" / "page.html").read_text(encoding="utf-8"))
    assert texts_at(data, data["step"]) == output_of("apply", lines, *options).splitlines()
    assert data["steps"][data["step"]] == "0.4"
    assert data["languages"] == ["de", "ru"]


def test_page_of_a_table_shows_what_apply_returns(own: Path, table: Path, tmp_path: Path) -> None:
    """Cells are switched as by `lexswitch apply`: each column has its languages and draws."""
    options = ["--lexicon", own, "--columns", "query=de", "passage=ru,it", "-p", "0.8"]
    assert output_of("preview", table, *options, "-o", tmp_path / "page.html", "--quiet") == ""
    data = read_data((tmp_path / "page.html").read_text(encoding="utf-8"))
    switched = output_of("apply", table, *options, "-o", "-").splitlines()[1:]
    assert texts_at(data, data["step"]) == [cell for row in switched for cell in row.split("\t")]
    assert [text[:2] for text in data["texts"][:3]] == [[1, "query"], [1, "passage"], [2, "query"]]


def test_text_prints_the_first_texts(own: Path, lines: Path, table: Path) -> None:
    """With --text, standard output gets the first 20 texts, with the language of each switch."""
    options = ["--text", "--lexicon", own, "-p", "1"]
    assert output_of("preview", lines, *options, "--to", "de").splitlines() == [
        "1  what is an affinity [de: Kreditkarte] program?",
        "2  ",
        "3  The [de: Bank],  the [de: HAUS]",
    ]
    many = output_of("preview", *options, "--to", "it", stdin="a house\n" * 100)
    assert many == "".join(f"{number:<2}  a [it: casa]\n" for number in range(1, 21))
    shown = output_of("preview", table, *options, "--columns", "query=de", "passage=ru").splitlines()
    assert shown[:2] == ["1 query    the [de: Haus]", "1 passage  a card"]


def test_output_is_replaced_with_force_only(own: Path, lines: Path, tmp_path: Path) -> None:
    """An existing output is refused before the work, and replaced with --force."""
    page = tmp_path / "page.html"
    page.write_text("old")
    message = error_of("preview", lines.with_name("missing.txt"), "-o", page)
    assert message == f"{page} exists; add --force to replace it, or choose another path"
    assert page.read_text() == "old"
    assert output_of("preview", lines, "--lexicon", own, "-o", page, "--force", "--quiet") == ""
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert names_in(tmp_path) == ["page.html", "texts.txt"]


def test_empty_input_is_reported(own: Path, tmp_path: Path) -> None:
    """A file without text prints no text, and a line on standard error; with --quiet it prints nothing."""
    (tmp_path / "empty.txt").write_bytes(b"")
    ran = run("preview", tmp_path / "empty.txt", "--lexicon", own, "--text")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", f"{tmp_path / 'empty.txt'}: there is no text\n")
    ran = run("preview", "--lexicon", own, "--text", "--quiet")
    assert ran.stderr == ""


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_empty_input_gives_a_page(content: str, own: Path, tmp_path: Path) -> None:
    """No text, and texts without words, give a page."""
    ran = run("preview", "--lexicon", own, "-o", tmp_path / "page.html", stdin=content)
    assert ran.stderr == f"{tmp_path / 'page.html'}: All texts: {len(content)}\n"
    assert len(read_data((tmp_path / "page.html").read_text(encoding="utf-8"))["texts"]) == len(content)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of the arguments -o/--output --text is required; see lexswitch preview --help"),
        (["a", "b", "--text"], '2 files; preview reads one file, or "-" for standard input'),
        (["--text", "--format", "tsv"], "--format is for tables; name the columns to switch with --columns"),
        (["-o", "."], ". is a folder; name a file in it, such as output"),
        (["missing.txt", "--text"], "missing.txt: No such file or directory"),
        (
            ["--text", "--lang=de"],
            "unrecognized arguments: --lang=de; did you mean --to? See lexswitch preview --help",
        ),
    ],
)
def test_mistakes_have_one_line(arguments: list[str], message: str) -> None:
    """A mistake gets one line that names the remedy."""
    assert error_of("preview", *arguments, stdin="a house\n") == message


def test_titles_have_the_name_of_the_file(own: Path, tmp_path: Path) -> None:
    """The heading is the name of the file, without its folder, as text."""
    path = tmp_path / "<b>a&b.txt"
    path.write_text("a house\n")
    assert run("preview", path, "--lexicon", own, "-o", tmp_path / "page.html").returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1><bdi>&lt;b&gt;a&amp;b.txt</bdi></h1>" in page
    assert str(tmp_path) not in page


@pytest.mark.slow
def test_page_of_many_rows_has_a_sample(own: Path, tmp_path: Path) -> None:
    """Of 1,000,000 rows, the page has 2,000 and says so."""
    path = tmp_path / "many.txt"
    path.write_text("".join(f"the house {number}\n" for number in range(1_000_000)))
    ran = run("preview", path, "--lexicon", own, "-o", tmp_path / "page.html")
    assert ran.stderr == f"{tmp_path / 'page.html'}: A random sample of the texts: 2,000, from 1,000,000 rows\n"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "A random sample of the texts: 2,000, from 1,000,000 rows" in page
    assert len(read_data(page)["texts"]) == 2000
