"""Tokenizers: they return the spans of words, so that the text between words is preserved."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import index as as_index
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ..engine.characters import Scan, scan, without_unknown
from ..engine.packing import Packed
from ..engine.words import Spans, Words, characters_as_words, find_words, unicode_words

NO_SPANS = Spans(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@runtime_checkable
class Tokenizer(Protocol):
    """Finds the words of texts.

    Tokenizers are immutable and picklable. To use any other tokenizer, pass a function to `SpanTokenizer`.
    """

    @property
    def signature(self) -> str:
        """Name and options: tokenizers with the same signature find the same words."""
        ...

    def spans(self, packed: Packed, scan: Scan) -> Spans:
        """Return the byte offsets of all words of a packed batch: sorted, not empty, not overlapping, within rows."""
        ...


def words_of(packed: Packed, tokenizer: Tokenizer, protected: Spans = NO_SPANS, language: str = "") -> Words:
    """Return the words of a batch in a language (BCP 47); words that overlap a protected span match nothing."""
    scanned = scan(packed, language)
    return find_words(packed, scanned, tokenizer.spans(packed, scanned), protected, language)


class _Tokenizer:
    """A base class: tokenizers are equal if their signatures are."""

    @property
    def signature(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        return self.signature

    @property
    def _identity(self) -> object:
        return self.signature

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tokenizer) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


class WordTokenizer(_Tokenizer):
    """The default: words are runs of Unicode letters, marks and digits, with single apostrophes or joiners inside."""

    def spans(self, packed: Packed, scan: Scan) -> Spans:
        return unicode_words(scan)


class CharacterTokenizer(_Tokenizer):
    """For Chinese, Japanese, Thai and other scripts without spaces: each letter, with its marks, is a word.

    Letters of other scripts and digits form words as in `WordTokenizer`. Pass ``max_words=8`` or so to the switcher:
    the longest matches of the lexicon then segment the text.
    """

    def spans(self, packed: Packed, scan: Scan) -> Spans:
        return characters_as_words(packed, scan)


class _TextTokenizer(_Tokenizer, ABC):
    """A base class for tokenizers that read one text at a time."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def signature(self) -> str:
        return f"{type(self).__name__}({self._name})"

    @abstractmethod
    def find(self, text: str) -> Iterable[tuple[int, int]]:
        """Return the (start, end) character offsets of the words of one text."""

    def spans(self, packed: Packed, scan: Scan) -> Spans:
        rows, starts, ends = [], [], []
        for row, text in enumerate(packed.unpack()):
            reached = 0
            for span in self.find(text):
                try:
                    start, end = map(as_index, span)
                except (TypeError, ValueError):
                    raise TypeError(f"{self.signature} returned {span!r}; spans must be (start, end) offsets") from None
                if not reached <= start < end <= len(text):
                    raise ValueError(
                        f"{self.signature} returned the span ({start}, {end}) after offset {reached} in a text of "
                        f"{len(text)} characters; spans must be sorted, not empty, not overlapping and inside the text"
                    )
                reached = end
                if "\0" not in text[start:end]:  # terms do not contain NUL
                    rows.append(row)
                    starts.append(start)
                    ends.append(end)
        row_of_span = np.array(rows, dtype=np.int64)
        return Spans(*(packed.to_bytes(row_of_span, np.array(offsets, dtype=np.int64)) for offsets in (starts, ends)))


class SpanTokenizer(_TextTokenizer):
    """Wraps a function, for any other tokenizer (spaCy, jieba, ICU, Hugging Face `tokenizers`, ...).

    Parameters
    ----------
    function : callable
        Takes a text and returns the (start, end) character offsets of its words: sorted, not empty, not overlapping.
        It must be picklable if the switcher is sent to worker processes.
    name : str, optional
        Part of the signature. Default is the function's qualified name; a lambda has none. Change the name whenever the
        function changes.

    Raises
    ------
    ValueError
        From the methods of a switcher, if the function returns invalid spans.
    """

    def __init__(self, function: Callable[[str], Iterable[tuple[int, int]]], name: str | None = None) -> None:
        if not callable(function):
            raise TypeError(f"function is {type(function).__name__}; pass a callable from text to (start, end) offsets")
        own_name = getattr(function, "__qualname__", "<")
        if name is None and "<" in own_name:  # a lambda, a local function or an object
            raise ValueError(
                f"function is {function!r}, which has no qualified name; pass a name for the signature, such as "
                'name="my-tokenizer"'
            )
        super().__init__(name or f"{getattr(function, '__module__', 'builtins')}.{own_name}")
        self._function = function

    @property
    def _identity(self) -> object:
        return self.signature, self._function

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        spans = self._function(text)
        if not isinstance(spans, Iterable):
            raise TypeError(
                f"{self.signature} returned {type(spans).__name__} for {text[:40]!r}; it must return a list of "
                "(start, end) offsets, [] if there is no word"
            )
        return spans


class RegexTokenizer(_TextTokenizer):
    r"""Words are the non-empty matches of a pattern.

    Parameters
    ----------
    pattern : str
        Regular expression in the syntax of the `regex` module, e.g. ``r"[\p{L}\p{M}]+"`` or ``r"\w+"``. Characters that
        Unicode 13 does not have are replaced by noncharacters before the search, so that every version finds the same
        words.

    Raises
    ------
    ValueError
        If the pattern is not valid.
    """

    def __init__(self, pattern: str) -> None:
        import regex

        if not isinstance(pattern, str):
            raise TypeError(f"pattern is {type(pattern).__name__}; pass a regular expression as str")
        super().__init__(pattern)
        try:
            self._pattern = regex.compile(pattern)
        except regex.error as error:
            raise ValueError(f"pattern is {pattern!r}, which is not a valid regular expression: {error}") from None

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        found = self._pattern.finditer(without_unknown(text))
        return (match.span() for match in found if match.end() > match.start())


class MosesTokenizer(_TextTokenizer):
    """The Moses tokenizer (sacremoses), without escaping. Its tokens are located in the original text.

    Parameters
    ----------
    language : str, default "en"
        Language of the texts, which determines the rules for abbreviations and apostrophes.
    """

    _BLANK = re.compile(r"[\s\x00-\x1f]*")
    _SLACK = 32

    def __init__(self, language: str = "en") -> None:
        super().__init__(language)

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        reached = 0
        for token in _moses(self._name).tokenize(text, escape=False):
            reached = self._BLANK.match(text, reached).end()  # type: ignore[union-attr]  # matches the empty string
            # Skips a token that Moses has changed; the slack then finds the next one after it.
            start = text.find(token, reached, reached + self._SLACK + len(token))
            if start >= 0:
                reached = start + len(token)
                yield start, reached


@lru_cache(maxsize=8)
def _moses(language: str) -> Any:
    from sacremoses import MosesTokenizer as Sacremoses

    return Sacremoses(lang=language)
