"""Reports: hand-computed figures, sums of parts, samples, forms and advice."""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import lexswitch.switching.report.report as report_module
from lexswitch import CodeSwitcher, Lexicon, Reason, Report, Switched, switch_columns
from lexswitch.switching.report import Comparison

from ...strategies import Case, cases

LEXICON = Lexicon.from_pairs(
    {
        "de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("river", "der Fluss"), ("taxi", "Taxi")],
        "ru": [("house", "дом"), ("river", "река")],
    }
)
TEXTS = ["the house by the river", "a credit card", "", "xyzzy at all", "House house 42"]
SENTENCES = ["the old house", "a river and a house", "my credit card is in the taxi", "we see nothing", "Taxi!"]


def test_figures_equal_hand_computed_ones() -> None:
    """Every figure of five short texts, all of whose units are switched into German."""
    report = CodeSwitcher(LEXICON, ["de"], p=1).report(TEXTS)
    totals, sample = report.totals, report.sample
    assert (totals.texts, totals.switched_texts, totals.words, totals.covered) == (5, 3, 14, 6)
    assert totals.switches == {"de": 5}
    assert totals.switched_words == {"de": 6}
    assert totals.size == sum(len(text) for text in TEXTS)
    assert (sample.units, sample.switched_units, sample.runs) == (5, 5, 3)
    assert (report.rate, report.expected_rate, report.mean_run) == (1, 1, 5 / 3)
    assert (report.switched_words, report.switched_texts, report.coverage) == (6 / 14, 3 / 5, 6 / 14)
    assert report.languages == {"de": 6 / 14}
    assert report.reasons == {Reason.SWITCHED: 6 / 14, Reason.UNKNOWN: 8 / 14}
    assert report.content_coverage == 6 / 7  # "xyzzy" is missing; "the", "by", "a", "at" and "all" are function words
    assert report.most_missing() == [("xyzzy", 1)]
    assert report.most_switched() == [("house", "de", 3), ("credit card", "de", 1), ("river", "de", 1)]
    # the Haus by the der Fluss | a Kreditkarte | | xyzzy at all | Haus Haus, and 42 has no language
    assert sample.mixing.tokens == {"en": 7, "de": 6}
    assert report.indices["I-index"] == (3 + 1 + 0 + 0) / (5 + 1 + 2 + 1)
    assert report.indices["code-mixing index"] == pytest.approx((50 + 50) / 5)


def test_identical_translations_are_counted() -> None:
    """A translation that equals its term is counted, whatever its case."""
    report = CodeSwitcher(LEXICON, ["de"], p=1).report(["taxi Taxi house"])
    assert (report.sample.identical, report.sample.switched_units) == (2, 3)


@given(cases())
@settings(max_examples=5)
def test_a_report_agrees_with_the_trace(case: Case) -> None:
    """Switches by language and words by reason are those of the trace, whatever the options."""
    switcher = case.switcher
    switched = switcher.trace(case.texts, **case.call)
    report, words = switched.report(), switched.explain().words
    assert report.totals.switches == Counter(switched.switches.language.tolist())
    assert report.totals.switched_texts == len(set(switched.switches.row.tolist()))
    assert report.totals.words == len(words)
    assert report.totals.switched_words.total() == np.count_nonzero(words.reason == Reason.SWITCHED)
    assert report.sample.reasons == Counter(Reason(one).name for one in words.reason.tolist())
    assert report == switcher.report(case.texts, **case.call)
    assert 0 <= report.expected_rate <= 1
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == pickle.loads(pickle.dumps(report)) == report


def test_without_switches_shares_and_indices_are_0() -> None:
    """With p = 0 nothing is switched, and every index of mixing is 0."""
    report = CodeSwitcher(LEXICON, p=0).report(TEXTS)
    assert (report.switched_words, report.switched_texts, report.rate, report.expected_rate) == (0, 0, 0, 0)
    assert {name: value for name, value in report.indices.items() if value} == {
        "burstiness": report.indices["burstiness"]  # that of the lengths of the texts
    }
    assert report.languages == {}


def test_a_report_of_nothing_has_only_zeros() -> None:
    """No texts, and texts without words, have a report that can be shown."""
    for texts in ([], [""], ["", "!?"]):
        report = CodeSwitcher(LEXICON).report(texts)
        assert report.totals.texts == len(texts)
        assert not any(report.indices.values())
        assert f"texts  {len(texts)}" in re.sub(" +", "  ", str(report))
    assert Report.empty("en") + report == report


