"""The result of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...checks import check_choice
from .report import draw_plot, draw_table
from .scores import MEAN, Score

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Evaluation:
    """The scores of a lexicon; ``print`` shows them as a table.

    Attributes
    ----------
    lexicon, gold : str
        Signatures of the two lexicons.
    k : tuple of int
        Numbers of best candidates that were considered.
    rows : tuple of Score
        For each language, then for the mean over languages: all terms, and each band that has terms or words.
    """

    lexicon: str
    gold: str
    k: tuple[int, ...]
    rows: tuple[Score, ...]

    @property
    def languages(self) -> list[str]:
        """Target languages that were compared."""
        return list(dict.fromkeys(row.language for row in self.rows if row.language != MEAN))

    def as_dict(self) -> dict[str, Any]:
        """Return the result as dicts, lists, strings and numbers, as JSON has them."""
        rows = [row.as_dict() for row in self.rows]
        return {"lexicon": self.lexicon, "gold": self.gold, "k": list(self.k), "rows": rows}

    def __str__(self) -> str:
        return self.table()

    def table(self, format: str = "text") -> str:
        """Return the rows as a table, in aligned plain text or as "markdown". Shares of nothing are "-"."""
        check_choice("format", format, ("text", "markdown"))
        return draw_table(self.rows, markdown=format == "markdown")

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw precision at the smallest k, and coverage, as bars per language and band.

        Parameters
        ----------
        path : str or Path, optional
            Where to save the picture. The suffix is its format (.png, .svg, .pdf, ...; default PNG). The file is
            written atomically.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If matplotlib is missing: ``pip install "lexswitch[plot]"``.
        ValueError
            If matplotlib does not know the format.
        """
        return draw_plot(self.rows, self.k[0], path)
