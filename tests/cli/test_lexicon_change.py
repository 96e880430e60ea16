"""The actions of ``lexswitch lexicon`` that make a lexicon from others."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from lexswitch import Lexicon

from .running import error_of, output_of, run

MAIN = Lexicon.from_pairs(
    {
        "de": [("bank", "Bank", 0.75), ("bank", "Ufer", 0.5), ("credit card", "Kreditkarte", 3.0), ("hotel", "Hotel")],
        "ru": [("bank", "банк"), ("bank", "bank"), ("house", "дом", 2.0)],
    },
    provenance=[{"name": "main"}],
)
OTHER = Lexicon.from_pairs({"de": [("bank", "Bank", 0.5), ("tree", "Baum")]}, provenance=[{"name": "other"}])
THIRD = Lexicon.from_pairs({"fr": [("tree", "arbre")]})
GERMAN = Lexicon.from_pairs({"fr": [("bank", "banque"), ("bank", "banc"), ("ufer", "rive")]}, source="de")

LISTS = {
    "de.tsv": "Bank\t7\nbank 3\nUfer\t4\nKreditkarte\t100\n\n",
    "en.txt": "the 1000\nbank 20\ncredit 5\ncard 0.5\n",
    "de.txt": "Am Ufer, am Ufer\nein Ufer\n",
    "more.txt": "Die Bank\n",
    "ru.txt": "банк\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with lexicons, lists and texts in it."""
    monkeypatch.chdir(tmp_path)
    for name, lexicon in (("main", MAIN), ("other", OTHER), ("third", THIRD), ("german", GERMAN)):
        lexicon.save(tmp_path / f"{name}.lexicon")
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("de.tsv", "de.txt"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(LISTS[name].encode()))
    (tmp_path / "latin.txt").write_bytes("Ufer\nTür\n".encode("latin-1"))
    return tmp_path


def changed(*arguments: str) -> Lexicon:
    """Return the lexicon that an action makes."""
    assert output_of("lexicon", *arguments, "-o", "out.lexicon", "--quiet") == ""
    return Lexicon.load("out.lexicon")


ACTIONS: dict[str, Callable[[], Lexicon]] = {
    "merge main.lexicon other.lexicon third.lexicon": lambda: MAIN.merge(OTHER, THIRD),
    "merge main.lexicon other.lexicon --combine sum": lambda: MAIN.merge(OTHER, combine="sum"),
    "merge other.lexicon main.lexicon --frequencies de=de.tsv": lambda: OTHER.merge(
        MAIN, texts={"de": {"bank": 10, "ufer": 4, "kreditkarte": 100}}
    ),
    "merge starter main.lexicon": lambda: Lexicon.starter().merge(MAIN),
    "invert main.lexicon de": lambda: MAIN.invert("de"),
    "compose main.lexicon german.lexicon": lambda: MAIN.compose(GERMAN),
    "compose main.lexicon german.lexicon --min-support 1": lambda: MAIN.compose(GERMAN, min_support=1),
    "normalise main.lexicon": MAIN.normalise,
    "filter main.lexicon": lambda: MAIN,
    "filter main.lexicon --to ru": lambda: MAIN.select(["ru"]),
    "filter main.lexicon --to ru,de": lambda: MAIN,
    "filter main.lexicon --min-weight 0.75": lambda: MAIN.select(min_weight=0.75),
    "filter main.lexicon --top 1": lambda: MAIN.select(top=1),
    "filter main.lexicon --max-words 1": lambda: MAIN.filter(max_words=1),
    "filter main.lexicon --max-characters 4": lambda: MAIN.filter(max_characters=4),
    "filter main.lexicon --own-script": lambda: MAIN.filter(own_script=True),
    "filter main.lexicon --no-identical": lambda: MAIN.filter(identical=False),
    "filter main.lexicon --no-identical --top 1": lambda: MAIN.filter(identical=False).select(top=1),
    "filter main.lexicon --frequencies de=de.tsv --min-frequency 10": lambda: MAIN.filter(
        frequencies={"de": {"bank": 10, "kreditkarte": 100}}, min_frequency=10
    ),
    "filter main.lexicon --frequencies de=de.tsv.gz --frequencies en=en.txt --min-frequency 1": lambda: MAIN.filter(
        frequencies={"de": {"bank": 10, "ufer": 4, "kreditkarte": 100}, "en": {"bank": 20, "credit": 5}},
        min_frequency=1,
    ),
    "reweight main.lexicon de=de.txt": lambda: MAIN.reweight({"de": ["Am Ufer, am Ufer", "ein Ufer"]}),
    "reweight main.lexicon de=de.txt.gz": lambda: MAIN.reweight({"de": ["Am Ufer, am Ufer", "ein Ufer"]}),
    "reweight main.lexicon de=de.txt de=more.txt ru=ru.txt": lambda: MAIN.reweight(
        {"de": ["Am Ufer, am Ufer", "ein Ufer", "Die Bank"], "ru": ["банк"]}
    ),
    "reweight main.lexicon de=de.txt en=en.txt": lambda: MAIN.reweight(
        {"de": ["Am Ufer, am Ufer", "ein Ufer"], "en": LISTS["en.txt"].splitlines()}
    ),
    "reweight main.lexicon ru=ru.txt --frequencies de=de.tsv": lambda: MAIN.reweight(
        {"de": {"bank": 10, "ufer": 4, "kreditkarte": 100}, "ru": ["банк"]}
    ),
    "agree main.lexicon other.lexicon": lambda: MAIN.agree(OTHER),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ACTIONS)
