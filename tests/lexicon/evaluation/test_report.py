"""Tables and plots of evaluations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch import Lexicon
from lexswitch.lexicon.evaluation import ALL, BANDS, MEAN, Evaluation, evaluate

OWN = Lexicon.from_pairs({"de": [("house", "Haus"), ("save", "retten")], "ru": [("house", "дом"), ("cloud", "туча")]})
GOLD = Lexicon.from_pairs(
    {
        "de": [("house", "Haus"), ("save", "speichern"), ("cloud", "Wolke")],
        "ru": [("house", "дом"), ("save", "сохранить"), ("cloud", "облако")],
    }
)
FREQUENCIES = {
    "house": 9,
    "save": 5,
    "a": 1,
    **{f"word {number}": 7 for number in range(999)},
    **{f"other word {number}": 3 for number in range(4_000)},
}


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(OWN, GOLD, texts=["a house"], frequencies=FREQUENCIES)


# -- tables ------------------------------------------------------------------------------------------------------------


def test_text_table() -> None:
    """The numbers stand aligned under their names; a corpus that was not given takes no room."""
    assert str(evaluate(OWN, GOLD)).splitlines() == [
        "language  band  terms  coverage  precision@1  precision@5  recall@1  recall@5",
        "de        all       3     0.667        0.500        0.500     0.333     0.333",
        "ru        all       3     0.667        0.500        0.500     0.333     0.333",
        "mean      all       6     0.667        0.500        0.500     0.333     0.333",
    ]


def test_text_table_with_bands_and_corpus(evaluation: Evaluation) -> None:
    """Bands and the coverage of the corpus are shown; shares of nothing are dashes."""
    lines = str(evaluation).splitlines()
    assert len(set(map(len, lines))) == 1
    assert lines[0].endswith("  recall@5  token coverage  type coverage")
    assert [line.split() for line in lines[1:6]] == [
        ["de", "all", "3", "0.667", "0.500", "0.500", "0.333", "0.333", "0.500", "0.500"],
        ["de", "1-1,000", "1", "1.000", "1.000", "1.000", "1.000", "1.000", "1.000", "1.000"],
        ["de", "1,001-5,000", "1", "1.000", "0.000", "0.000", "0.000", "0.000", "-", "-"],
        ["de", "5,001-20,000", "0", "-", "-", "-", "-", "-", "0.000", "0.000"],
        ["de", "unknown", "1", "0.000", "-", "-", "0.000", "0.000", "-", "-"],
    ]


def test_markdown_table() -> None:
    """Markdown has the same cells, numbers to the right; the mean over one language is left out."""
    assert evaluate(OWN.select(["de"]), GOLD, k=(1,)).table("markdown").splitlines() == [
        "| language | band | terms | coverage | precision@1 | recall@1 |",
        "| -------- | ---- | ----: | -------: | ----------: | -------: |",
        "| de       | all  |     3 |    0.667 |       0.500 |    0.333 |",
    ]


def test_unknown_format(evaluation: Evaluation) -> None:
    """Other formats are refused with the list of those that are known."""
    with pytest.raises(ValueError, match="format is 'html'; it must be one of 'text', 'markdown'"):
        evaluation.table("html")


# -- plots -------------------------------------------------------------------------------------------------------------


def test_missing_matplotlib(evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib the error says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r'pip install "lexswitch\[plot\]"'):
        evaluation.plot()


@pytest.mark.slow
def test_bars_are_the_numbers(evaluation: Evaluation) -> None:
    """Each axes has a bar for each language and band of gold terms, of the right height; names and legend are there."""
    pytest.importorskip("matplotlib")
    figure: Any = evaluation.plot()
    top, bottom = figure.axes
    for axes, label, shares in (
        (top, "precision@1", {(row.band, row.language): row.precision[1] for row in evaluation.rows}),
        (bottom, "coverage of gold terms", {(row.band, row.language): row.coverage for row in evaluation.rows}),
    ):
        heights = [shares.get((band, language)) for band in (ALL, *BANDS) for language in ("de", "ru", MEAN)]
        assert [bar.get_height() for bar in axes.patches] == [height for height in heights if height is not None]
        places = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
        assert len(set(places)) == len(places)
        assert axes.get_ylabel() == label
        assert axes.get_ylim() == (0, 1)
    assert bottom.get_xlabel() == "target language"
    assert [name.get_text() for name in bottom.get_xticklabels()] == ["de", "ru", MEAN]
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == [ALL, "1-1,000", "1,001-5,000", "unknown"]


def test_plot_without_bands() -> None:
    """One bar per language needs no legend; the mean over one language is left out."""
    pytest.importorskip("matplotlib")
    figure: Any = evaluate(OWN.select(["ru"]), GOLD).plot()
    assert [[bar.get_height() for bar in axes.patches] for axes in figure.axes] == [[1 / 2], [2 / 3]]
    assert not figure.legends


def test_saved_picture_shows_the_bars(evaluation: Evaluation, tmp_path: Path) -> None:
    """The saved picture has bars in the colours of all bands, and a white margin all around."""
    pytest.importorskip("matplotlib")
    from matplotlib.image import imread

    figure = evaluation.plot(tmp_path / "plot.png")
    pixels = imread(tmp_path / "plot.png")[..., :3]
    assert pixels.shape[:2] == (840, 960)

    colours = {bar.get_facecolor()[:3] for axes in figure.axes for bar in axes.patches}
    assert len(colours) == 4
    for colour in colours:
        assert np.count_nonzero(abs(pixels - colour).max(axis=2) < 0.01) > 1_000
    assert (pixels[[0, -1]] == 1).all()
    assert (pixels[:, [0, -1]] == 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "begin"), [("a/b.png", b"\x89PNG"), ("b.svg", b"<?xml"), ("b.pdf", b"%PDF"), ("b", b"\x89PNG")]
)
def test_formats_of_pictures(evaluation: Evaluation, tmp_path: Path, name: str, begin: bytes) -> None:
    """The name's ending gives the format; folders are made, and nothing else is left in them."""
    pytest.importorskip("matplotlib")
    path = tmp_path / name
    evaluation.plot(str(path))
    assert path.read_bytes().startswith(begin)
    assert list(path.parent.iterdir()) == [path]


