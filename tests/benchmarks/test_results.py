"""Every figure in a README comes from the results file beside it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from benchmarks import choice, index
from benchmarks.cluster import report as cluster
from benchmarks.cluster.__main__ import BENCHMARK as CLUSTER
from benchmarks.common import files, parts, processes
from benchmarks.common.parts import Benchmark, Option
from benchmarks.common.report import between_marks, put_between_marks
from benchmarks.image_text import experiments as image_text_experiments
from benchmarks.image_text import report as image_text
from benchmarks.retrieval import experiments as retrieval_experiments
from benchmarks.retrieval import report as retrieval
from benchmarks.speed import chart
from benchmarks.speed.__main__ import BENCHMARK as SPEED
from benchmarks.xquad_r import report as xquad_r


@pytest.mark.parametrize(
    "name",
    [
        "cluster",
        "general",
        "inducers",
        "integrations",
        "lexicons",
        "robustness",
        "senses",
        "speed",
        "starter",
        "titles",
    ],
)
def test_tables_of_parts(name: str) -> None:
    """The README has the tables of the newest results."""
    benchmark: Benchmark = importlib.import_module(f"benchmarks.{name}.__main__").BENCHMARK
    assert between_marks(benchmark.readme) == benchmark.markdown(benchmark.newest()).strip()


def test_tables_of_experiments() -> None:
    """The READMEs of benchmarks that train models have the tables of their results."""
    for report in (retrieval, image_text, xquad_r):
        assert between_marks(report.FOLDER / "README.md") == "\n".join(report.lines()).strip()


def test_tables_of_scale_out() -> None:
    """docs/scale-out.md has the tables of the newest results of clusters."""
    for name, lines in cluster.tables_of_page(CLUSTER.newest()).items():
        assert between_marks(cluster.PAGE, name) == lines


def test_figures_of_the_first_screen() -> None:
    """README.md has the speeds of the newest results."""
    for page, link in chart.PAGES.items():
        assert between_marks(page, "speed") == chart.headline(SPEED.newest(), link)


# -- measuring in parts ------------------------------------------------------------------------------------------------


def row(number: int) -> dict[str, int]:
    """Return a row; it is called in a separate process."""
    return {"number": number}


@pytest.fixture
def benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Benchmark:
    """Return a benchmark of two parts in a temporary folder."""
    monkeypatch.setattr(parts, "BENCHMARKS", tmp_path)
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "README.md").write_text(
        "# Title\n<!-- results -->\n<!-- end of results -->\n", encoding="utf-8"
    )

    def markdown(results: parts.Results) -> str:
        return str({name: [row["number"] for row in rows] for name, rows in parts.rows_of(results).items()})

    steps = {
        "one": lambda quick: [lambda: [row(1), row(2)]] * (1 if quick else 2),
        "two": lambda quick: [parts.in_process(row, 3)],
    }
    exits = Option("--exit", int, {"metavar": "CODE"})
    before = Option("--before-it", print, {"metavar": "TEXT"})
    return Benchmark("small", "", steps, markdown, quick="less", missed=lambda results: [], options=[before, exits])


def test_a_full_run_writes_the_readme(benchmark: Benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    """Results, README and output have the rows of all parts; `--quick` and `--only` do not change the README."""
    assert parts.main(benchmark, ["--quick"]) == 0
    assert parts.main(benchmark, ["--only", "one"]) == 0
    assert between_marks(benchmark.readme) == ""
    assert parts.main(benchmark, []) == 0
    assert between_marks(benchmark.readme) == "{'one': [1, 2, 1, 2], 'two': [3]}"
    assert capsys.readouterr().out.endswith("{'one': [1, 2, 1, 2], 'two': [3]}\n")
    assert benchmark.newest(quick=True)["parts"]["one"]["steps"] == 1
    assert parts.main(benchmark, ["--exit", "7"]) == 7
    assert parts.main(benchmark, ["--before-it", "hello", "--report"]) == 0
    assert capsys.readouterr().out.startswith("hello\n{")


def test_a_stopped_run_resumes(benchmark: Benchmark) -> None:
    """Finished steps are not repeated; if the code changes, all steps are."""
    calls: list[int] = []

    def step() -> list[processes.Row]:
        calls.append(len(calls))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return [row(len(calls))]

    stopped = Benchmark("small", "", {"one": lambda _: [step, step]}, str)
    with pytest.raises(KeyboardInterrupt):
        parts.measure(stopped)
    results = parts.measure(stopped)
    assert [each["number"] for each in results["parts"]["one"]["rows"]] == [1, 3]
    (benchmark.readme.parent / "code.py").write_text("", encoding="utf-8")
    assert [each["number"] for each in parts.measure(stopped)["parts"]["one"]["rows"]] == [4, 5]


def test_one_part_keeps_the_others_of_an_earlier_day(benchmark: Benchmark) -> None:
    """`--only` copies the other parts of the newest results; the heading says where these were measured."""
    machine = {"date": "2020-01-02T03", "cpu": "old cpu", "cores_usable": 1, "memory_gib": 2, "system": "Linux"}
    old = {"machine": {**machine, "python": "CPython 3.10", "packages": {"numpy": "1.26"}}, "quick": False}
    path = benchmark.readme.parent / "results" / "2020-01-02.json"
    files.write_json(path, {**old, "parts": {"one": {"rows": [row(7)]}, "two": {"rows": [row(8)]}}})
    results = parts.measure(benchmark, only="two")
    assert [each["number"] for rows in parts.rows_of(results).values() for each in rows] == [7, 3]
    assert parts.heading(results).endswith(
        "Measured earlier: one (2020-01-02, old cpu, 1 cores, 2 GiB, Linux, CPython 3.10; numpy 1.26)."
    )
    assert benchmark.newest() == results


def test_new_data_of_the_library_is_measured(benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint depends on data files such as the starter lexicon."""
    folder = benchmark.readme.parents[1] / "library"
    folder.mkdir()
    monkeypatch.setattr(parts, "_LIBRARY", folder)
    (folder / "starter.tsv").write_text("en\tde\n", encoding="utf-8")
    before = benchmark.fingerprint()
    (folder / "starter.tsv").write_text("en\tde\nhouse\tHaus\n", encoding="utf-8")
    assert benchmark.fingerprint() != before