@pytest.mark.parametrize(("cut", "draw_language"), [(0, "unit"), (200, "unit"), (200, "text"), (599, "unit")])
def test_parts_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch, cut: int, draw_language: Any) -> None:
    """The reports of two parts add up to that of the whole, also if each has a sample of another level."""
    monkeypatch.setattr(report_module, "SAMPLE", 1 << 11)
    texts = [f"{SENTENCES[row % 5]} {row}" for row in range(600)]
    switcher = CodeSwitcher(LEXICON, draw_language=draw_language)
    whole = switcher.report(texts)
    assert 0 < whole.sample.texts < 0.3 * len(texts)
    assert switcher.report(texts[:cut]) + switcher.report(texts[cut:]) == whole
    assert switcher.report(iter(texts)) == whole
    assert Report.merge([switcher.report(texts[row::3]) for row in range(3)]) == whole


def test_the_sample_is_bounded_and_unbiased(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample stays below its limit, and its rate is near that of all texts."""
    monkeypatch.setattr(report_module, "SAMPLE", 1 << 14)
    texts = [f"{SENTENCES[row % 5]} {row}" for row in range(20_000)]
    report = CodeSwitcher(LEXICON, p=0.3).report(texts)
    assert report.is_sampled
    assert 1 << 12 < report.sample.texts * report.totals.size / report.totals.texts <= 1 << 15
    assert report.rate == pytest.approx(0.3, abs=0.1)
    assert "sample of" in str(report)


def test_labels_are_a_reason() -> None:
    """Units that cross a label stay for this reason, and are not counted as switches."""
    report = CodeSwitcher(LEXICON, ["de"], p=1).report(["my credit card house"], spans=[[(10, 20)]])
    assert report.totals.switches == {"de": 1}
    assert report.sample.reasons == {"UNKNOWN": 1, "LABEL_BOUNDARY": 1, "INSIDE_UNIT": 1, "SWITCHED": 1}


def test_columns_have_their_own_shares() -> None:
    """A batch of columns is switched as by a call, and the report has the counts of each column."""
    columns = switch_columns({"query": CodeSwitcher(LEXICON, ["de"], p=1), "passage": CodeSwitcher(LEXICON, ["ru"])})
    batch = {"query": ["a house", None], "passage": [["the river", "river"], ["river"]]}
    switched, report = columns.switch_and_report(batch, [0, 1])
    assert switched == columns(batch, [0, 1])
    assert {name: totals.texts for name, totals in report.columns.items()} == {"query": 1, "passage": 3}
    assert report.columns["query"].switched_words == {"de": 1}
    assert "columns:" in str(report)


def test_tokens_have_no_report() -> None:
    """Switches beside labels are undone after they were counted, so the error names the other method."""
    with pytest.raises(TypeError, match="spans="):
        CodeSwitcher(LEXICON).on_tokens("tokens", "tags").switch_and_report({"tokens": [], "tags": []})


def test_reports_of_two_source_languages_are_not_added() -> None:
    """The error names both languages; other objects are refused by Python."""
    with pytest.raises(ValueError, match=r"'en' and 'de'"):
        Report.empty("en") + Report.empty("de")
    with pytest.raises(TypeError):
        Report.empty("en") + 1  # type: ignore[operator]
    with pytest.raises(ValueError, match="reports is empty"):
        Report.merge([])


@pytest.mark.parametrize("kind", [Report.empty("en").totals, Report.empty("en").sample, Comparison()])
def test_counts_are_added_to_their_kind_only(kind: Any) -> None:
    """Python refuses to add another object to counts."""
    with pytest.raises(TypeError, match="unsupported operand"):
        kind + 5


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        ([Report.empty("en"), 5], "reports[1] is int; pass a list of Report"),
        ([5], "reports[0] is int; pass a list of Report"),
        (Report.empty("en"), "reports is Report; pass a list of Report"),
    ],
)
def test_only_reports_are_merged(reports: Any, message: str) -> None:
    """The error names the first item that is not a report."""
    with pytest.raises(TypeError, match=re.escape(message)):
        Report.merge(reports)


def test_details_are_a_flag() -> None:
    """Another value than True or False is refused by both kinds of switchers."""
    for one in (CodeSwitcher(LEXICON), CodeSwitcher(LEXICON).on("text")):
        with pytest.raises(TypeError, match="details is 'no'; it must be True or False"):
            one.recording(details="no")  # type: ignore[arg-type]


def test_streams_name_the_row() -> None:
    """Errors about a text of an iterator count all texts before it, also those of earlier blocks."""
    switcher = CodeSwitcher(LEXICON)
    with pytest.raises(TypeError, match=re.escape("texts[10000] is NoneType, not str; pass an iterator of str")):
        switcher.report(iter(["a"] * 10_000 + [None]))  # type: ignore[list-item]
    with pytest.raises(ValueError, match=re.escape("texts[10001]")):
        switcher.report(iter(["a"] * 10_001 + ["\ud800"]))


def test_the_language_of_texts_survives_saving() -> None:
    """A report that was saved still gives no advice on coverage if its texts are in another language."""
    report = replace(CodeSwitcher(LEXICON).report(["xyzzy plugh frotz"] * 40), is_other_language=True)
    restored = Report.from_dict(json.loads(json.dumps(report.to_dict())))
    assert restored == report
    assert restored.advice == []


@pytest.mark.parametrize("data", [{}, {"source": "en"}, [], {"source": "en", "columns": {"a": 1}}])
def test_a_dict_that_is_not_a_report_is_refused(data: Any) -> None:
    """The error says that the data is not a report."""
    with pytest.raises(ValueError, match="data is not a report"):
        Report.from_dict(data)


def test_a_result_without_its_call_has_no_report() -> None:
    """The error of a result that was made otherwise names the method of the switcher."""
    trace = CodeSwitcher(LEXICON).trace(["house"])
    with pytest.raises(ValueError, match=r"switcher\.report\(texts\)"):
        Switched(*trace[:2]).report()


@pytest.mark.parametrize(
    ("texts", "options", "advice"),
    [
        (["xyzzy plugh frotz"] * 40, {}, "Only 0% of the content words"),
        (["1 2 3"] * 40, {}, None),
        (["xyzzy plugh house"] * 50, {}, "content words are in the lexicon"),
        (["this is not in it and house"] * 50, {"p": 0.01}, "Raise p"),
        (["taxi house"] * 60, {"languages": ["de"], "p": 1}, "equal their term"),
        ([], {}, "There are no texts"),
        (["house river"] * 60, {"p": 0.9}, None),
    ],
)
def test_advice(texts: list[str], options: dict[str, Any], advice: str | None) -> None:
    """Figures that suggest a change come with advice; good figures do not."""
    found = CodeSwitcher(LEXICON, **options).report(texts, keys=range(len(texts))).advice
    assert found == [] if advice is None else any(advice in sentence for sentence in found)


def test_texts_of_another_language_are_an_advice_not_a_warning() -> None:
    """The report of German texts says so, and no warning is raised."""
    lexicon = Lexicon.from_pairs({"de": [(f"english{n}", f"deutsch{n}") for n in range(100)]})
    texts = [" ".join(f"deutsch{(row + n) % 100}" for n in range(12)) for row in range(100)]
    report = CodeSwitcher(lexicon).report(texts)
    assert report.advice[0] == "The texts seem to be in 'de': use lexicon.invert('de')."


def test_html_shows_markup_and_never_runs_it() -> None:
    """Terms, columns and titles with markup are escaped, in tables and in the page, which loads nothing."""
    nasty = "<script>alert(1)</script>"
    columns = switch_columns({nasty: CodeSwitcher(LEXICON), "b": CodeSwitcher(LEXICON)})
    _, report = columns.switch_and_report({nasty: ["<img src=x onerror=y> house"], "b": ["house"]})
    page = report.to_html(title=nasty)
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert report._repr_html_() in page
    assert not re.search("https?:", page)


@pytest.mark.slow
def test_plot_is_saved(tmp_path: Path) -> None:
    """The plot has four parts and can be saved, whatever signs the terms have."""
    path = tmp_path / "report.png"
    figure = CodeSwitcher(LEXICON).report(["$x$ ^ house"]).plot(path)
    assert len(figure.axes) == 4
    assert path.read_bytes().startswith(b"\x89PNG")
