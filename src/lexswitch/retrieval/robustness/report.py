"""The report of a stress test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..._io.atomic import replace_file
from ...version import VERSION
from . import show
from .bootstrap import Estimate, intervals
from .examples import BrokenQuery
from .measures import MEASURES
from .results import ConditionResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Point(NamedTuple):
    """Figures for one language and one probability, averaged over seeds. Intervals are 95 % bootstrap intervals.

    Attributes
    ----------
    language : str
        Target languages, joined by plus signs; empty for the data as they are.
    p : float
    changed : float
        Average number of queries that switching changed.
    means, losses, changed_losses : mapping of str to Estimate
        By measure: the mean, how much lower it is than that of the data as they are, and the same for the queries that
        changed.
    """

    language: str
    p: float
    changed: float
    means: Mapping[str, Estimate]
    losses: Mapping[str, Estimate]
    changed_losses: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "language": self.language,
            "p": self.p,
            "changed": self.changed,
            **{
                name: {measure: list(estimate) for measure, estimate in getattr(self, name).items()}
                for name in ("means", "losses", "changed_losses")
            },
        }


@dataclass(frozen=True, eq=False)
class RobustnessReport:
    """What mixing languages costs a retriever. `lexswitch.retrieval.stress` returns one; ``print`` shows it.

    Attributes
    ----------
    data, model : str
        Names of the data and of the retriever.
    side : {"query", "document", "both"}
        What was switched.
    lexicon : str
        Signature of the lexicon.
    counts : mapping of str to int
        Numbers of queries, documents, and queries that were left out.
    queries : tuple of str
        Ids of the queries, in the order of all values.
    results : tuple of ConditionResult
        Measures of each query in each condition. The first is that of the data as they are.
    broken : tuple of BrokenQuery
        Queries that lose most, for each condition.
    languages : mapping of str to float
        Share of each language among the documents, if they have languages.
    coverage : mapping of str to float
        Share of the words that are in the lexicon, for "queries" and "documents" if they are switched. It is measured
        on their first 1,000 texts.
    """

    data: str
    model: str
    side: str
    lexicon: str
    counts: Mapping[str, int]
    queries: tuple[str, ...] = field(repr=False)
    results: tuple[ConditionResult, ...] = field(repr=False)
    broken: tuple[BrokenQuery, ...] = field(default=(), repr=False)
    languages: Mapping[str, float] = field(default_factory=dict)
    coverage: Mapping[str, float] = field(default_factory=dict)

    # -- figures -------------------------------------------------------------------------------------------------------

    @cached_property
    def base(self) -> Point:
        """Figures of the data as they are."""
        return self._points[0]

    @cached_property
    def points(self) -> list[Point]:
        """Figures for each language and probability, without those of the data as they are."""
        return self._points[1:]

    def point(self, language: str, p: float) -> Point:
        """Return the figures for one language and one probability.

        Raises
        ------
        KeyError
            If they were not measured.
        """
        for point in self._points:
            if (point.language, point.p) == (language, p):
                return point
        raise self._not_measured(language, p)

    def values(self, language: str, p: float) -> Any:
        """Return the measures of each query for one language and one probability, averaged over seeds.

        Returns
        -------
        float64 array, shape (queries, 3)
            nDCG@10, MRR@10 and recall@100. ``values("", 0)`` are those of the data as they are.

        Raises
        ------
        KeyError
            If they were not measured.
        """
        found = [one for one in self.results if (one.language, one.p) == (language, p)]
        if not found:
            raise self._not_measured(language, p)
        return self._mean(found)

    def _not_measured(self, language: str, p: float) -> KeyError:
        known = sorted({(one.language, one.p) for one in self.results[1:]})
        return KeyError(f"nothing was measured for {language!r} and p = {p}; choose one of {known}")

    @cached_property
    def _points(self) -> list[Point]:
        base = self.results[0]
        groups: dict[tuple[str, float], list[ConditionResult]] = {}
        for result in self.results:
            groups.setdefault((result.language, result.p), []).append(result)
        means = [self._mean(group) for group in groups.values()]
        shares = [np.mean([result.changed for result in group], axis=0) for group in groups.values()]
        # Losses of changed queries are averaged over the seeds that changed them.
        parts = [
            np.mean([(base.values - one.values) * one.changed[:, None] for one in group], axis=0)
            for group in groups.values()
        ]
        size = len(MEASURES)
        all_means = _by_measure(intervals(np.hstack(means)))
        losses = _by_measure(intervals(np.hstack([base.values - mean for mean in means])))
        weights = np.hstack([np.repeat(share[:, None], size, axis=1) for share in shares])
        parts_of_share = np.divide(np.hstack(parts), weights, out=np.zeros_like(weights), where=weights > 0)
        changed = _by_measure(intervals(parts_of_share, weights))
        return [
            Point(language, p, float(share.sum()), mean, loss, of_changed)
            for (language, p), share, mean, loss, of_changed in zip(
                groups, shares, all_means, losses, changed, strict=True
            )
        ]

    @staticmethod
    def _mean(group: Sequence[ConditionResult]) -> Any:
        return np.mean([result.values for result in group], axis=0)

    # -- forms ---------------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return "\n".join(show.text_lines(self))

    def _repr_html_(self) -> str:
        return show.html_body(self)

    def to_html(self) -> str:
        """Return the report as a page in one file, which loads nothing."""
        return show.html_page(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it: the figures under "figures", and the measures, which `from_dict` reads."""
        return {
            "version": VERSION,
            "data": self.data,
            "model": self.model,
            "side": self.side,
            "lexicon": self.lexicon,
            "counts": dict(self.counts),
            "languages": dict(self.languages),
            "coverage": dict(self.coverage),
            "figures": [point.to_dict() for point in self._points],
            "broken": [query.to_dict() for query in self.broken],
            "conditions": [result.to_dict() for result in self.results],
            "queries": list(self.queries),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RobustnessReport:
        """Return the report of a dict that `to_dict` returned.

        Raises
        ------
        ValueError
            If the dict is not a report. The message says what is wrong.
        """
        try:
            return cls(
                str(data["data"]),
                str(data["model"]),
                str(data["side"]),
                str(data["lexicon"]),
                {str(name): int(count) for name, count in data["counts"].items()},
                tuple(map(str, data["queries"])),
                tuple(map(ConditionResult.from_dict, data["conditions"])),
                tuple(map(BrokenQuery.from_dict, data["broken"])),
                {str(language): float(share) for language, share in data["languages"].items()},
                {str(name): float(share) for name, share in data["coverage"].items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise ValueError(
                f"data is not a report of a stress test: {error}; pass a dict that RobustnessReport.to_dict returned"
            ) from None

    def save(self, path: str | Path) -> None:
        """Write the report as ``.json`` or ``.html``, atomically; an existing file is replaced.

        Raises
        ------
        ValueError
            If the path has another suffix.
        """
        path = Path(path)
        if path.suffix not in {".json", ".html"}:
            raise ValueError(f"path is {str(path)!r}; a report is a .json or .html file")
        text = self.to_html() if path.suffix == ".html" else json.dumps(self.to_dict(), ensure_ascii=False) + "\n"
        with replace_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | Path) -> RobustnessReport:
        """Read a report that `save` wrote as ``.json``.

        Raises
        ------
        ValueError
            If the file is not a report.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(
                f"{path} is not a report ({error}); pass a .json file that RobustnessReport.save wrote"
            ) from None
        return cls.from_dict(data)

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw the degradation curves: each measure by probability, with a line and an interval for each language.

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
        """
        return show.draw_plot(self, path)


def _by_measure(estimates: Sequence[Estimate]) -> list[dict[str, Estimate]]:
    """Return the estimates of each point by measure."""
    size = len(MEASURES)
    return [
        dict(zip(MEASURES, estimates[start : start + size], strict=True)) for start in range(0, len(estimates), size)
    ]
