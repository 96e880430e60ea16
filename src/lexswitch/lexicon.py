"""Bilingual lexicons in columns: lookup, algebra, saving and loading."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .arguments import as_texts, whole_number
from .engine.characters import normalise_term
from .engine.matching import TermIndex, covered_words
from .engine.packing import Ints, Mask, Packed, pack
from .engine.splicing import take
from .errors import LexiconError
from .files import read_data
from .tokenizers import Tokenizer, WordTokenizer, words_of

if TYPE_CHECKING:
    from pathlib import Path

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_GREATEST_WEIGHT = 1e30
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")


class Candidate(NamedTuple):
    """A translation of a term."""

    translation: str
    weight: float


class Columns(NamedTuple):
    """What a lexicon holds: terms in code point order; per term its languages; for each of these candidates."""

    terms: Packed
    groups: Ints
    """Shape (terms + 1,): where the groups of each term begin."""
    languages: npt.NDArray[np.uint16]
    """Shape (groups,): positions in Lexicon.languages."""
    candidates: Ints
    """Shape (groups + 1,): where the candidates of each group begin."""
    translations: Packed
    weights: npt.NDArray[np.float64]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The plain arrays by file name."""
        return {
            "terms": self.terms.buffer,
            "term_starts": self.terms.starts,
            "groups": self.groups,
            "languages": self.languages,
            "candidates": self.candidates,
            "translations": self.translations.buffer,
            "translation_starts": self.translations.starts,
            "weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Columns:
        return cls(
            Packed(arrays["terms"], arrays["term_starts"]),
            arrays["groups"],
            arrays["languages"],
            arrays["candidates"],
            Packed(arrays["translations"], arrays["translation_starts"]),
            arrays["weights"],
        )


class Lexicon(Mapping[str, dict[str, list[Candidate]]]):
    """An immutable bilingual lexicon: terms of a source language with weighted translations in target languages.

    Make one with `from_pairs`, `starter` or `load`. As a mapping it leads from a term (in any
    spelling that `normalise_term` makes equal) to ``{language: [Candidate, ...]}``, the best candidate first;
    ``len`` counts terms, and iteration goes through them in code point order.

    Attributes
    ----------
    source : str
        Source language.
    languages : tuple of str
        Target languages, sorted.
    provenance : tuple of dict
        Name, licence and the like of each source of the entries.
    """

    def __init__(
        self, source: str, languages: tuple[str, ...], columns: Columns, provenance: tuple[dict[str, str], ...]
    ) -> None:
        self.source = source
        self.languages = languages
        self.provenance = provenance
        self.columns = columns
        self._path: Path | None = None
        self._indexes: dict[tuple[Tokenizer, int], TermIndex] = {}
        for array in columns.arrays().values():
            array.flags.writeable = False

    # -- making lexicons ---------------------------------------------------------------------------------------------

    @classmethod
    def from_pairs(
        cls,
        pairs: Mapping[str, Iterable[tuple[str, str] | tuple[str, str, float]]],
        source: str = "en",
        provenance: Sequence[Mapping[str, str]] = (),
    ) -> Lexicon:
        """Make a lexicon from pairs per target language.

        Parameters
        ----------
        pairs : mapping of str to iterable of (term, translation) or (term, translation, weight)
            Weights are from 1e-30 to 1e30, by default 1. Of equal weights the earlier pair is better. A pair that
            comes twice counts once, with its greatest weight.
        source : str, default "en"
            Language of the terms.
        provenance : sequence of mappings, optional
            Where the pairs come from, e.g. ``[{"name": "my dictionary", "licence": "CC0-1.0"}]``.

        Raises
        ------
        LexiconError
            If there is no pair at all, or a pair is empty, has control characters or a weight out of range; the message
            names language and position.
        """
        if not isinstance(pairs, Mapping):
            raise TypeError(f"pairs is {type(pairs).__name__}, not a mapping from language to pairs: {{'de': [...]}}")
        builder = _Builder(source, list(pairs))
        for language, of_language in pairs.items():
            builder.add(language, of_language)
        if not all(isinstance(entry, Mapping) for entry in provenance):
            raise TypeError(f"provenance is {provenance!r}; pass a list of mappings: [{{'name': ..., 'licence': ...}}]")
        return builder.build(tuple({str(key): str(value) for key, value in entry.items()} for entry in provenance))

    @classmethod
    def starter(cls) -> Lexicon:
        """The lexicon that ships with the package: common English words and phrases in 13 languages (Apache-2.0)."""
        header, *lines = read_data("starter.tsv").splitlines()
        source, *languages = header.split("\t")
        columns = list(zip(*(line.split("\t") for line in lines), strict=True))
        pairs = {
            language: list(zip(columns[0], translations, strict=True))
            for language, translations in zip(languages, columns[1:], strict=True)
        }
        return cls.from_pairs(pairs, source, [{"name": "lexswitch starter lexicon", "licence": "Apache-2.0"}])

    def merge(self, *others: Lexicon) -> Lexicon:
        """All pairs of this lexicon and of others from the same language, each with its greatest weight."""
        lexicons = (self, *others)
        for other in others:
            if not isinstance(other, Lexicon):
                raise TypeError(f"cannot merge {type(other).__name__}; pass lexicons")
            if other.source != self.source:
                raise LexiconError(f"cannot merge a lexicon from {other.source!r} into one from {self.source!r}")
        builder = _Builder(self.source, {language for lexicon in lexicons for language in lexicon.languages})
        for lexicon in lexicons:
            for term, language, translation, weight in lexicon.pairs():
                builder.add(language, [(term, translation, weight)])
        provenance = {tuple(sorted(entry.items())): entry for lexicon in lexicons for entry in lexicon.provenance}
        return builder.build(tuple(provenance.values()))

    def select(
        self, languages: Iterable[str] | None = None, top: int | None = None, min_weight: float | None = None
    ) -> Lexicon:
        """The part of a lexicon with some languages, the best `top` candidates each, of at least `min_weight`."""
        columns = self.columns
        chosen = self.check_languages(self.languages if languages is None else languages)
        sizes = np.diff(columns.candidates)
        groups = np.repeat(np.arange(len(sizes)), sizes)
        keep = np.isin(columns.languages, [self.languages.index(language) for language in chosen])[groups]
        if top is not None:
            keep &= np.arange(len(groups)) - columns.candidates[groups] < whole_number("top", top, 1, 2**63)
        if min_weight is not None:
            keep &= columns.weights >= min_weight
        if not keep.any():
            raise LexiconError(f"no pair has languages {sorted(chosen)} and a weight of at least {min_weight}")
        return self._keep(keep, sorted(chosen))

    def _keep(self, keep: Mask, languages: Sequence[str]) -> Lexicon:
        """A lexicon of the candidates in `keep`; `languages` names all that are left."""
        columns = self.columns
        before = np.append(0, np.cumsum(keep))
        sizes = np.diff(before[columns.candidates])
        groups = np.flatnonzero(sizes)
        groups_before = np.append(0, np.cumsum(sizes > 0))
        group_counts = np.diff(groups_before[columns.groups])
        code = np.array([languages.index(name) if name in languages else 0 for name in self.languages], dtype=np.uint16)
        kept = Columns(
            _compact(take(columns.terms, np.flatnonzero(group_counts))),
            _bounds(group_counts[group_counts > 0]),
            code[columns.languages[groups]],
            _bounds(sizes[groups]),
            _compact(take(columns.translations, np.flatnonzero(keep))),
            columns.weights[keep],
        )
        return Lexicon(self.source, tuple(languages), kept, self.provenance)

    # -- looking things up -------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.columns.terms)

    @property
    def num_pairs(self) -> int:
        """Number of (term, language, translation) triples."""
        return len(self.columns.weights)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.terms.unpack())

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and self.find(term) is not None

    def __getitem__(self, term: str) -> dict[str, list[Candidate]]:
        row = self.find(term) if isinstance(term, str) else None
        if row is None:
            raise KeyError(term)
        columns, result = self.columns, {}
        for group in range(columns.groups[row], columns.groups[row + 1]):
            first, last = columns.candidates[group : group + 2]
            result[self.languages[columns.languages[group]]] = [
                Candidate(columns.translations[at], float(columns.weights[at])) for at in range(first, last)
            ]
        return result

    def find(self, term: str) -> int | None:
        """The row of a term in the columns, or None."""
        terms, key = self.columns.terms, normalise_term(term)
        row = bisect_left(range(len(terms)), key, key=terms.__getitem__)
        return row if row < len(terms) and terms[row] == key else None

    def pairs(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield (term, language, translation, weight), sorted by term, then language, the best translation first."""
        columns = self.columns
        group_sizes, sizes = np.diff(columns.groups), np.diff(columns.candidates)
        rows = np.repeat(np.repeat(np.arange(len(self)), group_sizes), sizes)
        codes = np.repeat(columns.languages, sizes)
        terms = columns.terms.unpack()
        for row, code, translation, weight in zip(
            rows.tolist(), codes.tolist(), columns.translations.unpack(), columns.weights.tolist(), strict=True
        ):
            yield terms[row], self.languages[code], translation, weight

    def __repr__(self) -> str:
        return f"<Lexicon {self.source} -> {', '.join(self.languages)}: {len(self):,} terms, {self.num_pairs:,} pairs>"

    # -- identity ----------------------------------------------------------------------------------------------------

    @cached_property
    def _hashes(self) -> dict[str, str]:
        from .store import column_hashes

        return column_hashes(self.columns.arrays())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256, hexadecimal, of source, languages, terms, translations and weights."""
        from .store import content_hash

        return content_hash(self.source, self.languages, self._hashes)

    @property
    def signature(self) -> str:
        """A short string that pins the content."""
        return f"{self.source}>{','.join(self.languages)}|pairs:{self.num_pairs}|sha256:{self.content_hash[:16]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._path is not None:  # workers map the file instead of copying it
            return _reload, (str(self._path), self.content_hash)
        return _restore, (self.source, self.languages, self.columns.arrays(), self.provenance)

    # -- on disk -----------------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the lexicon to a folder: one ``.npy`` file per column and ``lexicon.json``.

        The folder appears whole or not at all; a lexicon that is already there is replaced.

        Raises
        ------
        FileExistsError
            If `path` is something else than a lexicon.
        """
        from pathlib import Path

        from . import store

        metadata = {
            "source": self.source,
            "languages": self.languages,
            "terms": len(self),
            "pairs": self.num_pairs,
            "content_hash": self.content_hash,
            "columns": self._hashes,
            "provenance": self.provenance,
        }
        store.write(Path(path), metadata, self.columns.arrays())

    @classmethod
    def load(cls, path: str | Path, verify: bool = True) -> Lexicon:
        """Map a saved lexicon into memory.

        Parameters
        ----------
        path : str or Path
            A folder that `save` wrote.
        verify : bool, default True
            Compare each column with its SHA-256 (about 1 ms per MB). Without it only ``lexicon.json`` is checked.

        Raises
        ------
        FileNotFoundError
            If there is no lexicon at `path`.
        LexiconError
            If the lexicon has a newer format, or a file of it was changed.
        """
        from pathlib import Path

        from . import store

        path = Path(path).absolute()
        metadata, arrays = store.read(path, verify)
        columns = Columns.from_arrays(arrays)
        lexicon = cls(metadata["source"], tuple(metadata["languages"]), columns, tuple(metadata["provenance"]))
        lexicon._path = path
        lexicon.__dict__.update(_hashes=metadata["columns"], content_hash=metadata["content_hash"])
        return lexicon

    # -- in use ------------------------------------------------------------------------------------------------------

    def check_languages(self, languages: Iterable[str]) -> list[str]:
        """The given target languages, each once, in the order of `languages`; unknown ones are an error."""
        listed = None if isinstance(languages, (str, bytes)) or not isinstance(languages, Iterable) else list(languages)
        if listed is None or not all(isinstance(language, str) for language in listed):
            raise TypeError(f"languages is {languages!r}; pass a list of str such as {list(self.languages[:2])}")
        wanted = set(listed)
        unknown = sorted(wanted.difference(self.languages))
        if unknown:
            raise LexiconError(f"unknown languages {unknown}; this lexicon has {list(self.languages)}")
        if not wanted:
            raise LexiconError(f"languages is empty; choose among {list(self.languages)}")
        return [language for language in self.languages if language in wanted]

    def index(self, tokenizer: Tokenizer, max_words: int) -> TermIndex:
        """The index that finds terms of up to `max_words` words in text; made once and kept."""
        key = (tokenizer, max_words)
        if key not in self._indexes:
            terms = self.columns.terms
            self._indexes[key] = TermIndex(terms, words_of(terms, tokenizer), max_words)
        return self._indexes[key]

    def coverage(self, texts: Iterable[str], max_words: int = 3, tokenizer: Tokenizer | None = None) -> float:
        """Share of the words of `texts` that are parts of units, from 0 to 1 (0 for texts without words)."""
        tokenizer = tokenizer or WordTokenizer()
        words = words_of(pack(as_texts(texts)), tokenizer)
        max_words = whole_number("max_words", max_words, 1, 2**31)
        everything = np.ones(len(self), dtype=np.bool_)
        matches = self.index(tokenizer, max_words).select(everything, everything).match(words)
        return covered_words(matches) / len(words.starts) if len(words.starts) else 0.0


class _Builder:
    """Collects pairs and sorts them into columns."""

    def __init__(self, source: str, languages: Iterable[str]) -> None:
        self._source = source
        languages = list(languages)
        for name, language in (("source", source), *(("pairs", language) for language in languages)):
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                raise LexiconError(f"{name}: {language!r} is no language code; use one like 'de' or 'zh-Hant'")
        self._languages = sorted(languages)
        self._terms: dict[str, int] = {}
        self._weights: dict[tuple[int, int, str], float] = {}

    def add(self, language: str, pairs: Iterable[tuple[str, str] | tuple[str, str, float]]) -> None:
        if isinstance(pairs, (str, Mapping)) or not isinstance(pairs, Iterable):
            raise TypeError(
                f"pairs[{language!r}] is {type(pairs).__name__}; pass a list of pairs (of a dict, its items())"
            )
        code, terms, weights = self._languages.index(language), self._terms, self._weights
        for position, pair in enumerate(pairs):
            try:
                term, translation, weight = pair if len(pair) == 3 else (*pair, 1.0)
                term, translation = normalise_term(term), translation.strip()
                sound = term and translation and 1 / _GREATEST_WEIGHT <= weight <= _GREATEST_WEIGHT
                sound = sound and not isinstance(pair, str)
            except (TypeError, ValueError, AttributeError):
                sound = False
            if not sound or _CONTROL.search(term + translation) or not _is_unicode(term + translation):
                raise LexiconError(
                    f"pairs[{language!r}][{position}] is {_shortened(pair)}; it must be (term, translation) or (term, "
                    "translation, weight): not empty, no control characters, weight from 1e-30 to 1e30; drop or mend it"
                )
            key = (terms.setdefault(term, len(terms)), code, translation)
            weights[key] = max(weight, weights.get(key, 0.0))

    def build(self, provenance: tuple[dict[str, str], ...]) -> Lexicon:
        if not self._weights:
            raise LexiconError("a lexicon needs at least one pair of term and translation; none was given")
        rank = {number: row for row, number in enumerate(self._terms[term] for term in sorted(self._terms))}
        count = len(self._weights)
        rows = np.fromiter((rank[key[0]] for key in self._weights), dtype=np.int64, count=count)
        codes = np.fromiter((key[1] for key in self._weights), dtype=np.uint16, count=count)
        weights = np.fromiter(self._weights.values(), dtype=np.float64, count=count)
        order = np.lexsort((-weights, codes, rows))  # stable: of equal weights the earlier first
        group_of = rows[order] * len(self._languages) + codes[order]
        groups, sizes = np.unique(group_of, return_counts=True)
        translations = [key[2] for key in self._weights]
        columns = Columns(
            _compact(pack(sorted(self._terms))),
            _bounds(np.bincount(groups // len(self._languages), minlength=len(self._terms))),
            (groups % len(self._languages)).astype(np.uint16),
            _bounds(sizes),
            _compact(pack([translations[at] for at in order.tolist()])),
            weights[order],
        )
        return Lexicon(self._source, tuple(self._languages), columns, provenance)


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _bounds(sizes: Ints) -> Ints:
    return _small(np.append(0, np.cumsum(sizes)))


def _small(offsets: Ints) -> Ints:
    """Offsets as int32 where that suffices, which halves them in memory and in the file."""
    return offsets.astype(np.int32 if offsets[-1] < 2**31 else np.int64)


def _compact(packed: Packed) -> Packed:
    return Packed(packed.buffer, _small(packed.starts))


def _restore(*state: Any) -> Lexicon:
    source, languages, arrays, provenance = state
    return Lexicon(source, languages, Columns.from_arrays(arrays), provenance)


def _reload(path: str, content_hash: str) -> Lexicon:
    lexicon = Lexicon.load(path, verify=False)
    if lexicon.content_hash != content_hash:
        raise LexiconError(f"{path} is no longer the lexicon that was pickled; pickle again, or restore the folder")
    return lexicon
