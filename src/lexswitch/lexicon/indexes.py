"""The indexes of a lexicon: each is mapped from the saved lexicon, or built once and kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from ..engine.indexing import LAYOUT, first_places
from ..engine.matching import TermIndex
from ..errors import LexiconError
from ..text.forms import Forms, choose_forms, inflect, signature_of
from ..text.inflection import english_forms
from ..text.tokenizers import CharacterTokenizer, Tokenizer, WordTokenizer, words_of
from ..version import VERSION
from . import saved_indexes
from .columns import Columns, SavedColumns

MAX_WORDS = 3
"""Maximum number of words of a match, by default."""

_logger = logging.getLogger(__name__)


class Indexes:
    """The indexes of the terms of a lexicon.

    Parameters
    ----------
    source : str
        Language of the terms (BCP 47).
    columns : Columns
    saved : SavedColumns, optional
        The folder of the lexicon, if it was loaded.
    """

    def __init__(self, source: str, columns: Columns, saved: SavedColumns | None) -> None:
        self._source, self._columns, self._saved = source, columns, saved
        self._known: dict[tuple[Tokenizer, int, Forms | None], TermIndex] = {}

    def get(self, tokenizer: Tokenizer, max_words: int, forms: Forms | None) -> TermIndex:
        """Return the index for some options."""
        key = (tokenizer, max_words, forms)
        if key not in self._known:
            self._known[key] = self._mapped(*key) or self._built(*key)
        return self._known[key]

    def _built(self, tokenizer: Tokenizer, max_words: int, forms: Forms | None) -> TermIndex:
        columns = self._columns
        words = words_of(columns.terms, tokenizer, language=self._source)
        inflected = None if forms is None else partial(inflect, forms=forms, source=self._source)
        places = first_places(columns.candidates, columns.translations.starts)
        return TermIndex.build(columns.terms, words, max_words, inflected, columns.groups, places)

    def _mapped(self, tokenizer: Tokenizer, max_words: int, forms: Forms | None) -> TermIndex | None:
        """Return the index of the saved lexicon; None if it has none for these options, or a damaged one."""
        signature = _signature(tokenizer, max_words, forms)
        if self._saved is None or signature is None:
            return None
        try:
            arrays = saved_indexes.read(self._saved, signature)
        except LexiconError as error:
            _logger.debug("%s; the index is built in memory", error)
            return None
        return TermIndex(self._columns.terms.buffer, arrays)

    def to_save(self) -> Mapping[str, TermIndex]:
        """Return the index for default options, and all others that can be saved, by signature."""
        try:
            self.get(WordTokenizer(), MAX_WORDS, choose_forms("auto", self._source))
        except ValueError as error:
            _logger.debug("%s; the lexicon is saved without an index", error)
        named = {_signature(*key): index for key, index in self._known.items()}
        return {
            signature: named[signature]
            for signature in sorted(filter(None, named))
            # Terms are in normal form, so an index has their text. Otherwise the folder would not have it.
            if named[signature].vocabulary.buffers[0] is self._columns.terms.buffer
        }


def _signature(tokenizer: Tokenizer, max_words: int, forms: Any) -> str | None:
    """Return a string that pins an index beside its lexicon; None if the code that makes it may change unnoticed."""
    if type(tokenizer) not in (WordTokenizer, CharacterTokenizer) or forms not in (None, english_forms):
        return None
    code = f"lexswitch:{VERSION}|layout:{LAYOUT}"
    return f"{code}|{tokenizer.signature}|max_words:{max_words}|forms:{signature_of(forms)}"