def test_no_results(benchmark: Benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the command that measures."""
    assert parts.main(benchmark, ["--report"]) == 1
    assert "run python -m benchmarks.small first" in capsys.readouterr().err


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    """The error names the marks that are missing."""
    page = tmp_path / "README.md"
    page.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the marks <!-- results --> and <!-- end of results -->"):
        put_between_marks(page, "x")


# -- the index ---------------------------------------------------------------------------------------------------------


def test_the_index_has_the_figures_of_the_results() -> None:
    """The README has the table of the results."""
    assert between_marks(index.README) == index.markdown()
    assert between_marks(index.PAGE) == index.markdown_of_page()


def test_the_docs_have_the_figures_of_the_results() -> None:
    """The table of "Choose a lexicon" has the newest results, a line for each lexicon that was measured."""
    assert between_marks(choice.PAGE, choice.MARKS) == choice.markdown()
    rows = importlib.import_module("benchmarks.general.__main__").BENCHMARK.newest()["parts"]["lexicons"]["rows"]
    assert choice.markdown().count("\n") > len(rows)


def test_the_index_names_every_benchmark() -> None:
    """Each package with results is listed; the minutes of experiments are those of their plan."""
    packages = {path.parent.name for path in index.README.parent.glob("*/results")}
    assert {entry.name for entry in index.ENTRIES} == packages
    minutes = {entry.name: f"{entry.minutes} min" for entry in index.ENTRIES}
    for name, plan in (("retrieval", retrieval_experiments), ("image_text", image_text_experiments)):
        assert plan.EXPERIMENTS["main"].cost == minutes[name]
