"""Reports on the command line, options of the switcher, traces of tables, existing files, ``lexswitch report``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

from lexswitch import CodeSwitcher, Lexicon, Report, switch_columns
from lexswitch.cli.switcher_options import PRESETS

from .running import error_of, output_of, run

ROWS = [("open a house", "the house of the river"), ("a credit card", "nothing, <b>at</b> all"), ("", "river")] * 30
LEXICON = Lexicon.from_pairs(
    {
        "de": [("house", "Haus"), ("door", "Tür"), ("the", "das"), ("credit card", "Kreditkarte"), ("river", "Fluss")],
        "it": [("house", "casa"), ("house", "palazzo"), ("a", "una"), ("friend", "amico")],
        "ru": [("house", "дом"), ("river", "река"), ("all", "все"), ("garden", "сад")],
    }
)
SWITCHERS = {"query": CodeSwitcher(LEXICON, ["de"], p=0.9), "passage": CodeSwitcher(LEXICON, ["ru", "it"], p=0.9)}
COLUMNS = ("--columns", "query=de", "passage=ru,it", "-p", "0.9")
APPLY = ("apply", "--lexicon", "own.lexicon")


@pytest.fixture(autouse=True, scope="module")
def _lexicon_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Work in a folder with a small lexicon."""
    folder = tmp_path_factory.mktemp("reports")
    LEXICON.save(folder / "own.lexicon")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of two columns."""
    path = tmp_path / "in.tsv"
    path.write_text("query\tpassage\n" + "".join(f"{query}\t{passage}\n" for query, passage in ROWS))
    return path


def expected() -> Report:
    """The report of the table by the library."""
    batch = {"query": [query for query, _ in ROWS], "passage": [passage for _, passage in ROWS]}
    return switch_columns(SWITCHERS).switch_and_report(batch, range(len(ROWS)))[1]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_report_of_a_table(table: Path, tmp_path: Path, workers: str) -> None:
    """The report equals that of the library, whatever the number of workers; the summary has three lines."""
    report = tmp_path / "report.json"
    ran = run(*APPLY, table, "-o", tmp_path / "out.tsv", *COLUMNS, "--workers", workers, "--report", report)
    assert (ran.returncode, ran.stderr.splitlines()) == (0, expected().summary())
    assert Report.from_dict(json.loads(report.read_text(encoding="utf-8"))) == expected()


def test_report_is_printed_or_a_page(table: Path, tmp_path: Path) -> None:
    """Without a file the report replaces the summary; an .html file is a page; --quiet suppresses the summary only."""
    ran = run(*APPLY, table, "-o", "-", *COLUMNS, "--report")
    assert ran.stderr == f"{expected()}\n"
    page = tmp_path / "report.html"
    assert run(*APPLY, table, "-o", "-", *COLUMNS, "--quiet", "--report", page).stderr == ""
    assert "<h2>Language mixing</h2>" in page.read_text(encoding="utf-8")


def test_report_of_lines_and_traces() -> None:
    """Lines are reported, too, also if their switches are printed; the epoch counts."""
    texts = ["the house of the river"] * 20
    for epoch in (0, 3):
        report = CodeSwitcher(LEXICON, ["de"]).report(texts, epoch=epoch)
        ran = run(*APPLY, "--to", "de", "--trace", "--report", "--epoch", epoch, stdin="\n".join(texts))
        assert ran.stderr == f"{report}\n"


def test_trace_of_a_table(table: Path, tmp_path: Path) -> None:
    """The switches are those that the library makes, with column and row; rows count from 0."""
    trace = tmp_path / "trace.jsonl"
    run(*APPLY, table, "-o", "-", *COLUMNS, "--trace-to", trace, "--report", tmp_path / "a.json")
    found = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    batch = {"query": [query for query, _ in ROWS], "passage": [passage for _, passage in ROWS]}
    switches = [
        {"row": row, "column": column, **{k: v for k, v in switch._asdict().items() if k != "row"}}
        for column, row, _, switch in switch_columns(SWITCHERS).trace(batch, range(len(ROWS)))
    ]
    assert found == switches
    report = Report.from_dict(json.loads((tmp_path / "a.json").read_text(encoding="utf-8")))
    assert report == expected()


def test_trace_of_lists_names_the_item(tmp_path: Path) -> None:
    """In a cell that is a list, the item is named."""
    (tmp_path / "a.jsonl").write_text('{"q": [null, "a house"]}\n')
    run(*APPLY, tmp_path / "a.jsonl", "-o", "-", "--columns", "q=de", "-p", "1", "--trace-to", tmp_path / "t")
    (switch,) = map(json.loads, (tmp_path / "t").read_text().splitlines())
    assert (switch["row"], switch["column"], switch["item"], switch["translation"]) == (0, "q", 1, "Haus")


@pytest.mark.parametrize("name", ["out.tsv", "report.json", "trace.jsonl"])
def test_existing_files_are_replaced_only_with_force(table: Path, tmp_path: Path, name: str) -> None:
    """An output that exists is an error before the work starts, unless --force is given."""
    (tmp_path / name).write_text("old")
    options: list[Any] = ["--report", tmp_path / "report.json", "--trace-to", tmp_path / "trace.jsonl"]
    command = [*APPLY, table, "-o", tmp_path / "out.tsv", *COLUMNS, *options]
    assert error_of(*command).startswith(f"{tmp_path / name} exists; add --force to replace it")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.tsv", name])
    assert run(*command, "--force").returncode == 0
    assert (tmp_path / name).read_text(encoding="utf-8") != "old"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "a.txt"], "a report is a .json or .html file; name it a.json, or put --report last"),
        (["--trace-to", "a.jsonl"], "--trace-to is for tables"),
        (["--separator", ";"], "--separator is for tables"),
        (["--tokenizer", "nltk"], "--tokenizer is 'nltk'; choose words, characters, moses or regex:PATTERN"),
        (["--preset", "bl-cs", "--to", "de,ru"], "switches into one language, not de, ru; write --to de, or"),
        (["--preset", "bl-c"], "did you mean bl-cs?"),
        (["--skip", "@missing.txt"], "missing.txt: No such file"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str) -> None:
    """Each gets one line that says what to do."""
    assert message in error_of(*APPLY, *arguments)


def test_words_to_skip_from_a_file(tmp_path: Path) -> None:
    """The words are read one per line, or separated by commas; an encoding error names file and line."""
    words = tmp_path / "words.txt"
    words.write_bytes("\ufeffthe\r\nhouse, a".encode())
    arguments = ["--to", "de", "-p", "1", "--skip", f"@{words}"]
    assert output_of("apply", *arguments, stdin="the house has a door\n") == "the house has a Tür\n"
    words.write_bytes(b"the\nh\xe4user\n")
    assert f"{words}:2: byte offset 5: not UTF-8" in error_of("apply", *arguments)


def test_separator_is_for_csv(table: Path) -> None:
    """TSV has tabs; a separator must be one character."""
    assert "--separator is for csv" in error_of(*APPLY, table, "-o", "-", *COLUMNS, "--separator", ";")
    arguments = (*APPLY, table, "--format", "csv", "-o", "-", *COLUMNS)
    assert "it must be one character" in error_of(*arguments, "--separator", "::")


@pytest.mark.parametrize(("separator", "named"), [(";", ";"), ("|", "|"), ("\t", "tab")])
def test_separators(tmp_path: Path, separator: str, named: str) -> None:
    """Cells of CSV may be separated by another character; commas are then text, and quotes are kept where needed."""
    rows = [["q", "n"], ["my house, my door", "1"], [f'"my house{separator} and ""x"""', "2"]]
    (tmp_path / "a.csv").write_text("".join(separator.join(row) + "\n" for row in rows))
    arguments = (*APPLY, tmp_path / "a.csv", "-o", "-", "--columns", "q=de", "-p", "1", "--separator", named)
    found = output_of(*arguments)
    assert found == (tmp_path / "a.csv").read_text().replace("house", "Haus").replace("door", "Tür")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["--candidates", "uniform"], {"candidates": "uniform"}),
        (["--missing", "keep"], {"missing": "keep"}),
        (["--skip", "house,the"], {"skip": ["house", "the"]}),
        (["--skip", "stopwords"], {"skip": "stopwords"}),
        (["--case", "lexicon"], {"case": "lexicon"}),
        (["--forms", "none"], {"forms": None}),
        (["--keep-names"], {"keep_names": True}),
        (["--protect", "[Gg]arden"], {"protect": "[Gg]arden"}),
        (["--protect", "none"], {"protect": None}),
    ],
)
def test_options_are_those_of_the_switcher(arguments: list[str], options: dict[str, Any]) -> None:
    """Each option does what the option of the switcher does."""
    text = "The Houses of the river and a credit card. A house in the garden of my friends. See House @house."
    switcher = CodeSwitcher(LEXICON, ["de", "ru"], p=0.9, **options)
    assert output_of(*APPLY, "--to", "de,ru", "-p", "0.9", *arguments, stdin=text) == switcher.apply([text])[0]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets(preset: str) -> None:
    """Each preset is that of the library; other options override it."""
    make: dict[str, Any] = {
        "ml-cs": CodeSwitcher.multilingual,
        "wiki-cs": CodeSwitcher.wiki_cs,
        "bl-cs": lambda lexicon, languages, **options: CodeSwitcher.bilingual(lexicon, languages[0], **options),
        "translate": lambda lexicon, languages, **options: CodeSwitcher.translate(lexicon, languages[0], **options),
        "word-by-word": lambda lexicon, languages, **options: CodeSwitcher(
            lexicon, languages, **{"p": 0.9, "draw_language": "text", "candidates": "weighted", **options}
        ),
    }
    text = "The houses of the river and a credit card. A house in the garden of my friends."
    for arguments, options in (([], {}), (["-p", "0.3"], {"p": 0.3})):
        switcher = make[preset](LEXICON, ["de"], **options)
        assert output_of(*APPLY, "--preset", preset, "--to", "de", *arguments, stdin=text) == switcher.apply([text])[0]


