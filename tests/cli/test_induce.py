"""``lexswitch induce`` and ``lexswitch train``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lexswitch import Lexicon
from lexswitch.inducers.embeddings import Vectors

from ..inducers.titles.dumps import write_sql, write_wikidata
from .running import error_of, names_in, output_of, run, run_process

WORDS = 400


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with vectors of two languages: the German words end in "u", and one file is rotated."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    source = random.standard_normal((WORDS, 30)) * np.linspace(1, 0.2, 30)
    target = source + 0.05 * random.standard_normal((WORDS, 30))
    turn = np.linalg.qr(random.standard_normal((30, 30)))[0]
    words = [f"x{letters(number)}" for number in range(WORDS)]
    Vectors(words, source).save("en.vec")
    Vectors([f"{word}u" for word in words], target).save("wiki.shared.de.vec.gz")
    Vectors([f"{word}u" for word in words], target @ turn).save("turned.vec")
    Lexicon.from_pairs({"de": [(word, f"{word}u") for word in words[:150]]}).save("seeds.lexicon")
    Lexicon.from_pairs({"de": [(word, f"{word}u") for word in words]}).save("gold.lexicon")
    return tmp_path


def share_of_correct_pairs(path: str) -> float:
    pairs = list(Lexicon.load(path).pairs())
    return sum(word == f"{term}u" for term, _, word, _ in pairs) / WORDS


def test_from_vectors_to_switched_text(folder: Path) -> None:
    """One command makes the lexicon, prints its quality and leaves no other file; the next switches with it."""
    ran = run(
        "induce", "embeddings", "en.vec", "wiki.shared.de.vec.gz", "--gold", "gold.lexicon", "-o", "en-de.lexicon"
    )
    assert ran.returncode == 0
    head, row = ran.stderr.splitlines()
    assert dict(zip(head.split(), row.split(), strict=True))["precision@1"] == "1.000"
    assert "  de: 400\n" in ran.stdout
    assert not [name for name in names_in(folder) if name.startswith(".")]
    assert output_of("apply", "--lexicon", "en-de.lexicon", "-p", "1", stdin="Xa, xb!\n") == "Xau, xbu!\n"


def test_turned_vectors_without_alignment(folder: Path) -> None:
    """Vectors without a common space get one warning with the remedy, and a failed row in the table."""
    ran = run("induce", "embeddings", "en.vec", "de=turned.vec", "-o", "x.lexicon")
    assert ran.returncode == 0
    warning, _, row = ran.stderr.splitlines()
    assert warning.startswith("lexswitch: warning: en-de: the vectors evidently do not share a space (agreement 0.0")
    assert "--align vecmap" in warning
    assert row.endswith("none, FAILED")


def test_turned_vectors_with_seeds(folder: Path) -> None:
    """A lexicon of seeds aligns the spaces; the argument may name the language of a file."""
    options = ("--align", "procrustes", "--seeds", "seeds.lexicon", "--quiet", "-o", "x.lexicon")
    assert output_of("induce", "embeddings", "en.vec", "de=turned.vec", *options) == ""
    assert share_of_correct_pairs("x.lexicon") > 0.95


def test_same_lexicon_as_in_python(folder: Path) -> None:
    """The options set those of `EmbeddingInducer`."""
    from lexswitch.inducers.embeddings import EmbeddingInducer

    options = (
        "--retrieve",
        "nearest",
        "--top-k",
        "3",
        "--min-similarity",
        "0.3",
        "--no-identical",
        "--min-weight",
        ".01",
    )
    output_of("induce", "embeddings", "en.vec", "wiki.shared.de.vec.gz", *options, "--quiet", "-o", "x.lexicon")
    inducer = EmbeddingInducer(
        Vectors.read("en.vec"),
        {"de": Vectors.read("wiki.shared.de.vec.gz")},
        retrieval="nearest",
        top_k=3,
        min_similarity=0.3,
        identical=False,
    )
    expected = inducer.induce().select(min_weight=0.01)
    assert Lexicon.load("x.lexicon").content_hash == expected.content_hash


def test_wrong_input(folder: Path) -> None:
    """Each mistake is reported in one line, and no lexicon is written."""
    Path("broken.vec").write_text("2 3\na 1 2 3\nb 1 2\n", encoding="utf-8")
    wrong = {
        ("en.vec", "turned.vec"): "the name 'turned.vec' has no language; write LANGUAGE=FILE, as in de=turned.vec",
        ("en.vec", "de=none.vec"): "none.vec: No such file or directory",
        ("en.vec", "xy=turned.vec"): "targets: 'xy' is not a BCP 47 language code",
        ("en.vec", "en=turned.vec"): "targets has 'en', the source language",
        ("en.vec", "de=turned.vec", "--seeds", "identical"): "seeds is given, but align is 'none'",
        ("en.vec", "de=turned.vec", "--align", "procrustes"): "en-de: seeds is None, but Procrustes needs seeds",
        ("en.vec", "de=turned.vec", "--align", "vecmap", "--seeds", "identical"): "seeds is 'identical', but no word",
        ("en.vec", "de=turned.vec", "--max-words", "5"): "source has 5 words",
        ("en.vec", "wiki.shared.de.vec.gz", "--min-weight", "2"): "no pair has languages ['de'] and a weight of at",
        ("en.vec", "de=turned.vec", "--retrieve", "cosine"): "argument --retrieve: invalid choice: 'cosine'",
    }
    for arguments, message in wrong.items():
        assert message in error_of("induce", "embeddings", *arguments, "-o", "x.lexicon", "--quiet")
    assert not Path("x.lexicon").exists()


def test_two_files_of_one_language(folder: Path) -> None:
    """The second one does not replace the first silently."""
    message = error_of("induce", "embeddings", "en.vec", "de=turned.vec", "wiki.shared.de.vec.gz", "-o", "x.lexicon")
    assert message == "TARGET has de twice: turned.vec and wiki.shared.de.vec.gz; pass one file per language"


def test_what_was_done_is_kept_until_it_is_saved(folder: Path) -> None:
    """An output that is not a lexicon is refused before the work, and an error after the work keeps its checkpoint."""
    Path("busy").mkdir()
    Path("busy/note.txt").touch()
    command = ("induce", "embeddings", "en.vec", "wiki.shared.de.vec.gz", "--quiet")
    assert error_of(*command, "-o", "busy").startswith("busy exists and is not a lexicon")
    assert ".busy.resume" not in names_in(folder)
    assert "no pair has" in error_of(*command, "--min-weight", "2", "-o", "x.lexicon")
    assert ".x.lexicon.resume" in names_in(folder)
    assert output_of(*command, "-o", "x.lexicon") == ""
    assert ".x.lexicon.resume" not in names_in(folder)


def test_damaged_vectors_are_reported(folder: Path) -> None:
    """Skipped lines of a file are a warning that names file and line."""
    text = Path("en.vec").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("en.vec").write_text("".join([*text[:7], "xq 1 2\n", *text[7:]]), encoding="utf-8")
    ran = run("induce", "embeddings", "en.vec", "wiki.shared.de.vec.gz", "-o", "x.lexicon", "--quiet")
    assert ran.returncode == 0
    assert ran.stderr.startswith(
        "lexswitch: warning: en.vec: left out 1 of 401 vectors (wrong number of fields: 1, first"
    )
    assert "en.vec:8" in ran.stderr


@pytest.mark.slow
@pytest.mark.process
def test_from_text_to_vectors(folder: Path) -> None:
    """Training writes vectors that the next command reads, the same every time."""
    pytest.importorskip("gensim", reason="gensim has no wheel for this Python")
    Path("text.txt").write_text("the house and the tree\nthe river and the house\n" * 50, encoding="utf-8")
    options = ("--dimensions", "10", "--epochs", "2", "--quiet")
    assert output_of("train", "text.txt", "-o", "a.vec", *options) == ""
    ran = run_process("train", "text.txt", "-o", "b.vec", *options, PYTHONHASHSEED="1")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert Path("a.vec").read_bytes() == Path("b.vec").read_bytes()
    assert Vectors.read("a.vec").words == ("the", "house", "and", "tree", "river")
    assert "b.vec exists; add --force to replace it" in error_of("train", "text.txt", "-o", "b.vec", *options)
    assert output_of("train", "text.txt", "-o", "b.vec", *options, "--force") == ""
    assert "needs 2" in error_of("train", "text.txt", "-o", "c.vec", "--min-count", "1000", "--quiet")
    assert not Path("c.vec").exists()


def test_titles(folder: Path) -> None:
    """One command makes a lexicon from a dump for the words of a corpus, and prints the skipped pairs."""
    write_wikidata(folder / "latest-all.json.gz")
    (folder / "corpus.txt").write_text("my credit card\nis Mercury a planet?\n", encoding="utf-8")
    ran = run(
        "induce", "titles", "latest-all.json.gz", "--source", "en", "--to", "de,it,ru", "--vocabulary", "corpus.txt",
        "-o", "titles.lexicon",
    )  # fmt: skip
    assert ran.returncode == 0
    assert ran.stderr.startswith("skipped: ")
    assert set(Lexicon.load("titles.lexicon")) == {"Credit card", "Mercury"}
    assert "  de: 3\n" in ran.stdout
    assert [name for name in names_in(folder) if "titles" in name] == ["titles.lexicon"]


def test_titles_of_tables(folder: Path) -> None:
    """SQL dumps are read with the options of cleaning."""
    paths = [str(path) for path in write_sql(folder)]
    ran = run(
        "induce", "titles", *paths, "--to", "de", "--lowercase", "--no-identical", "--no-alternatives", "--quiet",
        "-o", "t.lexicon",
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    lexicon = Lexicon.load("t.lexicon")
    assert lexicon["machine learning"]["de"][0].translation == "maschinelles lernen"
    assert not {"alan turing", "quicksilver"} & set(lexicon)


def test_titles_of_a_damaged_dump(folder: Path) -> None:
    """Damage is a warning in one line; with --strict it is an error."""
    path = write_wikidata(folder / "w.json")
    path.write_text(path.read_text()[:-201])
    ran = run("induce", "titles", "w.json", "--to", "de", "-o", "t.lexicon")
    assert ran.returncode == 0
    assert "lexswitch: warning: w.json:18: the file ends without the closing bracket of its list" in ran.stderr
    assert "w.json:18: the file ends without the closing bracket of its list; get it again" in error_of(
        "induce", "titles", "w.json", "--to", "de", "--strict", "-o", "s.lexicon"
    )
    assert "s.lexicon" not in names_in(folder)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["en.vec", "--to", "de"], "en.vec is of an unknown kind"),
        (["none.json", "--to", "de"], "none.json"),
        (["w.json", "--to", "xx1"], "--to: 'xx1' is not a BCP 47 language code"),
        (["w.json", "--to", "en"], "--to has 'en', the source language; leave it out"),
        (["w.json", "--to", "de", "--vocabulary", "none.txt"], "none.txt"),
        (["w.json", "--to", "de", "--workers", "0"], "workers is 0"),
        (["w.json"], "--to"),
    ],
)
def test_wrong_titles(folder: Path, arguments: list[str], message: str) -> None:
    """A wrong argument is reported in one line that names it."""
    write_wikidata(folder / "w.json")
    assert message in error_of("induce", "titles", *arguments, "-o", "t.lexicon")
