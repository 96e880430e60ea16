"""Weights by text of the domain."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...engine.packing import Floats, Hashes
from ...engine.splicing import take
from ...errors import LexiconError
from ..columns import LexiconContent
from .contexts import Contexts, Stream, weigh_by_context
from .frequency import OccurrenceCounter
from .general import Texts, resolve_texts
from .tokens import TextSource, TokenHashes, read_tokens
from .weights import shares

_log = logging.getLogger(__name__)


def domain_weights(lexicon: LexiconContent, texts: Texts) -> Floats:
    """Weigh candidates by their frequency in text of the domain and, if there is source text, by their contexts.

    A weight is multiplied by the square root of the candidate's frequency. If there is text of the source language, it
    is also multiplied by e^(20 c). c is the cosine between the words around the candidate and the words around the
    term, translated by the lexicon itself (Rapp, ACL 1999; positive pointwise mutual information, contexts smoothed by
    the power .75). The texts need not be translations of each other.

    Parameters
    ----------
    lexicon : LexiconContent
    texts : mapping of str to iterable of str, or to mapping of str to float; or "wordfreq"
        For target languages: texts, or words with their frequencies, for example of a general corpus. For the source
        language: texts, or nothing. Words must be separated by blanks or punctuation. Texts are streamed; if contexts
        are compared, eight bytes are stored per word. Languages without text keep their weights, as shares. "wordfreq"
        means the general word frequencies of this package, in all target languages that it has.

    Returns
    -------
    float64 array, shape (num_pairs,)
        In the order of ``lexicon.pairs()``; the candidates of a term in one language sum to 1.

    Raises
    ------
    TypeError
        If `texts` or a part of it has another type.
    LexiconError
        If a language is unknown, there is no target language, or a frequency is not valid.
    ImportError
        If wordfreq is requested and not installed.
    """
    texts = resolve_texts(texts, lexicon.languages)
    _check_texts(lexicon, texts)
    columns = lexicon.columns
    groups, rows = columns.group_of, columns.row_of
    codes = columns.languages[groups]
    weights = columns.weights.copy()
    source = _source_contexts(lexicon, texts)
    for language in lexicon.languages:
        if language in texts:
            pairs = (codes == lexicon.languages.index(language)).nonzero()[0]
            candidates = TokenHashes(take(columns.translations, pairs), language)
            counter, stream = OccurrenceCounter(candidates), Stream()
            for tokens, counts in read_tokens(language, texts[language]):
                counter.add(tokens, counts)
                if source:
                    stream.add(tokens)
            if not counter.has_any:
                _log.warning("texts[%r] has none of the candidates; is it text in %s?", language, language)
            weights[pairs] *= np.sqrt(counter.frequencies(candidates))
            if source:
                own = candidates.classes()
                terms = source.classes[rows[pairs]]
                weights[pairs] = weigh_by_context(
                    source.contexts, Contexts(stream, own), terms, own, groups[pairs], weights[pairs]
                )
    return shares(weights, groups)


def _check_texts(lexicon: LexiconContent, texts: Any) -> None:
    if not isinstance(texts, Mapping):
        raise TypeError(f"texts is {type(texts).__name__}; pass a mapping from language to texts: {{'de': [...]}}")
    unknown = [language for language in texts if language not in (*lexicon.languages, lexicon.source)]
    if unknown:
        raise LexiconError(f"texts has unknown languages {unknown}; allowed are {[*lexicon.languages, lexicon.source]}")
    if not any(language in texts for language in lexicon.languages):
        raise LexiconError(f"texts has no target language; choose among {list(lexicon.languages)}")
    for language, text in texts.items():
        if isinstance(text, (str, bytes)) or not isinstance(text, Iterable):
            raise TypeError(
                f"texts[{language!r}] is {type(text).__name__}; pass a list of texts, or {{word: frequency}}"
            )
        if language not in lexicon.languages and isinstance(text, Mapping):
            raise TypeError(f"texts[{language!r}] has frequencies; for the source language pass texts, or nothing")


class _Source(NamedTuple):
    classes: Hashes
    """Class of each term."""
    contexts: Contexts


def _source_contexts(lexicon: LexiconContent, texts: Mapping[str, TextSource]) -> _Source | None:
    if lexicon.source in lexicon.languages or lexicon.source not in texts:
        return None
    stream = Stream()
    for tokens, _ in read_tokens(lexicon.source, texts[lexicon.source]):
        stream.add(tokens)
    classes = TokenHashes(lexicon.columns.terms, lexicon.source).classes()
    return _Source(classes, Contexts(stream, classes))
