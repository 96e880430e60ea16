"""Reports of stress tests: text, JSON, HTML and plot."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lexswitch import Lexicon, LowCoverageWarning
from lexswitch.retrieval import RobustnessReport, stress

from .collection import LEXICON, data, words


@pytest.fixture(scope="module")
def report() -> RobustnessReport:
    """Return a report with several languages, seeds and probabilities."""
    languages = {f"d{number}": "en" if number < 4 else "de" for number in range(1, 6)}
    some = data(document_languages=languages)
    return stress(some, words, LEXICON, ["de", "ru"], [0.5, 1], seeds=[0, 1], progress=False)


def test_text(report: RobustnessReport) -> None:
    """The printed report has counts, a row for each language and probability, and queries that broke."""
    text = str(report)
    assert re.search(r"\n  queries +5\n", text)
    assert "\nnDCG@10:\n  to  p    mean " in text
    assert text.count("\n  de  0.5  ") == 3
    assert "broken queries (rank before → after):" in text
    assert "[ru: " in text


def test_counts_of_changed_queries(report: RobustnessReport) -> None:
    """They are averaged over seeds, with one digit, and missing if only documents are switched."""
    cells = [line.split() for line in str(report).splitlines() if line.startswith("  de  0.5")]
    assert {row[-4] for row in cells} == {f"{report.point('de', 0.5).changed:.1f}".removesuffix(".0")}
    documents = str(stress(data(), words, LEXICON, ["de"], 1, side="document", progress=False))
    assert "changed" in str(report)
    assert "changed" not in documents


def test_coverage(report: RobustnessReport) -> None:
    """The report has the share of the words in the lexicon, for what is switched, and says if it is low."""
    assert report.coverage == {"queries": 8 / 11}
    assert "  words of queries in the lexicon  73%\n" in str(report)
    low = Lexicon.from_pairs({"ru": [("house", "дом")]})
    with pytest.warns(LowCoverageWarning):
        both = stress(data(), words, low, ["ru"], 1, side="both", progress=False)
    assert both.coverage == {"queries": 1 / 11, "documents": 1 / 32}
    for text in (str(both), both.to_html().replace("&#x27;", "'")):
        assert "9% (low: check that the texts are in the lexicon's source language)" in text


def test_queries_that_break(report: RobustnessReport) -> None:
    """The worst come first, with their ranks and the switched words; queries that do not lose are not among them."""
    worst = [one for one in report.broken if one.condition == "ru-p1"]
    result = next(one for one in report.results if one.name == "ru-p1")
    base = report.results[0]
    losses = {number: base.values[row, 0] - result.values[row, 0] for row, number in enumerate(report.queries)}
    assert worst
    assert [one.query for one in worst] == sorted(
        (q for q, loss in losses.items() if loss > 0), key=lambda q: -losses[q]
    )
    for one in worst:
        row = report.queries.index(one.query)
        assert (one.before, one.after) == (base.ranks[row], result.ranks[row])
        assert {part.language for part in one.parts} == {"ru", ""}


def test_measures_of_each_query(report: RobustnessReport) -> None:
    """`values` has those of the data as they are, too; the error lists what was measured."""
    assert report.values("", 0).tolist() == report.results[0].values.tolist()
    with pytest.raises(KeyError, match=r"nothing was measured for 'fr' and p = 0.5; choose one of \[\('de', 0.5\)"):
        report.values("fr", 0.5)


def test_probabilities_are_exact() -> None:
    """Probabilities that differ in the seventh digit can be told apart in the report."""
    text = str(stress(data(), words, LEXICON, ["de"], [0.1234561, 0.1234562], progress=False))
    assert text.count("\n  de  0.1234561  ") == text.count("\n  de  0.1234562  ") == 3


def test_json(report: RobustnessReport, tmp_path: Path) -> None:
    """A report survives JSON and a file."""
    again = RobustnessReport.from_dict(json.loads(json.dumps(report.to_dict())))
    assert again.to_dict() == report.to_dict()
    assert str(again) == str(report)
    report.save(tmp_path / "report.json")
    assert RobustnessReport.load(tmp_path / "report.json").to_dict() == report.to_dict()


def test_what_is_no_report(tmp_path: Path) -> None:
    """Other JSON and other files are refused, with the remedy."""
    with pytest.raises(ValueError, match=r"data is not a report of a stress test: 'data'; pass a dict"):
        RobustnessReport.from_dict({})
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x.json is not a report"):
        RobustnessReport.load(tmp_path / "x.json")


def test_suffix(report: RobustnessReport, tmp_path: Path) -> None:
    """A path with another suffix is refused, and nothing is written."""
    with pytest.raises(ValueError, match=r"a report is a .json or .html file"):
        report.save(tmp_path / "report.txt")
    assert list(tmp_path.iterdir()) == []


class _Page(HTMLParser):
    """Collects the tags and attributes of a page, and checks that tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Ignore elements that are closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html(report: RobustnessReport, tmp_path: Path) -> None:
    """The page is well-formed, loads nothing, and has curves, tables and coloured switches."""
    report.save(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    parsed = _Page(page)
    assert parsed.open == []
    assert parsed.addresses == []
    assert page.count("<polyline ") == 2
    assert '<bdi lang="ru"' in page
    assert report.results[1].signature.split("|")[1] in page
    assert report._repr_html_() in page


def test_names_are_escaped() -> None:
    """Names and texts cannot add markup to the page."""
    some = data()
    some.name = "<script>"
    page = stress(some, words, LEXICON, ["de"], 1, progress=False).to_html()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_plot(report: RobustnessReport, tmp_path: Path) -> None:
    """The plot has one picture for each measure, with a curve for each language, from p = 0 on."""
    pytest.importorskip("matplotlib")
    figure = report.plot(tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["nDCG@10", "MRR@10", "recall@100"]
    lines = figure.axes[0].get_lines()
    assert [(line.get_label(), list(line.get_xdata())) for line in lines] == [("de", [0, 0.5, 1]), ("ru", [0, 0.5, 1])]