def test_skipped_words_from_a_file(tmp_path: Path) -> None:
    """A file of words, one a line, is named after @."""
    command = (*APPLY, "--to", "de", "-p", "1", "--skip", f"@{tmp_path / 'words.txt'}")
    for content in ("river\nhouse\n", "river\nhouse", "river\r\n\r\nhouse "):
        (tmp_path / "words.txt").write_bytes(content.encode())
        assert output_of(*command, stdin="my house door") == "my house Tür"


def test_comparison_of_two_files(tmp_path: Path) -> None:
    """Without a record, words are compared; the lexicon names their languages, and the limits are said."""
    (tmp_path / "a").write_text("my house of my door\na river 5\nnothing\n")
    (tmp_path / "b").write_text("my Haus of my Tür\na река 5\nnothing\n")
    found = output_of("report", tmp_path / "a", tmp_path / "b", "--lexicon", "own.lexicon").splitlines()
    assert found[:3] == ["texts: 3, 2 changed (66.7%)", "words: 9, 3 changed (33.3%)", "languages: de 22.2%, ru 11.1%"]
    assert found[-1].startswith("Not known without a record of the switches: units, p")
    data = json.loads(output_of("report", tmp_path / "a", tmp_path / "b", "--lexicon", "own.lexicon", "--json"))
    assert (data["changed_words"], data["I-index"]) == (3, 4 / 5)


