"""Warnings about files that were read, but probably in the wrong format or with the wrong languages."""

from __future__ import annotations

import warnings

from ..errors import LexiconLanguageWarning, LossyReadWarning
from ..lexicon.collecting import PairCollector
from ..lexicon.target_languages import swap_remedy
from .base import Format, LexiconFile, Sample
from .plausibility import find_language_problem
from .registry import FORMATS

# Likely causes if most entries of a file are dropped for one reason.
_SENTENCES = "the dictionary may explain words in sentences, or in one language, instead of translating them"
_LAYOUT = "the dictionary may have an unknown layout, or only one language"
_COLUMNS = "the file may have another format, or its columns another order"
_CAUSES = {
    "no translation": _LAYOUT,
    "no word or phrase": _SENTENCES,
    "explanation": _SENTENCES,
    "unusable headword": _SENTENCES,
    "ragged line": _COLUMNS,
    "weight is not a number": _COLUMNS,
    "wrong language code": _COLUMNS,
    "no pair": _COLUMNS,
    "not JSON": "the file may have another format, or be damaged",
    "not UTF-8": "the file may have another encoding; convert it to UTF-8",
    "headword in another language": "source may not be the language of the headwords",
    "damaged index line": "the index may have another format, or be damaged",
    "beyond the end of the text": "index and text may not belong together",
    "overlapping entry": "index and text may not belong together",
}
# For fewer entries, the counts in the provenance suffice.
_MIN_ENTRIES = 20

# The warnings point to the caller of `Lexicon.read` or `fetch`: there are six calls from there to `warnings.warn`.
_STACK_LEVEL = 7


def warn_of_loss(file: LexiconFile, format: Format, named: Sample | None) -> None:
    """Warn if most entries gave no pair; `named` is the sample if the caller named the format."""
    if not file.dropped:
        return
    entries, kept = file.entries()
    if entries < _MIN_ENTRIES or 2 * kept >= entries:
        return
    reason, count = file.dropped.most_common(1)[0]
    cause = _CAUSES.get(reason, "see what was dropped in Lexicon.provenance")
    others = named and [other.name for other in FORMATS.values() if other.detect(named) and other is not format]
    if others:
        cause = f"by its content the format is {others[0]!r}, not {format.name!r}"
    warnings.warn(
        f"{file.path}: only {kept:,} of {entries:,} entries gave a pair, read as {format.name!r}; {count:,} times "
        f"the reason was {reason!r}: {cause}. strict=True names the first such line",
        LossyReadWarning,
        stacklevel=_STACK_LEVEL,
    )


def warn_of_languages(file: LexiconFile, collector: PairCollector, format: str | None) -> None:
    """Warn if terms or translations seem to be in another language; `format` is the one that the caller named."""
    source, (target,) = file.source, collector.languages
    problem = find_language_problem(collector.pairs(), source, target)
    if problem == "swapped":
        message = (
            f"the columns seem to be swapped: terms look like {target!r}, translations like {source!r}; if they are, "
            f"use {swap_remedy(source, target, str(file.path), format)}"
        )
    elif problem == "one language":
        message = (
            f"translations look like {source!r}, not like {target!r}; the file may be a dictionary of one language, or "
            "its translations may be mixed with explanations"
        )
    if problem:
        warnings.warn(f"{file.path}: {message}", LexiconLanguageWarning, stacklevel=_STACK_LEVEL)
