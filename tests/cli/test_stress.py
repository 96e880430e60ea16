"""``lexswitch stress``: reports, switched sets, resuming, and mistakes."""

from __future__ import annotations

import json
import os
import warnings
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch._io.locks import locked_folder
from lexswitch.cli.stress import partial_results
from lexswitch.retrieval import RetrievalData, RobustnessReport, stress

from ..retrieval.robustness.collection import LEXICON, QUERIES, words, write_beir
from .running import error_of, names_in, output_of, run

RUN = ("stress", "run", "small", "--run-files", "runs", "--lexicon", "own.lexicon", "-o", "out")
MAKE = ("stress", "make", "small", "--lexicon", "own.lexicon", "--to", "de", "-p", ".5")


@pytest.fixture(autouse=True)
def _collection_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with the small collection, its lexicon, and runs of a system that knows words only."""
    monkeypatch.chdir(tmp_path)
    write_beir(Path("small"))
    LEXICON.save("own.lexicon")
    stress("small", words, LEXICON, ["de", "ru", ["de", "ru"]], [0.5, 1], run_files="runs", progress=False)


def run_stress(*args: object, output: str = "out") -> str:
    """Run a stress test with the run files, and return what it prints."""
    options = ("--run-files", "runs", "--lexicon", "own.lexicon", "--quiet", "-o", output)
    return output_of("stress", "run", "small", *options, *args)


def test_report() -> None:
    """The report is printed, and written as JSON and as a page; nothing else is left."""
    printed = run_stress("--to", "de,de+ru", "-p", "1,.5")
    report = RobustnessReport.load("out/report.json")
    assert printed == f"{report}\n"
    assert [point.language for point in report.points] == ["de", "de", "de+ru", "de+ru"]
    assert [point.p for point in report.points] == [0.5, 1, 0.5, 1]
    assert names_in("out") == ["report.html", "report.json"]
    assert names_in(".") == ["out", "own.lexicon", "runs", "small"]
    expected = stress("small", words, LEXICON, ["de", ["de", "ru"]], [0.5, 1], progress=False)
    assert report.to_dict()["figures"] == expected.to_dict()["figures"]


def test_bm25_and_its_run_files() -> None:
    """BM25 is built in; its run files have the same figures."""
    pytest.importorskip("bm25s")
    options = ("small", "--lexicon", "own.lexicon", "--to", "ru", "-p", "1")
    ran = run("stress", "run", *options, "--model", "bm25", "-o", "bm25", "--save-run-files")
    assert (ran.returncode, ran.stderr) == (0, "bm25/report.html: the report as a page\n")
    assert names_in("bm25/runs") == ["ru-p1.run", "unchanged.run"]
    output_of("stress", "run", *options, "--run-files", "bm25/runs", "-o", "again", "--quiet")
    figures = [json.loads(Path(folder, "report.json").read_text())["figures"] for folder in ("bm25", "again")]
    assert figures[0] == figures[1]


def test_options_of_the_switcher() -> None:
    """Options of switching reach the switcher, and so the signature."""
    chosen = (
        "--per-text",
        "--candidates",
        "weighted",
        "--runs",
        "2",
        "--keep-names",
        "--seeds",
        "0,7",
        "--side",
        "both",
    )
    output_of(*MAKE, *chosen, "-o", "set", "--quiet")
    about = json.loads(Path("set/stress.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in about["conditions"]] == ["unchanged", "de-p0.5", "de-p0.5-seed7"]
    signature = about["conditions"][-1]["signature"].split("|")
    wanted = ["draw_language:text", "candidates:weighted", "runs:2", "keep_names:True", "seed:7", "side:both"]
    assert set(wanted) <= set(signature)
    assert about["conditions"][-1]["corpus"] == "corpus-de-p0.5-seed7.jsonl"


def test_make() -> None:
    """The set has the layout of BEIR: our reader finds switched queries in the file of a condition."""
    assert output_of(*MAKE, "-o", "set", "--licence", "cc-by-4.0").splitlines() == [
        "set/queries-de-p0.5.jsonl",
        "set/queries.jsonl",
    ]
    card = Path("set/README.md").read_text(encoding="utf-8")
    assert card.startswith('---\nlicense: "cc-by-4.0"\n')
    about = json.loads(Path("set/stress.json").read_text(encoding="utf-8"))
    assert about["conditions"][1]["signature"] in card
    assert RetrievalData.read("set").queries == QUERIES
    switched = RetrievalData.read("set", queries="queries-de-p0.5.jsonl")
    changed = sum(switched.queries[number] != text for number, text in QUERIES.items())
    assert changed == about["conditions"][1]["changed"] > 0
    assert switched.licence == "cc-by-4.0"
    first = Path("set/queries-de-p0.5.jsonl").read_bytes()
    assert "again/queries-de-p0.5.jsonl\n" in output_of(*MAKE, "-o", "again", "--quiet")
    assert Path("again/queries-de-p0.5.jsonl").read_bytes() == first


def test_make_lists_switched_corpora() -> None:
    """With switched documents, the file of the corpus is printed; the corpus as it was is not."""
    printed = output_of(*MAKE, "-o", "set", "--side", "document", "--quiet").splitlines()
    assert "set/corpus-de-p0.5.jsonl" in printed
    assert "set/corpus.jsonl" not in printed


def test_existing_folders() -> None:
    """An existing folder is replaced with --force only, and only if it is one of ours."""
    output_of(*MAKE, "-o", "set", "--quiet")
    assert error_of(*MAKE, "-o", "set") == "set exists; pass --force to replace it, or choose another path"
    output_of(*MAKE, "-o", "set", "--quiet", "--force")
    assert error_of(*MAKE, "-o", "small", "--force").startswith("small exists, and has no stress.json, so it is not")
    run_stress("--to", "de", "-p", "1")
    assert error_of("stress", "run", "small", "--run-files", "runs", "--to", "de", "-o", "out").startswith(
        "out exists;"
    )
    run_stress("--to", "ru", "-p", "1", "--force")
    assert names_in(".") == ["out", "own.lexicon", "runs", "set", "small"]


def test_resume() -> None:
    """A run that fails keeps what is done: with --resume only the rest is measured; nothing half written is left."""
    Path("runs/ru-p1.run").rename("later.run")
    options = (
        "stress",
        "run",
        "small",
        "--run-files",
        "runs",
        "--lexicon",
        "own.lexicon",
        "--to",
        "de,ru",
        "-o",
        "out",
    )
    assert "ru-p1.run does not exist" in error_of(*options, "-p", ".5,1")
    assert not Path("out").exists()
    assert error_of(*options, "-p", ".5,1").startswith("out was not finished: its results so far are in .out.partial;")
    Path("later.run").rename("runs/ru-p1.run")
    output_of(*options, "-p", ".5,1", "--resume", "--quiet")
    assert names_in(".") == ["out", "own.lexicon", "runs", "small"]


def test_a_run_without_results_leaves_nothing() -> None:
    """What fails before anything is measured leaves no folder, so that the mended command just works."""
    Path("runs/unchanged.run").rename("later.run")
    assert "unchanged.run does not exist" in error_of(*RUN, "--to", "de")
    assert names_in(".") == ["later.run", "own.lexicon", "runs", "small"]


@pytest.mark.parametrize("name", ["unchanged.npz", "job.json"])
def test_a_stopped_run_says_how_to_go_on(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """After Ctrl-C, a line names the folder with the results, and the option; without results nothing is left."""
    work = Path(".out.partial")

    def stopped() -> None:
        with partial_results(work, Path("out"), Namespace(resume=False, force=False, quiet=False)):
            (work / "results").mkdir(parents=True)
            (work / "results" / name).touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    line = "lexswitch: .out.partial has the results so far; --resume goes on from there\n"
    assert work.exists() is (name != "job.json")
    assert capsys.readouterr().err == (line if work.exists() else "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks of folders")
@pytest.mark.parametrize("option", ["--resume", "--force"])
def test_two_runs_with_one_output(option: str) -> None:
    """The second run leaves the results of the first alone."""
    work = Path(".out.partial/results")
    work.mkdir(parents=True)
    with locked_folder(work):
        assert ".out.partial/results: another run is writing it; wait for it" in error_of(*RUN, "--to", "de", option)
    assert work.exists()


def test_other_options_do_not_resume() -> None:
    """A stopped run with other options is not continued; with --force, it is started again."""
    Path("runs/de-p1.run").rename("later.run")
    options = (*RUN, "--to", "de")
    error_of(*options, "-p", ".5,1")
    message = error_of(*options, "-p", ".5", "--resume")
    assert "has results of another run, with other conditions; choose another folder, or remove it, or pass" in message
    output_of(*options, "-p", ".5", "--quiet", "--force")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--to", "de"), "one of the arguments --model --run-files is required"),
        (("--model", "bm25"), "the following arguments are required: --to"),
        (("--to", "fr", "--run-files", "runs"), "unknown languages ['fr']"),
        (("--to", "de", "--run-files", "none"), "none is not a folder"),
        (("--to", "de", "--run-files", "runs", "--rerank", "x"), "--rerank needs --model; --run-files has the final"),
        (("--to", "", "--run-files", "runs"), "'' must be language codes, as in de,ru or de+ru"),
        (("--to", "de", "--run-files", "runs", "-p", "x"), "'x' must be numbers from 0 to 1, as in .25,.5"),
        (("--to", "de", "--run-files", "runs", "-p", "2"), "has 2.0; pass numbers from 0 to 1"),
        (("--to", "de", "--run-files", "runs", "--split", "dev"), "choose one of the splits test"),
        (("--to", "de", "--run-files", "runs", "--runs", "0"), "it must be a number of at least 1"),
    ],
)
def test_mistakes(args: tuple[str, ...], message: str) -> None:
    """Mistakes get one line, and nothing is written."""
    assert message in error_of("stress", "run", "small", "--lexicon", "own.lexicon", "-o", "out", *args)
    assert "out" not in names_in(".")


def test_queries_in_another_language() -> None:
    """A warning is one line on standard error, and --quiet suppresses it."""
    Lexicon.from_pairs({"de": [("zebra", "Zebra")]}).save("other.lexicon")
    options = ("stress", "run", "small", "--run-files", "runs", "--lexicon", "other.lexicon", "--to", "de", "-p", "1")
    with warnings.catch_warnings():
        ran = run(*options, "-o", "out")
    assert ran.stderr.startswith("lexswitch: warning: only 0% of the words of the queries are in the lexicon;")
    assert run(*options, "-o", "quiet", "--quiet").stderr == ""
    assert json.loads(Path("quiet/report.json").read_text(encoding="utf-8"))["coverage"] == {"queries": 0.0}


def test_one_language_per_text_from_one() -> None:
    """The warning has the options of the command."""
    with warnings.catch_warnings():
        ran = run(*MAKE, "--per-text", "-o", "set")
    assert ran.stderr == (
        "lexswitch: warning: --per-text has no effect, because each condition has one language; mix languages in one "
        "condition, as in --to de+ru\n"
    )


def test_missing_models() -> None:
    """Without sentence-transformers, the message says how to install it."""
    if find_spec("sentence_transformers"):
        pytest.skip("sentence-transformers is installed")
    message = error_of("stress", "run", "small", "--model", "e5", "--to", "de", "-o", "out")
    assert message == (
        "'e5' is loaded by sentence-transformers; pip install sentence-transformers, or use --model bm25"
    )