def test_actions_do_what_methods_do(command: str) -> None:
    """Each action saves the lexicon that the method of its name returns, with its provenance."""
    expected = ACTIONS[command]()
    made = changed(*command.split())
    assert made == expected
    assert made.provenance == expected.provenance


@pytest.mark.usefixtures("folder")
def test_actions_print_a_summary() -> None:
    """Without ``--quiet`` an action prints a summary of the new lexicon."""
    ran = run("lexicon", "merge", "main.lexicon", "third.lexicon", "-o", "out.lexicon")
    merged = MAIN.merge(THIRD)
    assert ran.stdout.splitlines() == [
        "source: en", "terms: 5", "pairs: 7", "  de: 4", "  fr: 1", "  ru: 2", f"signature: {merged.signature}",
    ]  # fmt: skip
    assert ran.stderr == "merge: dropped: identical 1\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["filter main.lexicon --to de", "merge other.lexicon main.lexicon"])
def test_output_replaces_an_input(command: str) -> None:
    """The output may be one of the lexicons that are read."""
    expected = ACTIONS.get(command, lambda: MAIN.select(["de"]) if "filter" in command else OTHER.merge(MAIN))()
    output_of("lexicon", *command.split(), "-o", "main.lexicon", "--quiet")
    assert Lexicon.load("main.lexicon") == expected


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("merge main.lexicon", "the following arguments are required: OTHER"),
        (
            "merge main.lexicon german.lexicon",
            "cannot merge a lexicon from 'de' into one from 'en'; translate through 'de' instead: lexswitch lexicon",
        ),
        (
            "merge main.lexicon other.lexicon --frequencies wordfreq --frequencies de=de.tsv",
            "--frequencies wordfreq has all languages; give no LANGUAGE=FILE beside it",
        ),
        ("merge main.lexicon other.lexicon --frequencies fr=de.tsv", "--frequencies fr=de.tsv: give one list per"),
        ("merge main.lexicon other.lexicon --frequencies words", "'words' must be LANGUAGE=FILE, as in de=words"),
        (
            "reweight main.lexicon de=de.txt --frequencies wordfreq",
            "--frequencies wordfreq cannot be combined with texts of ['de']",
        ),
        ("merge main.lexicon other.lexicon --combine product", "combine is 'product'; it must be one of 'votes'"),
        ("merge main.lexicon missing.lexicon", "missing.lexicon does not exist"),
        (
            "merge main.lexicon de.tsv",
            (
                "de.tsv is a file, not the folder of a lexicon; build a lexicon from it: lexswitch lexicon build "
                "LANGUAGE=de.tsv"
            ),
        ),
        ("merge main.lexicon .", "is not a lexicon: it has no lexicon.json"),
        ("invert main.lexicon", "the following arguments are required: LANGUAGE"),
        ("invert main.lexicon fr", "unknown languages ['fr']; this lexicon has ['de', 'ru']"),
        (
            "compose main.lexicon other.lexicon",
            "other translates from 'en'; pass a lexicon whose source language is one of",
        ),
        ("compose main.lexicon german.lexicon --min-support 3", "no term reaches ['fr'] through 3 words of de"),
        ("compose main.lexicon german.lexicon --min-support 0", "--min-support is 0; it must be from 1"),
        ("filter main.lexicon --to fr", "unknown languages ['fr']"),
        ("filter main.lexicon --top 0", "top is 0; it must be from 1"),
        ("filter main.lexicon --top best", "--top is 'best'; it must be a whole number"),
        ("filter main.lexicon --min-weight 99", "and a weight of at least 99"),
        ("filter main.lexicon --max-words 0", "--max-words is 0; it must be from 1"),
        ("filter main.lexicon --max-characters 1", "no pair passes the filter; loosen it"),
        ("filter main.lexicon --min-frequency 3", "--frequencies and --min-frequency need each other"),
        ("filter main.lexicon --frequencies de=de.tsv", "--frequencies and --min-frequency need each other"),
        ("filter main.lexicon --frequencies de.tsv --min-frequency 1", "must be LANGUAGE=FILE, as in de=de.tsv"),
        (
            "filter main.lexicon --frequencies fr=de.tsv --min-frequency 1",
            "--frequencies fr=de.tsv: give one list",
        ),
        (
            "filter main.lexicon --frequencies de=de.tsv --frequencies de=en.txt --min-frequency 1",
            "--frequencies de=en.txt: give one list per language",
        ),
        ("filter main.lexicon --frequencies de=de.txt --min-frequency 1", "de.txt:1: 'Am Ufer, am Ufer' is not a word"),
        ("filter main.lexicon --frequencies de=missing --min-frequency 1", "missing: No such file or directory"),
        ("normalise missing.lexicon", "missing.lexicon does not exist; pass a saved lexicon"),
        (
            "reweight main.lexicon",
            "no text has a target language; pass texts, as in de=FILE, or --frequencies de=FILE, for languages among",
        ),
        ("reweight main.lexicon de.txt", "'de.txt' must be LANGUAGE=FILE, as in de=de.txt"),
        ("reweight main.lexicon de=missing.txt", "missing.txt: No such file or directory"),
        ("reweight main.lexicon fr=de.txt", "texts has unknown languages ['fr']"),
        ("reweight main.lexicon de=latin.txt", "latin.txt:2: byte offset 6: not UTF-8"),
        ("reweight main.lexicon de=de.txt --frequencies de=de.tsv", "['de'] have texts and frequencies"),
        ("agree main.lexicon", "the following arguments are required: OTHER"),
        (
            "agree main.lexicon third.lexicon",
            "others[0] translates from en into ['fr']; pass one from en into one of ['de', 'ru'], or the other way",
        ),
        ("agree main.lexicon missing.lexicon", "missing.lexicon does not exist; pass a saved lexicon"),
    ],
)
def test_wrong_input(command: str, said: str) -> None:
    """A mistake is reported in one line, and no lexicon is written."""
    assert said in error_of("lexicon", *command.split(), "-o", "out.lexicon", "--quiet")
    assert not Path("out.lexicon").exists()


