"""``lexswitch lexicon build``."""

from __future__ import annotations

import gzip
import os
import pickle
import random
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.cli import main

from ..formats.dictionaries import freedict, write_dictd
from ..sources.servers import Site, file, status
from .running import COMMAND, error_of, names_in, output_of, run

GERMAN = "house\tHaus\nbank\tBank\nbank\tUfer\nbank\tBank\nship\tSchiff\n"
RUSSIAN = "house дом\nbank банк\nHOUSE здание\n"
GERMAN_PAIRS = [("house", "Haus"), ("bank", "Bank"), ("bank", "Ufer"), ("ship", "Schiff")]
RUSSIAN_PAIRS = [("house", "дом"), ("bank", "банк"), ("HOUSE", "здание")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with dictionaries in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en-de.txt").write_text(GERMAN, encoding="utf-8")
    (tmp_path / "en-ru.txt").write_text(RUSSIAN, encoding="utf-8")
    (tmp_path / "ragged.txt").write_text(GERMAN * 9 + "ragged\tline\there\n" + RUSSIAN, encoding="utf-8")
    return tmp_path


def build(*args: object, **environment: str) -> str:
    """Build out.lexicon; return the standard error."""
    return run("lexicon", "build", *args, "-o", "out.lexicon", **environment).stderr


# -- files -------------------------------------------------------------------------------------------------------------


def test_most_of_a_file_is_lost(folder: Path) -> None:
    """The warning is a line before the summary of the file; --quiet suppresses it."""
    (folder / "words.txt").write_text("house Haus\n" + "not a pair\n" * 30, encoding="utf-8")
    printed = build("de=words.txt", "--format", "muse").splitlines()
    assert printed[0].startswith(
        "lexswitch: warning: words.txt: only 1 of 31 entries gave a pair, read as 'muse'; 30 times"
    )
    assert printed[1:] == ["words.txt (muse): en -> de: 1 pairs; dropped: ragged line 30"]
    assert not build("de=words.txt", "--format", "muse", "--quiet")


def test_swapped_columns(folder: Path) -> None:
    """Columns that seem to be swapped are reported in a line; the printed commands make a lexicon that works."""
    pairs = [(pair[0], pair[2]) for pair in Lexicon.starter().select(["de"]).pairs()]
    (folder / "my words.txt").write_text("".join(f"{de}\t{en}\n" for en, de in pairs), encoding="utf-8")
    for options in ([], ["--format", "table"]):
        printed = build("de=my words.txt", *options).splitlines()
        assert printed[0].startswith(
            "lexswitch: warning: my words.txt: the columns seem to be swapped: terms look like"
        )
        assert follow(printed[0])["water"] == {"de": [("Wasser", 1.0)]}
    build("de=my words.txt")
    switching = run("apply", "--lexicon", "out.lexicon", stdin="the water in the house is cold\n" * 200)
    assert "the columns of the dictionary seem to be swapped: use" in switching.stderr
    (folder / "FILE").write_bytes((folder / "my words.txt").read_bytes())
    assert follow(switching.stderr.splitlines()[0])["water"] == {"de": [("Wasser", 1.0)]}


def follow(printed: str) -> Lexicon:
    """Run the command that a message ends with, and return the lexicon that it makes."""
    command = shlex.split(printed[printed.index("lexswitch lexicon build") :])
    assert command[-2:] == ["-o", "PATH"]
    assert not run(*command[1:]).stderr.startswith("lexswitch: ")
    return Lexicon.load("PATH")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", [".", ".."])
def test_a_folder_is_not_a_dictionary(name: str) -> None:
    """The working folder and its parent are refused with the remedy."""
    message = f"{name} has no known format: it is a folder; name one of its files"
    assert error_of("lexicon", "build", name, "--to", "de", "-o", "out.lexicon") == message


@pytest.mark.usefixtures("folder")
def test_dictionaries_of_several_languages() -> None:
    """All files are merged into one lexicon; a summary of each file and of the lexicon is printed."""
    ran = run("lexicon", "build", "de=en-de.txt", "ru=en-ru.txt", "-o", "out.lexicon")
    built = Lexicon.load("out.lexicon")
    assert built == Lexicon.from_pairs({"de": GERMAN_PAIRS, "ru": RUSSIAN_PAIRS})
    assert ran.returncode == 0
    assert ran.stderr.splitlines() == [
        "en-de.txt (muse): en -> de: 4 pairs; dropped: duplicate 1",
        "en-ru.txt (muse): en -> ru: 3 pairs",
    ]
    assert ran.stdout.splitlines() == [
        "source: en", "terms: 3", "pairs: 7", "  de: 4", "  ru: 3", f"signature: {built.signature}",
    ]  # fmt: skip
    assert [record["file"] for record in built.provenance] == ["en-de.txt", "en-ru.txt"]


@pytest.mark.usefixtures("folder")
def test_quiet() -> None:
    """``--quiet`` suppresses all output, and the lexicon is the same."""
    assert output_of("lexicon", "build", "de=en-de.txt", "-o", "out.lexicon", "--quiet") == ""
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": GERMAN_PAIRS})


@pytest.mark.parametrize(
    "arguments",
    [
        ["en-de.txt", "--to", "de"],
        ["--to", "ru", "de=en-de.txt"],
        ["--to", "ru", "en-de=en-de.txt"],
        ["fr=en-de.txt", "--to", "de"],
    ],
    ids=["option", "prefix goes first", "both languages", "a file of that name"],
)
def test_target_languages(arguments: list[str], folder: Path) -> None:
    """``--to`` is for files without LANGUAGES=; an existing file is always read as a file."""
    if "fr=en-de.txt" in arguments:
        (folder / "en-de.txt").rename("fr=en-de.txt")
    build(*arguments)
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": GERMAN_PAIRS})


def test_several_files_of_a_language(folder: Path) -> None:
    """Files of one language are merged."""
    (folder / "more.txt").write_text("boat Boot\nhouse Heim\n", encoding="utf-8")
    build("en-de.txt", "more.txt", "--to", "de")
    expected = Lexicon.from_pairs({"de": [*GERMAN_PAIRS, ("boat", "Boot"), ("house", "Heim")]})
    assert Lexicon.load("out.lexicon") == expected


def test_copies_and_frequencies(folder: Path) -> None:
    """Translations that equal their term are dropped and counted; ``--frequencies`` ranks the others."""
    (folder / "copies.txt").write_text("zyx zyx\nzyx Haus\nzyx Heim\nhand Hand\n", encoding="utf-8")
    (folder / "de.tsv").write_text("heim 9\nhaus 1\n", encoding="utf-8")
    ran = run("lexicon", "build", "de=copies.txt", "--frequencies", "de=de.tsv", "-o", "out.lexicon")
    assert ran.stderr.splitlines() == [
        "copies.txt (muse): en -> de: 4 pairs",
        "merge: dropped: identical 1",
    ]
    built = Lexicon.load("out.lexicon")
    assert [candidate.translation for candidate in built["zyx"]["de"]] == ["Heim", "Haus"]
    assert built.provenance[-1] == {"name": "merge", "texts": "de", "dropped": {"identical": 1}}
    assert "  texts: de" in output_of("lexicon", "info", "out.lexicon").splitlines()


@pytest.mark.usefixtures("folder")
def test_wordfreq_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of ``--frequencies wordfreq`` has the line that installs it."""
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    message = 'general word frequencies need wordfreq; pip install "lexswitch[frequency]"'
    build = ("lexicon", "build", "de=en-de.txt", "--quiet", "-o", "out.lexicon", "--frequencies", "wordfreq")
    assert error_of(*build) == message


def test_compressed_file(folder: Path) -> None:
    """A compressed file is read directly."""
    (folder / "packed.gz").write_bytes(gzip.compress(GERMAN.encode()))
    build("de=packed.gz")
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": GERMAN_PAIRS})


@pytest.mark.usefixtures("folder")
def test_source_language() -> None:
    """``--from`` names the language of the terms."""
    build("--from", "nl", "de=en-de.txt")
    assert Lexicon.load("out.lexicon").source == "nl"


def test_languages_with_regions(folder: Path) -> None:
    """A language with a region or script is one language; a source language before it is another."""
    (folder / "words.txt").write_text("house\tcasa\n", encoding="utf-8")
    for form, languages in (
        ("pt-BR", ("en", "pt-BR")),
        ("en-pt-BR", ("en", "pt-BR")),
        ("nl-pt", ("nl", "pt")),
        ("sr-Latn", ("en", "sr-Latn")),
        ("es-419", ("en", "es-419")),
        ("yue-cmn", ("yue", "cmn")),
    ):
        build(f"{form}=words.txt")
        built = Lexicon.load("out.lexicon")
        assert (built.source, *built.languages) == languages


def test_files_of_the_other_direction(folder: Path) -> None:
    """A file into the source language, which --from or the first dictionary names, is inverted."""
    (folder / "de-en.txt").write_text("boot boat\nhaus house\n", encoding="utf-8")
    both = Lexicon.from_pairs({"de": [*GERMAN_PAIRS, ("boat", "boot"), ("house", "haus")]})
    for arguments in (["de=en-de.txt", "de-en=de-en.txt"], ["--from", "en", "de-en=de-en.txt", "en-de=en-de.txt"]):
        build(*arguments)
        assert sorted(Lexicon.load("out.lexicon").pairs()) == sorted(both.pairs())
    build("de-en=de-en.txt", "en-de=en-de.txt")
    assert Lexicon.load("out.lexicon")["boot"] == {"en": [("boat", 1.0)]}


def test_source_language_of_the_file(folder: Path) -> None:
    """Without ``--from``, the first file may name its source language; ``--from`` inverts it on request."""
    path = write_dictd(folder, "any", freedict("German-English FreeDict Dictionary", "Haus /haʊs/\nhouse\n"))
    (folder / "gatitos.jsonl").write_text('{"sl": "fr", "tl": "de", "src": "maison", "trgs": ["Haus"]}\n')
    for name, source, target in ((path.name, "de", "en"), ("gatitos.jsonl", "fr", "de")):
        build(name)
        built = Lexicon.load("out.lexicon")
        assert (built.source, *built.languages) == (source, target)
    build(path.name, "de=en-de.txt")
    remedy = f"use lexswitch lexicon build --from en de-en={path.name} -o PATH"
    message = f"{path.name} is a dictionary from 'de' to 'en', but source is 'en'; {remedy}"
    assert error_of("lexicon", "build", path.name, "--from", "en", "-o", "out.lexicon") == message
    assert follow(message)["house"] == {"de": [("Haus", 1.0)]}


def test_curated(folder: Path) -> None:
    """The words of a file built with ``--curated`` come first beside the built-in lexicon, in either order."""
    (folder / "mine.tsv").write_text("bank\tGeldhaus\n", encoding="utf-8")
    build("de=mine.tsv", "--curated")
    for lexicons in (["out.lexicon", "starter"], ["starter", "out.lexicon"]):
        output_of("lexicon", "merge", *lexicons, "-o", "all.lexicon")
        listed = output_of("lexicon", "get", "bank", "--lexicon", "all.lexicon").splitlines()
        assert next(line for line in listed if line.startswith("de")) == "de\tGeldhaus\t10"
    error = error_of("lexicon", "build", "de=mine.tsv", "muse:en-fr", "--curated", "-o", "all.lexicon")
    assert error.startswith("--curated is for files of your own, and muse:en-fr is downloaded; build two lexicons")


def test_format(folder: Path) -> None:
    """``--format`` reads files whose format cannot be detected."""
    (folder / "odd.txt").write_text("# words #\nhouse Haus\n", encoding="utf-8")
    assert "has no known format" in error_of("lexicon", "build", "de=odd.txt", "-o", "out.lexicon")
    assert "ragged line 1" in build("de=odd.txt", "--format", "muse")
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": [("house", "Haus")]})


def test_file_that_names_its_languages(folder: Path) -> None:
    """A file of several languages is read in all of them, or in those of ``--to`` or LANGUAGES=."""
    table = "term\tlanguage\ttranslation\nhouse\tde\tHaus\nhouse\tru\tдом\nhouse\tfr\tmaison\n"
    (folder / "table.tsv").write_text(table, encoding="utf-8")
    for arguments, languages in (
        (["table.tsv"], ("de", "fr", "ru")),
        (["table.tsv", "--to", "ru,de"], ("de", "ru")),
        (["de,fr=table.tsv"], ("de", "fr")),
    ):
        build(*arguments)
        assert Lexicon.load("out.lexicon").languages == languages


@pytest.mark.usefixtures("folder")
def test_strict() -> None:
    """Skipped lines are counted; with ``--strict`` the first is an error."""
    arguments = ("lexicon", "build", "de=ragged.txt", "--format", "muse", "-o", "out.lexicon")
    assert "ragged.txt:46: ragged line: " in error_of(*arguments, "--strict")
    assert not Path("out.lexicon").exists()
    printed = run(*arguments).stderr
    assert "duplicate 41" in printed
    assert "ragged line 1" in printed


@pytest.mark.usefixtures("folder")
def test_existing_lexicon_is_replaced() -> None:
    """An existing lexicon is replaced, with all its files."""
    build("de=en-de.txt")
    build("ru=en-ru.txt")
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"ru": RUSSIAN_PAIRS})
    Lexicon.load("out.lexicon").save("fresh.lexicon")
    assert names_in("out.lexicon") == names_in("fresh.lexicon")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.txt"], "missing.txt: No such file or directory"),
        (["de=en-de.txt", "ru=missing.txt"], "missing.txt: No such file or directory"),
        (["en-de.txt"], "en-de.txt does not name its target language"),
        (["en-de.txt", "--to", "german"], "--to: 'german' is not a BCP 47 language code; did you mean 'de'?"),
        (["en-de.txt", "--to", ""], "--to: '' is not a BCP 47 language code"),
        (["cz=en-de.txt"], "target: 'cz' is not a BCP 47 language code; did you mean 'cs'?"),
        (["de=en-de.txt", "--from", "eng"], "--from: 'eng' is not a BCP 47 language code; did you mean 'en'?"),
        (["de=en-de.txt", "--format", "xml"], "format is 'xml'; it must be one of "),
        (["de=empty"], "empty has no known format"),
        (["de=words.pickle"], "words.pickle is a pickle; reading one can run any code"),
        (["de=latin1.txt"], "latin1.txt:2: byte offset 15: not UTF-8"),
        (["saved.lexicon"], "saved.lexicon is a lexicon that was saved"),
        (["nothing:en-de"], "name is 'nothing'; there are: "),
        (["muse:en-yi"], "muse has no lexicon from 'en' into 'yi'"),
        (["muse:en"], "'muse:en' is neither a file nor a dictionary to download: NAME:SOURCE-LANGUAGES"),
        (["https://example.org/en-de.txt"], "is neither a file nor a dictionary to download"),
        (["muse:de-fr", "--from", "en"], "muse:de-fr is neither from 'en' nor into it; name another language"),
        (
            ["de-fr=en-de.txt", "--from", "en"],
            "de-fr=en-de.txt is neither from 'en' nor into it; name",
        ),
        ([], "the following arguments are required: DICTIONARY"),
    ],
)
def test_wrong_input(arguments: list[str], said: str, folder: Path) -> None:
    """A mistake is reported in one line, and no lexicon is written."""
    (folder / "empty").touch()
    (folder / "words.pickle").write_bytes(pickle.dumps({"house": ["Haus"]}))
    (folder / "latin1.txt").write_bytes("house Haus\nsea Übersee\n".encode("latin-1"))
    Lexicon.from_pairs({"de": GERMAN_PAIRS}).save("saved.lexicon")
    offline = {"LEXSWITCH_OFFLINE": "1", "LEXSWITCH_CACHE": str(folder / "cache")}
    assert said in error_of("lexicon", "build", "-o", "out.lexicon", "--quiet", *arguments, **offline)
    assert not Path("out.lexicon").exists()


def test_other_files_are_not_replaced(folder: Path) -> None:
    """A file, or a folder with other files, is not replaced; a file is an error before anything is read."""
    (folder / "things").mkdir()
    (folder / "things" / "photo.jpg").touch()
    for taken, dictionary in (("en-ru.txt", "missing.txt"), ("things", "de=en-de.txt")):
        said = error_of("lexicon", "build", dictionary, "-o", taken, "--quiet")
        assert said.startswith(f"{taken} exists and is")
    assert (folder / "en-ru.txt").read_text(encoding="utf-8") == RUSSIAN
    assert names_in("things") == ["photo.jpg"]


@pytest.mark.usefixtures("folder")
def test_output_is_needed() -> None:
    """Without ``-o`` nothing is read."""
    assert "the following arguments are required: -o/--output" in error_of("lexicon", "build", "missing.txt")


# -- public dictionaries -----------------------------------------------------------------------------------------------


@pytest.fixture
def muse(folder: Path, world: Site) -> Site:  # they run in that folder
    """The server of MUSE, with some small dictionaries."""
    for name, text in (("en-de", GERMAN), ("en-ru", RUSSIAN), ("de-en", "boot boat\nhaus house\n")):
        world.set(f"/arrival/dictionaries/{name}.txt", file(text.encode()))
    return world


def test_downloads(muse: Site, folder: Path) -> None:
    """One argument downloads several languages, which are merged with files; the second run downloads nothing."""
    (folder / "en-it.txt").write_text("house\tcasa\n", encoding="utf-8")
    printed = build("muse:en-de,ru", "it=en-it.txt")
    built = Lexicon.load("out.lexicon")
    assert built == Lexicon.from_pairs({"de": GERMAN_PAIRS, "ru": RUSSIAN_PAIRS, "it": [("house", "casa")]})
    assert "en-de.txt (muse): en -> de: 4 pairs; dropped: duplicate 1\n" in printed
    assert built.provenance[0]["url"] == "https://dl.fbaipublicfiles.com/arrival/dictionaries/en-de.txt"
    assert len(muse.asked) == 2
    build("muse:en-de", LEXSWITCH_OFFLINE="1")
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": GERMAN_PAIRS})


@pytest.mark.usefixtures("muse")
def test_dictionaries_of_the_other_direction() -> None:
    """--from or the first dictionary names the source language; a dictionary into it is inverted."""
    printed = build("muse:en-de", "muse:de-en")
    expected = Lexicon.from_pairs({"de": [*GERMAN_PAIRS, ("boat", "boot"), ("house", "haus")]})
    assert Lexicon.load("out.lexicon") == expected
    assert printed.splitlines()[-1] == "de-en.txt (muse): de -> en: 2 pairs"
    build("muse:de-en")
    assert Lexicon.load("out.lexicon").source == "de"
    build("muse:de-en", "--from", "en")
    assert Lexicon.load("out.lexicon") == Lexicon.from_pairs({"de": [("boat", "boot"), ("house", "haus")]})


def test_failed_download(muse: Site) -> None:
    """A failed download is reported in one line, and no lexicon is written."""
    muse.set("/arrival/dictionaries/en-fr.txt", status(404))
    assert "en-fr.txt" in error_of("lexicon", "build", "muse:en-de,fr", "-o", "out.lexicon", "--quiet")
    assert not Path("out.lexicon").exists()


# -- killed runs -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.process
def test_killed_builds_leave_the_old_lexicon_or_the_new_one(folder: Path) -> None:
    """A build killed while it writes leaves the old lexicon or the new one. The next build removes stray files.

    LEXSWITCH_KILLS is the number of kills.
    """
    lexicons = []
    for number in range(2):
        rows = [f"term{row} {'old' if number else 'new'}{row}\n" for row in range(40_000)]
        (folder / f"{number}.txt").write_text("".join(rows), encoding="utf-8")
        assert main(["lexicon", "build", f"de={number}.txt", "-o", f"{number}.lexicon", "--quiet"]) == 0
        lexicons.append(Lexicon.load(f"{number}.lexicon"))
    files = [names_in(f"{number}.lexicon") for number in range(2)]

    lexicons[0].save("out.lexicon")
    start = time.perf_counter()
    lexicons[1].save("out.lexicon")
    seconds = time.perf_counter() - start
    lexicons[0].save("out.lexicon")
    outcomes = []
    for kill in range(int(os.environ.get("LEXSWITCH_KILLS", "4"))):
        new = 1 - kill % 2
        _kill_build(new, random.uniform(0, 1.5 * seconds))
        left = Lexicon.load("out.lexicon", verify=True)
        assert left in lexicons
        whole = names_in("out.lexicon") in files
        outcomes.append(f"{'new' if left == lexicons[new] else 'old'}, {'whole' if whole else 'with strays'}")
        assert main(["lexicon", "build", f"de={new}.txt", "-o", "out.lexicon", "--quiet"]) == 0
        assert Lexicon.load("out.lexicon") == lexicons[new]
        assert names_in("out.lexicon") == files[new]
    print({outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))})


def _kill_build(number: int, seconds: float) -> None:
    """Start to build, and kill the process some seconds after the first change of the folder."""
    before = names_in("out.lexicon")
    command = [*COMMAND, "lexicon", "build", f"de={number}.txt", "-o", "out.lexicon", "--quiet"]
    with subprocess.Popen(command) as process:
        while process.poll() is None and names_in("out.lexicon") == before:
            time.sleep(0.0002)
        time.sleep(seconds)
        process.kill()
