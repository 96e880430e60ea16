"""Bilingual lexicons in columns: lookup, algebra, saving and loading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._io.data import read_data
from ..engine.characters import normalise_term
from ..engine.matching import TermIndex, covered_words
from ..engine.packing import Floats, Mask, pack
from ..errors import LexiconError
from ..switching.options import as_texts, check_choice, whole_number
from ..text.inflection import english_lemmas, inflected_pairs
from ..text.languages import check_language
from ..text.tokenizers import Tokenizer, WordTokenizer, words_of
from . import algebra
from .columns import (
    COMBINE,
    LEAST_WEIGHT,
    LONGEST,
    Collector,
    Columns,
    PairBlock,
    bounds,
    pairs_of,
    spelling_runs,
    take_compact,
)

if TYPE_CHECKING:
    from pathlib import Path

    from .evaluation import Evaluation


_BLOCK = 10_000


class Candidate(NamedTuple):
    """A translation of a term."""

    translation: str
    weight: float


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
        self, source: str, languages: tuple[str, ...], columns: Columns, provenance: tuple[dict[str, Any], ...]
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
        provenance: Sequence[Mapping[str, Any]] = (),
    ) -> Lexicon:
        """Make a lexicon from pairs per target language.

        Parameters
        ----------
        pairs : mapping of str to iterable of (term, translation) or (term, translation, weight)
            The keys are language codes (BCP 47). Weights are from 1e-30 to 1e30, by default 1. Of equal weights the
            earlier pair is better. A pair that comes twice counts once, with its greatest weight.
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
        check_language("source", source)
        collector = Collector(source=source)
        for language, of_language in pairs.items():
            for block in _blocks(check_language("pairs", language), of_language):
                for fault in collector.add(block):
                    raise _wrong_pair(language, block.lines[fault.position], block.pair(fault.position))
        return cls._from_collector(source, collector, _checked_provenance(provenance))

    @classmethod
    def _from_collector(
        cls, source: str, collector: Collector, provenance: Iterable[dict[str, Any]], combine: str = "max"
    ) -> Lexicon:
        return cls(source, *collector.build(combine), tuple(provenance))

    @classmethod
    def starter(cls) -> Lexicon:
        """The lexicon that ships with the package: common English words and phrases in 13 languages (Apache-2.0)."""
        header, *lines = read_data("lexicon", "starter.tsv").splitlines()
        source, *languages = header.split("\t")
        columns = list(zip(*(line.split("\t") for line in lines), strict=True))
        pairs = {
            language: list(zip(columns[0], translations, strict=True))
            for language, translations in zip(languages, columns[1:], strict=True)
        }
        return cls.from_pairs(pairs, source, [{"name": "lexswitch starter lexicon", "licence": "Apache-2.0"}])

    @classmethod
    def read(
        cls,
        path: str | Path,
        source: str = "en",
        target: str | Iterable[str] | None = None,
        format: str | None = None,
        strict: bool = False,
        progress: bool = True,
    ) -> Lexicon:
        """Read a lexicon file of any known format, packed (gzip, bzip2, xz, Zstandard, zip with one file) or not.

        Bidirectional marks are removed. What cannot be used is skipped, and counted by reason in ``provenance``.

        Parameters
        ----------
        path : str or Path
        source : str, default "en"
            Language of the terms (BCP 47).
        target : str or iterable of str, optional
            Target languages; needed where the file does not name its own, else by default all that it has.
        format : str, optional
            Name of the format, see `lexswitch.formats`; by default found out from the content.
        strict : bool, default False
            Raise an error at the first line that would be skipped.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        LexiconError
            If the file has no known format, is damaged, packed to harm or no UTF-8, or holds no pair in the languages
            asked for; the message names file and line. Pickles are refused: they can run any code.

        Warns
        -----
        LossyReadWarning
            If less than half of the entries (at least 20) gave a pair; the message has the counts and the likely cause.
        LexiconLanguageWarning
            If terms and translations of a file with one target language seem to be swapped, or in one language.
        """
        from pathlib import Path

        from ..formats import read

        targets = None if target is None else _languages(target)
        check_language("source", source)
        collector, record = read(Path(path), source, targets, format, strict, progress)
        lexicon = cls._from_collector(source, collector, [record])
        record["pairs"] = lexicon.num_pairs
        if repeated := collector.num_pairs - lexicon.num_pairs:
            record["dropped"]["duplicate"] = repeated
        return lexicon

    @classmethod
    def fetch(cls, name: str, source: str, target: str | Iterable[str], progress: bool = True) -> Lexicon:
        """Download a public lexicon once, and read it from the cache folder from then on.

        Parameters
        ----------
        name : str
            One of `lexswitch.sources.available()`: "muse", "gatitos", "freedict", "kaikki" ...
        source : str
            Language of the terms (BCP 47).
        target : str or iterable of str
            Target languages; the lexicons of several are merged.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If there is no such lexicon, or the download fails or is not what it should be.
        """
        from ..sources import Fetched, fetch

        check_language("source", source)
        wanted: dict[Fetched, list[str]] = {}
        for language in _languages(target):
            wanted.setdefault(fetch(name, source, language, progress=progress), []).append(language)
        lexicons = []
        for fetched, languages in wanted.items():
            lexicon = cls.read(fetched.path, source, languages, fetched.format, progress=progress)
            record = lexicon.provenance[0]
            record.update({"name": fetched.name, "licence": fetched.licence, **record, "url": fetched.url})
            lexicons.append(lexicon)
        return lexicons[0].merge(*lexicons[1:]) if len(lexicons) > 1 else lexicons[0]

    # -- algebra -----------------------------------------------------------------------------------------------------

    def merge(self, *others: Lexicon, combine: str = "max") -> Lexicon:
        """All pairs of this lexicon and of others from the same language.

        Parameters
        ----------
        *others : Lexicon
            Of equal weights the pair of the earlier lexicon is better.
        combine : {"max", "min", "mean", "sum"}, default "max"
            The weight of a pair that several lexicons have, from theirs.
        """
        check_choice("combine", combine, COMBINE)
        collector = Collector()
        for lexicon in (self, *others):
            if not isinstance(lexicon, Lexicon):
                raise TypeError(f"cannot merge {type(lexicon).__name__}; pass lexicons")
            if lexicon.source != self.source:
                raise LexiconError(f"cannot merge a lexicon from {lexicon.source!r} into one from {self.source!r}")
            collector.add_pairs(pairs_of(lexicon.columns), lexicon.languages)
        return self._from_collector(self.source, collector, _provenance_of(self, *others), combine)

    def select(
        self, languages: Iterable[str] | None = None, top: int | None = None, min_weight: float | None = None
    ) -> Lexicon:
        """The part of a lexicon with some languages, the best `top` candidates each, of at least `min_weight`."""
        columns = self.columns
        chosen = self.check_languages(self.languages if languages is None else languages)
        groups = columns.group_of
        keep = np.isin(columns.languages, [self.languages.index(language) for language in chosen])[groups]
        if top is not None:
            keep &= np.arange(len(groups)) - columns.candidates[groups] < whole_number("top", top, 1, 2**63)
        if min_weight is not None:
            keep &= columns.weights >= min_weight
        if not keep.any():
            raise LexiconError(f"no pair has languages {sorted(chosen)} and a weight of at least {min_weight}")
        return self._keep(keep, sorted(chosen))

    def _keep(self, keep: Mask, languages: Sequence[str]) -> Lexicon:
        """A lexicon of the pairs in `keep`; `languages` names all that are left."""
        columns = self.columns
        before = np.append(0, np.cumsum(keep))
        sizes = np.diff(before[columns.candidates])
        groups = np.flatnonzero(sizes)
        groups_before = np.append(0, np.cumsum(sizes > 0))
        group_counts = np.diff(groups_before[columns.groups])
        code = np.array([languages.index(name) if name in languages else 0 for name in self.languages], dtype=np.uint16)
        pairs = keep.nonzero()[0]
        runs = columns.runs_of(pairs)
        spelled = np.where(columns.spellings.lengths > 0, np.arange(len(columns.spelled)), -1)[runs]
        kept = Columns(
            take_compact(columns.terms, np.flatnonzero(group_counts)),
            bounds(group_counts[group_counts > 0]),
            code[columns.languages[groups]],
            bounds(sizes[groups]),
            take_compact(columns.translations, pairs),
            columns.weights[keep],
            *spelling_runs(columns.row_of[pairs], spelled, columns.spellings),
        )
        return Lexicon(self.source, tuple(languages), kept, self.provenance)

    def filter(
        self,
        *,
        max_words: int | None = None,
        max_characters: int | None = None,
        own_script: bool = False,
        identical: bool = True,
        frequencies: Mapping[str, Mapping[str, float]] | None = None,
        min_frequency: float = 0.0,
        keep: Callable[[str, str, str, float], bool] | None = None,
    ) -> Lexicon:
        """The pairs that pass every test.

        Parameters
        ----------
        max_words, max_characters : int, optional
            The most blank-separated words and the most characters of a term and of a translation.
        own_script : bool, default False
            Drop translations most of whose letters are in another script than their language's.
        identical : bool, default True
            Whether to keep translations that equal their term after normalisation.
        frequencies : mapping of str to mapping of str to float, optional
            Language (the source too, if wanted) -> word -> frequency; goes with `min_frequency`.
        min_frequency : float, default 0
            Drop pairs with a word that is rarer than this in its language; words that are not listed have frequency 0.
        keep : callable, optional
            Called with term, language, translation and weight; returns whether to keep the pair.

        Raises
        ------
        LexiconError
            If no pair is left.
        """
        from .filters import tests

        wanted = tests(self, max_words, max_characters, own_script, identical, frequencies or {}, min_frequency, keep)
        folded, rows = self.columns.terms.unpack(), self.columns.row_of.tolist()
        passed = (
            all(test(folded[row], *pair[1:]) for test in wanted) and (keep is None or keep(*pair))
            for row, pair in zip(rows, self.pairs(), strict=True)
        )
        mask = np.fromiter(map(bool, passed), np.bool_, self.num_pairs)
        if not mask.any():
            raise LexiconError("no pair passes the filter; loosen it")
        used = np.unique(self.columns.languages[self.columns.group_of[mask]])
        return self._keep(mask, [self.languages[code] for code in used.tolist()])

    def invert(self, language: str) -> Lexicon:
        """The lexicon from one of the target languages back to the source language.

        Translations become terms, which are compared as all terms are (case folding, NFC). Terms become translations as
        they were spelled: "Hund", not "hund". Weights stay. Inverting twice gives the same pairs and weights, except
        for translations that differ only in case, and the order of candidates of equal weight.
        """
        self.check_languages([language])
        collector = Collector()
        collector.add_pairs(algebra.invert(self.columns, self.languages.index(language), language), [self.source])
        return self._from_collector(language, collector, self.provenance)

    def compose(self, other: Lexicon, min_support: int = 1) -> Lexicon:
        """Translate through a shared (pivot) language: from this lexicon's source to the targets of the other.

        The weight of a pair is the sum over all pivot words of the product of both weights; with weights that are
        probabilities (see `normalise`) that is the probability of the translation, sum over v of p(v | s) p(t | v).

        Parameters
        ----------
        other : Lexicon
            From one of the target languages of this lexicon.
        min_support : int, default 1
            Keep a pair only if at least so many pivot words lead to it: triangulation, against words of several
            meanings.

        Raises
        ------
        LexiconError
            If this lexicon does not have the source language of the other, or no pair is left.
        """
        if not isinstance(other, Lexicon):
            raise TypeError(f"cannot compose with {type(other).__name__}; pass a lexicon")
        if other.source not in self.languages:
            raise LexiconError(f"other is from {other.source!r}, this lexicon leads to {list(self.languages)}")
        min_support = whole_number("min_support", min_support, 1, 2**31)
        code = self.languages.index(other.source)
        pairs = algebra.compose(self.columns, code, other.columns, min_support, other.source)
        if not len(pairs.rows):
            raise LexiconError(f"no term reaches {list(other.languages)} through {min_support} words of {other.source}")
        reached = np.unique(pairs.codes)
        pairs = pairs._replace(codes=np.searchsorted(reached, pairs.codes))
        collector = Collector()
        collector.add_pairs(pairs, [other.languages[code] for code in reached.tolist()])
        return self._from_collector(self.source, collector, _provenance_of(self, other), "sum")

    def normalise(self) -> Lexicon:
        """The same pairs; the weights of each term's candidates in each language sum to 1, as probabilities do."""
        groups = self.columns.group_of
        totals = np.bincount(groups, self.columns.weights)
        return self._with_weights(np.maximum(self.columns.weights / totals[groups], LEAST_WEIGHT))

    def _with_weights(self, weights: Floats) -> Lexicon:
        """The same pairs with other weights, in the order of `pairs`."""
        collector = Collector()
        collector.add_pairs(pairs_of(self.columns)._replace(weights=weights), self.languages)
        return self._from_collector(self.source, collector, self.provenance)

    # -- senses ------------------------------------------------------------------------------------------------------

    def reweight(self, texts: Mapping[str, Iterable[str] | Mapping[str, float]]) -> Lexicon:
        """Weigh candidates by how well they fit text of a domain, which needs no translation.

        A weight is multiplied by the square root of the candidate's frequency in the text of its language. Where there
        is text of the source language too, the words around a candidate are compared with those around the term, which
        the lexicon itself translates (Rapp, 1999). The weights of a term's candidates in a language sum to 1.

        Parameters
        ----------
        texts : mapping of str to iterable of str, or to mapping of str to float
            For target languages texts of the domain, or words with their frequencies, of a general corpus, say. For the
            source language, if for that at all, texts of the domain. Words must stand apart, by blanks or punctuation.
            Texts are streamed; with source text, eight bytes of memory are needed per word. Languages that are missing
            keep the order of their candidates.

        Raises
        ------
        LexiconError
            If a language is not one of the lexicon's, there is none of the target languages, or a frequency is wrong.
        """
        from .senses import domain_weights

        return self._with_weights(domain_weights(self, texts))

    def agree(self, *others: Lexicon) -> Lexicon:
        """Weigh candidates by the number of other lexicons that have the pair, in either direction.

        A weight is multiplied by 10 for each of them; then the weights of a term's candidates in a language sum to 1.

        Parameters
        ----------
        *others : Lexicon
            From the same source language, or from a target language into the source language.

        Raises
        ------
        LexiconError
            If there are no others, or one has no languages in common with the lexicon.
        """
        from .senses import agreement_weights

        return self._with_weights(agreement_weights(self, others))

    def rerank(self, score: Callable[[list[str], str, list[str]], Sequence[float]]) -> Lexicon:
        """Weigh candidates by a score of your own: an encoder's similarity, a language model's log-probability.

        Parameters
        ----------
        score : callable
            Takes up to 10,000 terms, their target language and as many translations; returns a number for each pair.
            The weights are the softmax of the scores over a term's candidates in a language.

        Raises
        ------
        LexiconError
            If it returns another number of scores, or one that is not finite.
        """
        from .senses import scored_weights

        return self._with_weights(scored_weights(self, score))

    def inflect(self, words: Iterable[str], lemmas: Callable[[str], Sequence[str]] = english_lemmas) -> Lexicon:
        """The lexicon with inflected words added, such as "houses", which get the translations of "house".

        Parameters
        ----------
        words : iterable of str
            Single words, such as the vocabulary of the texts to be switched. A language that has translations of one
            keeps them as they are.
        lemmas : callable, default `english_lemmas`
            Takes a word, returns its possible citation forms, the likeliest first; in each language the first that has
            translations counts.
        """
        pairs: dict[str, list[tuple[str, str, float]]] = {}
        for term, language, translation, weight in inflected_pairs(self, words, lemmas):
            pairs.setdefault(language, []).append((term, translation, weight))
        return self.merge(Lexicon.from_pairs(pairs, self.source)) if pairs else self

    # -- looking things up -------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.columns.terms)

    @property
    def num_pairs(self) -> int:
        """Number of (term, language, translation) triples."""
        return len(self.columns.weights)

    def __iter__(self) -> Iterator[str]:
        columns = self.columns
        firsts = columns.candidates[columns.groups[:-1]]
        spellings = columns.spellings.unpack()
        for term, run in zip(columns.terms.unpack(), columns.runs_of(firsts).tolist(), strict=True):
            yield spellings[run] or term

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
        terms, key = self.columns.terms, normalise_term(term, self.source)
        row = bisect_left(range(len(terms)), key, key=terms.__getitem__)
        return row if row < len(terms) and terms[row] == key else None

    def pairs(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield (term, language, translation, weight), sorted by term, then language, the best translation first.

        Terms are spelled as they were read.
        """
        columns = self.columns
        codes = columns.languages[columns.group_of]
        terms, spellings = columns.terms.unpack(), columns.spellings.unpack()
        runs = columns.runs_of(np.arange(self.num_pairs))
        for row, run, code, translation, weight in zip(
            columns.row_of.tolist(),
            runs.tolist(),
            codes.tolist(),
            columns.translations.unpack(),
            columns.weights.tolist(),
            strict=True,
        ):
            yield spellings[run] or terms[row], self.languages[code], translation, weight

    def __repr__(self) -> str:
        return f"<Lexicon {self.source} -> {', '.join(self.languages)}: {len(self):,} terms, {self.num_pairs:,} pairs>"

    # -- identity ----------------------------------------------------------------------------------------------------

    @cached_property
    def _hashes(self) -> dict[str, str]:
        from .store import column_hashes

        return column_hashes(self.columns.arrays())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256, hexadecimal, of source, languages, terms and their spellings, translations and weights."""
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

    @property
    def is_mapped(self) -> bool:
        """Whether this is a loaded lexicon, which pickles as the path of its file."""
        return self._path is not None

    def detach(self) -> Lexicon:
        """The same lexicon, but one that pickles whole: for machines that do not see its file."""
        return Lexicon(self.source, self.languages, self.columns, self.provenance)

    def export(self, path: str | Path, format: str | None = None) -> None:
        """Write the pairs to a text file, which appears whole or not at all; one that is already there is replaced.

        Parameters
        ----------
        path : str or Path
        format : {"tsv", "jsonl", "muse"}, optional
            By default what the name ends in, ``.txt`` meaning "muse": term and translation apart by a tab, for lexicons
            of one target language; it has no weights, only the order of candidates.

        Raises
        ------
        LexiconError
            If there is no such format, or it cannot hold this lexicon.
        """
        from pathlib import Path

        from ..formats import write

        write(Path(path), format, self.languages, self.pairs())

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
            self._indexes[key] = TermIndex(terms, words_of(terms, tokenizer, language=self.source), max_words)
        return self._indexes[key]

    def evaluate(
        self,
        gold: Lexicon,
        k: Sequence[int] = (1, 5),
        texts: Iterable[str] | None = None,
        frequencies: Mapping[str, float] | None = None,
    ) -> Evaluation:
        """Compare with gold translations; ``print`` shows the result as a table, ``.plot()`` draws it.

        As usual for bilingual lexicon induction (Conneau et al., 2018): a term counts as right if a gold translation is
        among its k best candidates. All is given per target language, and per band of word frequency.

        Parameters
        ----------
        gold : Lexicon
            From the same source language, with target languages in common.
        k : sequence of int, default (1, 5)
            How many of the best candidates to look at.
        texts : iterable of str, optional
            A corpus, for the share of its running and of its distinct words that the lexicon covers.
        frequencies : mapping of str to float, optional
            Word -> frequency, for the bands; by default counted in `texts`.

        Raises
        ------
        LexiconError
            If the lexicons have no languages in common.
        """
        from .evaluation import evaluate

        return evaluate(self, gold, k, texts, frequencies)

    def coverage(self, texts: Iterable[str], max_words: int = 3, tokenizer: Tokenizer | None = None) -> float:
        """Share of the words of `texts` that are parts of units, from 0 to 1 (0 for texts without words)."""
        tokenizer = tokenizer or WordTokenizer()
        words = words_of(pack(as_texts(texts)), tokenizer, language=self.source)
        max_words = whole_number("max_words", max_words, 1, 2**31)
        everything = np.ones(len(self), dtype=np.bool_)
        matches = self.index(tokenizer, max_words).select(everything, everything).match(words)
        return covered_words(matches) / len(words.starts) if len(words.starts) else 0.0


def _languages(target: str | Iterable[str]) -> tuple[str, ...]:
    if not isinstance(target, Iterable):
        raise TypeError(f"target is {target!r}; pass a language such as 'de', or a list of them")
    languages = (target,) if isinstance(target, str) else tuple(target)
    if not languages:
        raise LexiconError("target is empty; name a language such as 'de'")
    return tuple(check_language("target", language) for language in languages)


def _blocks(language: str, pairs: Any) -> Iterator[PairBlock]:
    """The pairs in blocks, an empty one at the end."""
    if isinstance(pairs, (str, Mapping)) or not isinstance(pairs, Iterable):
        raise TypeError(f"pairs[{language!r}] is {type(pairs).__name__}; pass a list of pairs (of a dict, its items())")
    iterator, first = iter(pairs), 0
    while chunk := list(islice(iterator, _BLOCK)):
        yield PairBlock(range(first, first + len(chunk)), *_columns(language, first, chunk))
        first += len(chunk)
    yield PairBlock((), (), language, ())


def _columns(language: str, first: int, pairs: list[Any]) -> tuple[Any, str, Any, Any]:
    """Terms, language, translations and weights of pairs, the first of which has number `first`."""
    if set(map(type, pairs)) <= {tuple, list} and len(set(map(len, pairs))) == 1:
        columns = list(zip(*pairs, strict=True))
        if 2 <= len(columns) <= 3 and {*map(type, columns[0]), *map(type, columns[1])} == {str}:
            if len(columns) == 2:
                return columns[0], language, columns[1], None
            if set(map(type, columns[2])) == {float}:
                return columns[0], language, columns[1], columns[2]
    terms, translations, weights = zip(*_one_by_one(language, first, pairs), strict=True)
    return terms, language, translations, weights


def _one_by_one(language: str, first: int, pairs: list[Any]) -> Iterator[tuple[str, str, float]]:
    for position, pair in enumerate(pairs, first):
        try:
            term, translation, weight = pair if len(pair) == 3 else (*pair, 1.0)
            sound = all(isinstance(text, str) for text in (term, translation)) and not isinstance(pair, str)
            number = float("nan" if isinstance(weight, str) else weight)
        except (TypeError, ValueError, OverflowError):
            sound = False
        if not sound:
            raise _wrong_pair(language, position, pair)
        yield term, translation, number


def _wrong_pair(language: str, position: int, pair: object) -> LexiconError:
    return LexiconError(
        f"pairs[{language!r}][{position}] is {_shortened(pair)}; it must be (term, translation) or (term, translation, "
        "weight): not empty, no control characters, weight from 1e-30 to 1e30; drop or mend it. "
        f"Term and translation have at most {LONGEST:,} bytes"
    )


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def _checked_provenance(provenance: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    import json

    try:
        entries: list[Any] = json.loads(json.dumps(list(provenance)))
    except (TypeError, ValueError):
        entries = [None]
    if not all(isinstance(entry, dict) for entry in entries):
        raise TypeError(f"provenance is {provenance!r}; pass a list of mappings: [{{'name': ..., 'licence': ...}}]")
    return entries


def _provenance_of(*lexicons: Lexicon) -> list[dict[str, Any]]:
    """All entries, each once."""
    entries: list[dict[str, Any]] = []
    for lexicon in lexicons:
        entries += [entry for entry in lexicon.provenance if entry not in entries]
    return entries


def _restore(*state: Any) -> Lexicon:
    source, languages, arrays, provenance = state
    return Lexicon(source, languages, Columns.from_arrays(arrays), provenance)


def _reload(path: str, content_hash: str) -> Lexicon:
    lexicon = Lexicon.load(path, verify=False)
    if lexicon.content_hash != content_hash:
        raise LexiconError(f"{path} is no longer the lexicon that was pickled; pickle again, or restore the folder")
    return lexicon