def test_frequencies_in_turkish(folder: Path) -> None:
    """Words of a list are compared as in their language: in Turkish, ı is the small letter of I."""
    Lexicon.from_pairs({"tr": [("light", "ısı"), ("name", "isim")]}).save("tr.lexicon")
    (folder / "list").write_text("ISI 3\nısı 3\nisim 5\n", encoding="utf-8")
    command = ["lexicon", "filter", "tr.lexicon", "--frequencies", "tr=list", "--min-frequency", "6", "-o", "out"]
    output_of(*command)
    assert [word for _, _, word, _ in Lexicon.load("out").pairs()] == ["ısı"]


@pytest.mark.parametrize(
    ("line", "number"),
    [("7 Bank", 2), ("Bank", 2), ("Bank\t-1", 2), ("Bank\tnan", 2), ("Bank\tinf", 2), ("\t5", 2), ("\n\n5", 4)],
)
def test_wrong_frequencies(line: str, number: int, folder: Path) -> None:
    """The error names a line without a word or a valid number, and the expected form."""
    (folder / "list").write_text(f"Ufer 3\n{line}\n", encoding="utf-8")
    command = ["lexicon", "filter", "main.lexicon", "--frequencies", "de=list", "--min-frequency", "1", "-o", "out"]
    said = error_of(*command)
    assert said.startswith(f"list:{number}: ")
    assert "each line must be a word, a tab or blanks, and a number of at least 0" in said