def test_equal_pictures_have_equal_bytes(evaluation: Evaluation, tmp_path: Path) -> None:
    """The same evaluation gives the same file."""
    pytest.importorskip("matplotlib")
    for name in ("one.png", "two.png"):
        evaluation.plot(tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_failed_save_leaves_the_old_picture(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format that is not known, or a full disk, leaves what was there, and no other file."""
    pytest.importorskip("matplotlib")
    for name in ("plot.png", "plot.xyz"):
        (tmp_path / name).write_text("old")
    with pytest.raises(ValueError, match="xyz"):
        evaluation.plot(tmp_path / "plot.xyz")

    def full(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        evaluation.plot(tmp_path / "plot.png")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"plot.png": "old", "plot.xyz": "old"}


@pytest.mark.slow
def test_plot_leaves_pyplot_alone(tmp_path: Path) -> None:
    """Drawing and saving neither load pyplot nor choose a backend nor change the parameters of matplotlib."""
    pytest.importorskip("matplotlib")
    code = (
        "import sys, matplotlib\n"
        "before = matplotlib.rcParams.copy()\n"
        "from lexswitch import Lexicon\n"
        "from lexswitch.lexicon.evaluation import evaluate\n"
        "lexicon = Lexicon.from_pairs({'de': [('house', 'Haus')]})\n"
        f"evaluate(lexicon, lexicon).plot({str(tmp_path / 'plot.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert matplotlib.rcParams.copy() == before\n"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True)
    assert ran.stdout + ran.stderr == b""
