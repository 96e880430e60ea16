"""The actions of ``lexswitch lexicon`` that show, measure and export a lexicon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.sources import available

from .running import COMMAND, error_of, names_in, output_of, run, shown_on_terminal

OWN = Lexicon.from_pairs(
    {"de": [("bank", "Bank", 0.75), ("bank", "Ufer", 0.25), ("house", "Haus")], "ru": [("house", "дом")]},
    provenance=[
        {
            "name": "own\x1b[31m pairs",
            "licence": "CC0-1.0",
            "url": "https://example.org/own",
            "file": "own.txt",
            "sha256": "0123456789abcdef" * 4,
            "dropped": {"duplicate": 2, "ragged line": 1234},
            "pairs": 12345,
        },
        {"file": "en-ru.txt", "dropped": {}, "parts": ["a", 1]},
        {},
    ],
)
GOLD = Lexicon.from_pairs({"de": [("bank", "Bank"), ("house", "Heim"), ("tree", "Baum")]})
LINES = ["The bank, the house:", "no word", "", "a bank and a bank"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved lexicon of two languages."""
    path = tmp_path_factory.mktemp("lexicons") / "own.lexicon"
    OWN.save(path)
    return path


@pytest.fixture(scope="module")
def gold(own: Path) -> Path:
    """A saved lexicon to compare with."""
    path = own.with_name("gold.lexicon")
    GOLD.save(path)
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A text file."""
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    return path


# -- info, get, sources ------------------------------------------------------------------------------------------------


def test_info(own: Path) -> None:
    """The output has source language, counts, signature and sources, without control characters."""
    assert output_of("lexicon", "info", own).splitlines() == [
        "source: en",
        "terms: 2",
        "pairs: 4",
        "  de: 3",
        "  ru: 1",
        f"signature: {OWN.signature}",
        "from own [31m pairs:",
        "  licence: CC0-1.0",
        "  url: https://example.org/own",
        "  file: own.txt",
        "  sha256: 0123456789abcdef",
        "  dropped: duplicate 2, ragged line 1,234",
        "  pairs: 12,345",
        "from en-ru.txt:",
        '  parts: ["a", 1]',
        "from a source without a name:",
    ]


def test_info_as_json(own: Path) -> None:
    """``--json`` prints everything in full."""
    assert json.loads(output_of("lexicon", "info", own, "--json")) == {
        "source": "en",
        "languages": {"de": 3, "ru": 1},
        "terms": 2,
        "pairs": 4,
        "signature": OWN.signature,
        "content_hash": OWN.content_hash,
        "provenance": list(OWN.provenance),
    }


def test_info_of_the_starter_lexicon() -> None:
    """Without a path, or as "starter", it is the built-in lexicon."""
    starter = Lexicon.starter()
    printed = output_of("lexicon", "info")
    assert f"signature: {starter.signature}\n" in printed
    assert f"pairs: {starter.num_pairs:,}\n" in printed
    assert output_of("lexicon", "info", "starter") == printed


def test_get_prints_candidates(own: Path) -> None:
    """Language, translation and weight are printed, the best first, in UTF-8 in every locale."""
    assert output_of("lexicon", "get", "Bank", "--lexicon", own) == "de\tBank\t0.75\nde\tUfer\t0.25\n"
    printed = output_of("lexicon", "get", "house", "--lexicon", own, PYTHONIOENCODING="ascii")
    assert printed == "de\tHaus\t1\nru\tдом\t1\n"


def test_get_of_an_unknown_term(own: Path) -> None:
    """An unknown term is reported with exit code 1."""
    ran = run("lexicon", "get", "boat", "--lexicon", own)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "lexswitch: the lexicon has no term 'boat'\n"


def test_sources() -> None:
    """All public dictionaries are listed, by source, as "lexicon build" takes them."""
    rows = [line.split("\t") for line in output_of("lexicon", "sources").splitlines()]
    assert {row[0]: int(row[3]) for row in rows} == {name: len(source.files) for name, source in available().items()}
    assert "muse:en-de\n" in output_of("lexicon", "sources", "muse")
    assert "kaikki:en-LANGUAGES\n" in output_of("lexicon", "sources", "kaikki")


# -- coverage, evaluate ------------------------------------------------------------------------------------------------


def test_coverage(own: Path, texts: Path) -> None:
    """The shares of words in units, overall and per language, are those of ``Lexicon.coverage``."""
    shares = {language: OWN.select([language]).coverage(LINES) for language in OWN.languages}
    every = OWN.coverage(LINES)
    assert every == shares["de"] > shares["ru"] > 0
    first = ["words: 11", f"in units: {every:.3f}"]
    languages = [f"  {language}: {share:.3f}" for language, share in shares.items()]
    for source, stdin in ((texts, ""), ("-", texts.read_text("utf-8"))):
        lines = output_of("lexicon", "coverage", own, source, stdin=stdin).splitlines()
        assert lines[:2] == first
        assert lines[3:-1] == languages
    twice = output_of("lexicon", "coverage", own, texts, texts).splitlines()
    assert twice[:2] == ["words: 22", first[1]]
    assert twice[3:-1] == languages


def test_coverage_of_content_words(tmp_path: Path) -> None:
    """Function words and numbers do not count; the missing words are listed, the most frequent first."""
    Lexicon.from_pairs({"de": [("house", "Haus")]}).save(tmp_path / "house")
    said = output_of(
        "lexicon", "coverage", tmp_path / "house", "-", stdin="The houses of 7 cats.\nA cat, the cat, a dog"
    )
    assert said.splitlines()[2:] == [
        "content words in units: 0.200 of 5",
        "  de: 0.091",
        "most frequent missing words: cat 2, cats 1, dog 1",
    ]


def test_info_with_texts(own: Path, texts: Path) -> None:
    """``info --texts`` adds the lines of ``coverage`` to those of ``info``; as JSON it has the same figures."""
    plain = output_of("lexicon", "info", own).splitlines()
    covered = output_of("lexicon", "coverage", own, texts).splitlines()
    said = output_of("lexicon", "info", own, "--texts", texts).splitlines()
    assert said == [*plain, "coverage:", *(f"  {line}" for line in covered)]
    found = json.loads(output_of("lexicon", "info", own, "--json", "--texts", "-", stdin="a bank, the word"))[
        "coverage"
    ]
    assert found == {
        "words": 4,
        "share": 0.25,
        "content_words": 2,
        "content_share": 0.5,
        "languages": {"de": 0.25, "ru": 0.0},
        "missing": {"word": 1},
    }
    assert error_of("lexicon", "info", own, "--texts", "gone.txt") == "gone.txt: No such file or directory"


def test_missing_words_are_limited(own: Path) -> None:
    """The 40 most frequent missing words are listed, of equal ones those that come first in the text."""
    words = [f"w{number:02}x" for number in range(50)]
    said = output_of("lexicon", "info", own, "--texts", "-", stdin=" ".join([*words, "w49x"])).splitlines()[-1]
    assert said == f"  most frequent missing words: w49x 2, {', '.join(f'{word} 1' for word in words[:39])}"


def test_coverage_of_phrases(tmp_path: Path) -> None:
    """``--max-words`` limits the units; texts without words are covered by 0."""
    lexicon = Lexicon.from_pairs({"de": [("credit card", "Kreditkarte")]})
    lexicon.save(tmp_path / "phrases")
    command = ["lexicon", "coverage", tmp_path / "phrases", "-"]
    said = "words: 3\nin units: 0.667\ncontent words in units: 1.000 of 2\n  de: 0.667\n"
    assert output_of(*command, stdin="a credit card") == said
    said = output_of(*command, "--max-words", "1", stdin="a credit card")
    assert said.startswith("words: 3\nin units: 0.000\ncontent words in units: 0.000 of 2\n  de: 0.000\n")
    said = "words: 0\nin units: 0.000\ncontent words in units: 0.000 of 0\n  de: 0.000\n"
    assert output_of(*command, stdin="\n...\n") == said


def test_coverage_of_long_input(own: Path, tmp_path: Path) -> None:
    """An input of many batches is counted whole."""
    (tmp_path / "long").write_text("the bank\n" * 250_001, encoding="utf-8")
    assert output_of("lexicon", "coverage", own, tmp_path / "long").startswith("words: 500,002\nin units: 0.500\n")


def test_progress_only_on_a_terminal(own: Path, texts: Path) -> None:
    """A terminal on standard error gets a bar, unless ``--quiet`` is given."""
    assert b"100%" in shown_on_terminal("lexicon", "coverage", own, texts)
    assert shown_on_terminal("lexicon", "coverage", own, texts, "--quiet") == b""


def test_evaluate(own: Path, gold: Path, texts: Path, tmp_path: Path) -> None:
    """The table, and with ``--json`` all numbers, are those of ``Lexicon.evaluate``."""
    (tmp_path / "list").write_text("the 9\nbank 5\nhouse 2\n", encoding="utf-8")
    frequencies = {"the": 9.0, "bank": 5.0, "house": 2.0}
    for arguments, evaluation in (
        ([], OWN.evaluate(GOLD)),
        (["-k", "1,2,10"], OWN.evaluate(GOLD, (1, 2, 10))),
        (["--texts", texts], OWN.evaluate(GOLD, texts=LINES)),
        (["--frequencies", tmp_path / "list"], OWN.evaluate(GOLD, frequencies=frequencies)),
    ):
        assert output_of("lexicon", "evaluate", own, gold, *arguments) == f"{evaluation}\n"
        printed = output_of("lexicon", "evaluate", own, gold, *arguments, "--json")
        assert json.loads(printed) == json.loads(json.dumps(evaluation.as_dict()))


@pytest.mark.slow
def test_evaluate_plots(own: Path, gold: Path, tmp_path: Path) -> None:
    """``--plot`` saves a picture beside the table."""
    pytest.importorskip("matplotlib")
    printed = output_of("lexicon", "evaluate", own, gold, "--plot", tmp_path / "plot.png")
    assert printed == f"{OWN.evaluate(GOLD)}\n"
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


# -- export ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.jsonl"])
def test_export_to_a_file(name: str, own: Path, tmp_path: Path) -> None:
    """The file is that of ``Lexicon.export``, and the lexicon can be built from it."""
    OWN.export(tmp_path / f"expected-{name}")
    assert output_of("lexicon", "export", own, "-o", tmp_path / name) == ""
    assert (tmp_path / name).read_bytes() == (tmp_path / f"expected-{name}").read_bytes()
    run("lexicon", "build", tmp_path / name, "-o", tmp_path / "again.lexicon")
    assert Lexicon.load(tmp_path / "again.lexicon") == OWN


@pytest.mark.parametrize("name", ["tsv", "jsonl"])
def test_export_to_standard_output(name: str, own: Path, tmp_path: Path) -> None:
    """Standard output gets the same bytes, as TSV by default, in UTF-8 in every locale."""
    OWN.export(tmp_path / "expected", name)
    arguments = [] if name == "tsv" else ["--format", name]
    printed = output_of("lexicon", "export", own, *arguments, PYTHONIOENCODING="ascii")
    assert printed == (tmp_path / "expected").read_text(encoding="utf-8")


def test_export_of_one_language(gold: Path, tmp_path: Path) -> None:
    """A lexicon of one target language can become a MUSE file, named .txt or not."""
    assert output_of("lexicon", "export", gold, "-o", tmp_path / "en-de.txt") == ""
    assert (tmp_path / "en-de.txt").read_text(encoding="utf-8") == "bank\tBank\nhouse\tHeim\ntree\tBaum\n"
    assert output_of("lexicon", "export", gold, "--format", "muse") == "bank\tBank\nhouse\tHeim\ntree\tBaum\n"


# -- wrong input, signals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("info {folder}", "is not a lexicon: it has no lexicon.json"),
        ("info {texts}", "is a file, not the folder of a lexicon; build a lexicon from it: lexswitch lexicon build"),
        (
            "get house --lexicon {folder}",
            "is not a lexicon: it has no lexicon.json; lexswitch lexicon build writes one",
        ),
        ("get", "the following arguments are required: TERM"),
        ("get credit card", "get has 2 terms; quote a phrase: lexswitch lexicon get 'credit card'"),
        ("sources mouse", "'mouse' is not a source; the sources are muse"),
        ("coverage {own}", "the following arguments are required: FILE"),
        ("coverage {own} {texts} {folder}/missing", "missing: No such file or directory"),
        ("coverage {own} {texts} --max-words 0", "--max-words is 0; it must be from 1"),
        ("coverage {own} {own}/lexicon.json {latin}", "byte offset 4: not UTF-8"),
        ("coverage {folder} {texts}", "is not a lexicon"),
        ("evaluate {own}", "the following arguments are required: GOLD"),
        ("evaluate {own} {texts}", "is a file, not the folder of a lexicon"),
        ("evaluate {own} {german}", "gold translates from 'de', the lexicon from 'en'"),
        ("evaluate {own} {own} -k one", "'one' must be whole numbers, as in 1,5"),
        ("evaluate {own} {own} -k 0", "k is 0; it must be from 1"),
        ("evaluate {own} {own} --texts {folder}/missing", "missing: No such file or directory"),
        ("evaluate {own} {own} --frequencies {texts}", "texts.txt:1: 'The bank, the house:' is not a word"),
        ("evaluate {own} {own} --plot {folder}/plot.xyz", "xyz"),
        ("export {own} --format muse", "a MUSE file has one target language, this lexicon has ['de', 'ru']"),
        ("export {own} --format xml", "--format is 'xml'; pass --format jsonl|tsv|muse"),
        (
            "export {own} -o {folder}/pairs.doc",
            "ends in none of .jsonl, .tsv, .txt; pass --format jsonl|tsv|muse",
        ),
        ("export {own} -o {own} --format tsv", "is a folder; name a file in it"),
    ],
)
def test_wrong_input(command: str, said: str, own: Path, texts: Path, tmp_path: Path) -> None:
    """A mistake is reported in one line."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin1.txt").write_bytes("See Übersee\n".encode("latin-1"))
    Lexicon.from_pairs({"en": [("haus", "house")]}, source="de").save(tmp_path / "german")
    paths = {"folder": tmp_path / "empty", "texts": texts, "own": own, "latin": tmp_path / "latin1.txt"}
    words = [word.format(**paths, german=tmp_path / "german") for word in command.split()]
    assert said in error_of("lexicon", *words)
    assert not names_in(tmp_path / "empty")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals and pipes")
@pytest.mark.process
class TestSignals:
    """Broken pipes and Ctrl-C end a run without a message, with the exit codes of shells."""

    @pytest.mark.slow
    def test_broken_pipe(self) -> None:
        """``lexswitch lexicon export starter | head -1`` prints a line and no error, and exits with 141."""
        script = '"$@" | head -1; echo "${PIPESTATUS[0]}"'
        command = ["bash", "-c", script, "bash", *COMMAND, "lexicon", "export", "starter"]
        ran = subprocess.run(command, capture_output=True, check=True)
        assert (ran.stdout, ran.stderr) == (b"term\tlanguage\ttranslation\tweight\n141\n", b"")

    @pytest.mark.slow
    def test_interrupt(self) -> None:
        """Ctrl-C while texts are read ends the run with 130 and without a message."""
        command = [*COMMAND, "lexicon", "coverage", "starter", "-"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(b"a house\n" * 200_000)  # more than a pipe holds: when it is written, the run is on
            process.stdin.flush()
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
            assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
