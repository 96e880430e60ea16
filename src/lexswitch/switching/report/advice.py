"""Advice that follows from the figures of a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..outcomes import Reason

if TYPE_CHECKING:
    from .report import Report

_LEAST_WORDS = 100
"""Number of words below which the figures give no advice."""
_LOW_COVERAGE = 0.5
"""Share of content words in units below which a larger lexicon is advised. The starter lexicon has 0.8 on questions of
general interest."""
_MANY_UNCHANGED = 0.5
_MANY_IDENTICAL = 0.1


def advise(report: Report) -> list[str]:
    """Return advice in sentences."""
    return [*report.notes, *_from_figures(report)]


def _from_figures(report: Report) -> Iterator[str]:
    totals, sample = report.totals, report.sample
    if not totals.texts:
        yield "There are no texts."
    if totals.words < _LEAST_WORDS:
        return
    if not report.is_other_language:
        yield from _of_coverage(report)
    if sample.identical > _MANY_IDENTICAL * sample.switched_units:
        share = sample.identical / sample.switched_units
        yield (f"{share:.0%} of the translations equal their term. Remove such pairs: lexicon.filter(identical=False).")


def _of_coverage(report: Report) -> Iterator[str]:
    """Yield advice on words that the lexicon lacks, which is due if the texts are in its source language."""
    if report.sample.content_words and report.content_coverage < _LOW_COVERAGE:
        missing = ", ".join(repr(word) for word, _ in report.most_missing(3))
        # English forms match by default.
        forms = "" if report.source == "en" else ", or pass forms=... so that inflected forms match"
        yield (
            f"Only {report.content_coverage:.0%} of the content words are in the lexicon (missing: {missing}). "
            f"Use a larger lexicon{forms}."
        )
    if (unchanged := 1 - report.switched_texts) > _MANY_UNCHANGED and report.expected_rate:
        is_low = report.reasons.get(Reason.NOT_DRAWN, 0) > report.switched_words
        remedy = "Raise p." if is_low else "Use a larger lexicon."
        yield f"{unchanged:.0%} of the texts are unchanged. {remedy}"