def test_comparison_knows_the_languages_of_units(tmp_path: Path) -> None:
    """Inflected words, phrases and neighbours of all lengths get the language into which they were switched."""
    (tmp_path / "a").write_text(
        "the houses of two banks\nI opened credit cards and bank accounts yesterday\n"
        "new train stations near big cities\n"
    )
    for options in (["--to", "de"], ["--to", "de,ru"], ["--to", "es,fr,it,zh"]):
        made = run(
            "apply",
            tmp_path / "a",
            "-o",
            tmp_path / "b",
            "-p",
            1,
            *options,
            "--force",
            "--report",
            tmp_path / "r.json",
            "--force",
        )
        assert made.returncode == 0
        switched = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["figures"]
        found = json.loads(output_of("report", tmp_path / "a", tmp_path / "b", "--json"))
        assert found["changed_words"] == round(switched["switched_words"] * switched["words"]) > 10
        assert "unknown" not in dict(found["languages"])
        if options[1] != "es,fr,it,zh":  # some words are the same in several languages
            expected = {language: round(share * switched["words"]) for language, share in switched["languages"].items()}
            assert dict(found["languages"]) == expected


def test_comparison_of_long_and_unknown_changes(tmp_path: Path) -> None:
    """Words that the lexicon does not have, and very long changes, are of unknown language; lost words count."""
    for old, new, changed in (
        ("a b house", "x y Haus", 3),
        ("a b c house", "Haus", 4),
        ("q " * 99, "r " * 99, 99),
        ("house", "", 1),
    ):
        (tmp_path / "a").write_text(f"{old}\n")
        (tmp_path / "b").write_text(f"{new}\n")
        found = json.loads(output_of("report", tmp_path / "a", tmp_path / "b", "--lexicon", "own.lexicon", "--json"))
        assert found["changed_words"] == changed
        assert dict(found["languages"]).get("de", 0) == (old.endswith("house") and new.endswith("Haus"))


