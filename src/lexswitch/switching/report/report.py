"""The report of a switched data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..outcomes import Reason
from .addition import in_order, share
from .advice import advise
from .mixing import BILLION
from .show import draw_plot, html_page, html_tables, summary_lines, text_lines
from .tally import Tally, Totals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLE = 1 << 18
"""Bytes of text up to which all texts are counted in detail. Then the sample has from half of it to all of it."""

HIGHEST_LEVEL = 64
"""Level of a sample without texts."""


def level_of(size: int) -> int:
    """Return the level of the sample of so many bytes of text: the sample has 1 of 2**level texts."""
    return max(0, -(-size // SAMPLE) - 1).bit_length()


@dataclass(frozen=True)
class Report:
    """What was switched in a data set. `CodeSwitcher.report` and `Switched.report` return one; ``print`` shows it.

    Reports can be added: ``a + b`` is the report of both data sets, so workers can each make a part. They are picklable
    and survive `to_dict` and `from_dict`.

    Texts, words, coverage and switches are counted for all texts. Details are counted for all texts up to 256 KiB. For
    more, they are counted for a random sample of 128 to 256 KiB, so memory does not depend on the size of the data set.
    The sample depends on the texts' keys only, so the sum of the reports of parts is the report of the whole.

    Attributes
    ----------
    source : str
        Source language.
    columns : mapping of str to Totals
        Counts of all texts of each column.
    tallies : mapping of int to Tally
        Counts of the sample, by the highest level of the sample that has the texts.
    level : int
        The sample has 1 of ``2**level`` texts.
    notes : tuple of str
        Advice from the run itself, such as that the texts are in another language.
    is_other_language : bool
        Whether a note says that the texts are not in the source language. Then there is no advice on coverage.
    """

    source: str
    columns: Mapping[str, Totals]
    tallies: Mapping[int, Tally] = field(repr=False)
    level: int = 0
    notes: tuple[str, ...] = ()
    is_other_language: bool = False

    def __post_init__(self) -> None:
        level = max(self.level, level_of(self.totals.size))
        object.__setattr__(self, "level", level)
        object.__setattr__(self, "tallies", {at: self.tallies[at] for at in sorted(self.tallies) if at >= level})

    @classmethod
    def empty(cls, source: str) -> Report:
        """Return the report of no texts."""
        return cls(source, {}, {})

    @classmethod
    def merge(cls, reports: Iterable[Report]) -> Report:
        """Return the report of several data sets.

        Raises
        ------
        TypeError
            If an item is not a Report.
        ValueError
            If there is no report, or they have different source languages.
        """
        if not isinstance(reports, Iterable):
            raise TypeError(f"reports is {type(reports).__name__}; pass a list of Report")
        listed = list(reports)
        if not listed:
            raise ValueError("reports is empty; pass at least one Report")
        for number, report in enumerate(listed):
            if not isinstance(report, Report):
                raise TypeError(f"reports[{number}] is {type(report).__name__}; pass a list of Report")
        return reduce(cls.__add__, listed)

    def __add__(self, other: Report) -> Report:
        if not isinstance(other, Report):
            return NotImplemented
        if self.source != other.source:
            raise ValueError(
                f"the reports have the source languages {self.source!r} and {other.source!r}; add reports of one "
                "source language"
            )
        return Report(
            self.source,
            _added(self.columns, other.columns, Totals()),
            _added(self.tallies, other.tallies, Tally()),
            max(self.level, other.level),
            tuple(sorted({*self.notes, *other.notes})),
            self.is_other_language or other.is_other_language,
        )

    # -- figures -------------------------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> Totals:
        """Counts of all texts of all columns."""
        return sum(self.columns.values(), Totals())

    @cached_property
    def sample(self) -> Tally:
        """Detailed counts of the sample."""
        return sum(self.tallies.values(), Tally())

    @property
    def is_sampled(self) -> bool:
        """Whether the details are those of a sample, not of all texts."""
        return self.sample.texts < self.totals.texts

    @property
    def switched_words(self) -> float:
        """Share of the source words that were switched."""
        return share(self.totals.switched_words.total(), self.totals.words)

    @property
    def switched_texts(self) -> float:
        """Share of the texts with a switch."""
        return share(self.totals.switched_texts, self.totals.texts)

    @property
    def languages(self) -> dict[str, float]:
        """Share of the source words that were switched into each language."""
        counts = self.totals.switched_words
        return {language: share(counts[language], self.totals.words) for language in sorted(counts)}

    @property
    def coverage(self) -> float:
        """Share of the words that are in units."""
        return share(self.totals.covered, self.totals.words)

    @property
    def content_coverage(self) -> float:
        """Share of the content words that are in units. Words without a letter and function words do not count."""
        return share(self.sample.covered_content, self.sample.content_words)

    @property
    def rate(self) -> float:
        """Share of the units that were switched."""
        return share(self.sample.switched_units, self.sample.units)

    @property
    def expected_rate(self) -> float:
        """Expected share of the units that are switched: p, or its mean over the languages that may be drawn."""
        return share(self.sample.expected, BILLION * self.sample.units)

    @property
    def mean_run(self) -> float:
        """Average length of runs: switched units of a text without another unit between them."""
        return share(self.sample.switched_units, self.sample.runs)

    @property
    def reasons(self) -> dict[Reason, float]:
        """Share of the words that were switched, or stayed for each reason, in the order of `Reason`."""
        counts = self.sample.reasons
        return {reason: share(counts[reason.name], counts.total()) for reason in Reason if counts[reason.name]}

    @property
    def indices(self) -> dict[str, float]:
        """Indices of language mixing by name, see `Mixing` for their definitions and papers."""
        return self.sample.mixing.indices

    def most_switched(self, count: int = 10) -> list[tuple[str, str, int]]:
        """Return the terms that were switched most often in the sample, with language and number."""
        return [(term, language, number) for (term, language), number in in_order(self.sample.switched)[:count]]

    def most_missing(self, count: int = 10) -> list[tuple[str, int]]:
        """Return the content words of the sample that the lexicon lacks, most frequent first."""
        return in_order(self.sample.missing)[:count]

    @property
    def advice(self) -> list[str]:
        """What to change, if the figures suggest it."""
        return advise(self)

    # -- forms ---------------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return "\n".join(text_lines(self))

    def summary(self) -> list[str]:
        """Return three lines: texts, words, languages."""
        return summary_lines(self)

    def _repr_html_(self) -> str:
        return html_tables(self)

    def to_html(self, title: str = "Report") -> str:
        """Return the report as a page in one file, which loads nothing."""
        return html_page(self, title)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it: the figures under "figures", and the counts, which `from_dict` reads."""
        return {
            "source": self.source,
            "figures": self._figures(),
            "columns": {name: totals.to_dict() for name, totals in self.columns.items()},
            "level": self.level,
            "tallies": {str(level): tally.to_dict() for level, tally in self.tallies.items()},
            "notes": list(self.notes),
            "is_other_language": self.is_other_language,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Return the report of a dict that `to_dict` returned.

        Raises
        ------
        ValueError
            If the dict is not a report. The message says what is wrong.
        """
        try:
            return cls(
                str(data["source"]),
                {str(name): Totals.from_dict(totals) for name, totals in data["columns"].items()},
                {int(level): Tally.from_dict(tally) for level, tally in data["tallies"].items()},
                int(data["level"]),
                tuple(map(str, data["notes"])),
                bool(data["is_other_language"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"data is not a report: {error}; pass a dict that Report.to_dict returned") from None

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw the shares of languages and reasons, and the terms that were switched or missing most often.

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
        return draw_plot(self, path)

    def _figures(self) -> dict[str, Any]:
        return {
            "texts": self.totals.texts,
            "words": self.totals.words,
            "sampled_texts": self.sample.texts,
            "switched_texts": self.switched_texts,
            "switched_words": self.switched_words,
            "languages": self.languages,
            "coverage": self.coverage,
            "content_coverage": self.content_coverage,
            "rate": self.rate,
            "expected_rate": self.expected_rate,
            "mean_run": self.mean_run,
            "reasons": {reason.text: part for reason, part in self.reasons.items()},
            **{name.replace("-", "_").replace(" ", "_").lower(): value for name, value in self.indices.items()},
            "advice": self.advice,
        }


def _added(ours: Mapping[Any, Any], theirs: Mapping[Any, Any], empty: Any) -> dict[Any, Any]:
    keys: Sequence[Any] = sorted({*ours, *theirs})
    return {key: ours.get(key, empty) + theirs.get(key, empty) for key in keys}
