"""Texts of a lexicon in the form in which they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.characters import has_dotless_i, normalise_terms
from ..engine.packing import Ints
from ..engine.splicing import take
from .columns import LexiconContent


def normal_forms(texts: Sequence[str], language: str = "") -> list[str]:
    """Return texts of one language as terms, in the form in which terms are compared."""
    return normalise_terms(texts, language).split("\n") if texts else []


def normal_translations(lexicon: LexiconContent, pairs: Ints) -> list[str]:
    """Return the translations of some pairs, each in the form in which terms of its language are compared."""
    columns = lexicon.columns
    texts = take(columns.translations, pairs).unpack()
    found = normal_forms(texts)
    codes = columns.languages[columns.group_of[pairs]]
    for code, language in enumerate(lexicon.languages):
        if has_dotless_i(language):  # all other languages have the same form
            rows = (codes == code).nonzero()[0].tolist()
            for row, form in zip(rows, normal_forms([texts[row] for row in rows], language), strict=True):
                found[row] = form
    return found