def test_files_that_cannot_be_compared(tmp_path: Path) -> None:
    """Files of different lengths are an error that counts both; standard input can be only one of them."""
    (tmp_path / "a").write_text("one\n" * 1500)
    (tmp_path / "b").write_text("one\n" * 2700)
    error = error_of("report", tmp_path / "a", tmp_path / "b", "--lexicon", "own.lexicon")
    assert error.startswith(f"{tmp_path / 'a'} has 1,500 lines, but {tmp_path / 'b'} has 2,700")
    assert "both -" in error_of("report", "-", "-")


def test_comparison_of_nothing(tmp_path: Path) -> None:
    """Two empty files have a report."""
    (tmp_path / "a").write_text("")
    assert output_of("report", tmp_path / "a", tmp_path / "a").startswith("texts: 0, 0 changed (0.0%)")


def test_lexicon_inflect_and_rank(tmp_path: Path) -> None:
    """`inflect` adds the forms of the texts; `rank` uses lexicons and texts, and needs one of them."""
    Lexicon.from_pairs({"de": [("house", "Haus"), ("bank", "Bank"), ("bank", "Ufer")]}).save(tmp_path / "l")
    (tmp_path / "texts").write_text("Two houses and a bank.\n")
    output_of("lexicon", "inflect", tmp_path / "l", tmp_path / "texts", "-o", tmp_path / "m", "--quiet")
    assert sorted(Lexicon.load(tmp_path / "m")) == ["bank", "house", "houses"]
    (tmp_path / "de").write_text("Am Ufer. Das Ufer.\n")
    rank = ("lexicon", "rank", tmp_path / "l")
    output_of(*rank, f"de={tmp_path / 'de'}", "--with", "own.lexicon", "-o", tmp_path / "n", "--quiet")
    expected = Lexicon.load(tmp_path / "l").rank(others=[LEXICON], texts={"de": ["Am Ufer. Das Ufer."]})
    assert Lexicon.load(tmp_path / "n") == expected
    assert error_of(*rank, "-o", tmp_path / "x").startswith("rank has no evidence; give lexicons")


GERMAN = "Das Wasser im Haus ist kalt, und die Tür zum Garten ist klein. Meine Mutter kauft Brot, Milch und Käse. "
INVERT = "lexswitch lexicon invert starter de -o PATH"


@pytest.mark.slow
def test_texts_in_another_language(tmp_path: Path) -> None:
    """A small file in German is noticed by all commands, in terms of the command line; --quiet suppresses it."""
    (tmp_path / "a.txt").write_text(GERMAN * 2 + "\n")
    arguments = (tmp_path / "a.txt", "--to", "de")
    warning = run("apply", *arguments).stderr.splitlines()[0]
    assert warning.startswith("lexswitch: warning: only ")
    assert warning.endswith(f"; use {INVERT}")
    preview = run("preview", *arguments, "--text").stderr
    assert preview == f"lexswitch: warning: The texts seem to be in 'de': use {INVERT}.\n"
    for quiet in (run("apply", *arguments, "--quiet"), run("preview", *arguments, "--text", "--quiet")):
        assert quiet.stderr == ""
    advice = f"The texts seem to be in 'de': use {INVERT}."
    assert f"advice:\n  {advice}\n" in run("apply", *arguments, "--report").stderr
    for name in ("report.json", "report.html"):
        assert run("apply", *arguments, "--report", tmp_path / name).returncode == 0
        assert escape(advice) in (tmp_path / name).read_text(encoding="utf-8").replace("'de'", "&#x27;de&#x27;")
    output_of("lexicon", "invert", "starter", "de", "-o", tmp_path / "PATH", "--quiet")
    assert "Bread" in output_of("apply", tmp_path / "a.txt", "-p", 1, "--lexicon", tmp_path / "PATH")
