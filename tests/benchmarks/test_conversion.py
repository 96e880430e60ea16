"""The conversion of the encoder: the figures of the page, and how vectors are compared."""

from __future__ import annotations

import numpy as np

from benchmarks.common import conversion, files
from benchmarks.common.help_text import LANGUAGES
from benchmarks.common.report import between_marks


def test_the_page_has_the_figures_of_the_results() -> None:
    """The section of the README is made from the results."""
    results = files.read_json(conversion.RESULTS)
    assert between_marks(conversion.PAGE, conversion.MARKS) == conversion.markdown(results).strip()


def test_the_conversion_is_right() -> None:
    """In every language the vectors are nearly equal, and so are the numbers of tokens."""
    *rows, _ = files.read_json(conversion.RESULTS)["rows"]
    assert [row["texts"] for row in rows] == list(LANGUAGES)
    for row in rows:
        assert row["vectors"] == 2 * row["count"] == 2 * conversion.TEXTS
        assert row["least cosine"] > 0.999
        assert row["same number of tokens"] > 0.99 * row["vectors"]


def test_vectors_are_compared_row_by_row() -> None:
    """Lengths do not count; the largest difference is that of normalised components."""
    found = conversion.compare(np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([[6.0, 8.0], [0.0, 2.0]]))
    assert np.allclose(found.cosines, [1, 0])
    assert np.allclose(found.differences, [0, 1])
