"""The `Lexicon`: a facade for the modules of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..checks import as_texts, suggests, whole_number
from ..engine.matching import TermIndex, covered_words
from ..engine.packing import Floats, pack
from ..errors import LexiconError
from ..text.forms import Forms, choose_forms
from ..text.inflection import english_lemmas, inflected_pairs
from ..text.languages import check_language
from ..text.tokenizers import Tokenizer, WordTokenizer, words_of
from . import algebra
from .collecting import PairCollector
from .columns import Columns, LexiconData, SavedColumns
from .indexes import Indexes
from .lookup import Candidate, entry, iterate_pairs, iterate_terms
from .pairs import pairs_of
from .provenance import STARTER, Record, check_provenance, join_provenance
from .selection import keep_pairs, select
from .starter import read_starter
from .target_languages import TARGET_NAMES, choose_languages, read_targets
from .user_pairs import collect_pairs
from .validation import LEAST_WEIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self

    from .evaluation import Evaluation
    from .senses.general import Texts


class Lexicon(Mapping[str, dict[str, list[Candidate]]]):
    """An immutable bilingual lexicon: terms of a source language with weighted translations in target languages.

    Make one with `starter`, `from_pairs`, `read`, `fetch` or `load`. As a mapping, it maps a term (in any spelling with
    the same compared form) to ``{language: [Candidate, ...]}``, the best candidate first. ``len`` is the number of
    terms. Iteration yields the terms in code point order.

    Attributes
    ----------
    source : str
        Source language.
    languages : tuple of str
        Target languages, sorted.
    provenance : tuple of dict
        Name, licence and other facts of each source of the pairs.
    """

    def __new__(cls, *columns: Any, **named: Any) -> Self:
        """Refuse pairs and paths, which other methods take."""
        if len(columns) + len(named) < 4:
            given = ", ".join(type(value).__name__ for value in (*columns, *named.values()))
            raise TypeError(
                f"Lexicon({given}) does not make a lexicon; pass pairs to "
                "Lexicon.from_pairs({'de': [('house', 'Haus')]}), a dictionary file to Lexicon.read, or a saved "
                "lexicon to Lexicon.load"
            )
        return super().__new__(cls)

    def __init__(
        self,
        source: str,
        languages: tuple[str, ...],
        columns: Columns,
        provenance: tuple[Record, ...],
        saved: SavedColumns | None = None,
    ) -> None:
        self.source = source
        self.languages = languages
        self.provenance = provenance
        self.columns = columns
        self._saved = saved
        self._indexes = Indexes(source, columns, saved)
        for array in columns.arrays().values():
            array.flags.writeable = False

    @property
    def _data(self) -> LexiconData:
        return LexiconData(self.source, self.languages, self.columns)

    def _with(self, data: LexiconData) -> Lexicon:
        """Return a lexicon with other pairs from the same sources."""
        return Lexicon(*data, self.provenance)

    def _collect(self, pairs: Any, languages: Sequence[str], source: str = "", combine: str = "max") -> LexiconData:
        """Sort pairs into columns."""
        collector = PairCollector(source=source or self.source)
        collector.add_pairs(pairs, languages)
        return collector.build(combine)

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
            earlier pair is better. A pair that occurs twice counts once, with its greatest weight.
        source : str, default "en"
            Language of the terms.
        provenance : sequence of mappings, optional
            Where the pairs come from, for example ``[{"name": "my dictionary", "licence": "CC0-1.0"}]``. Pairs without
            it are your own, and come first if the lexicon is merged; so do those with ``"curated": True``.

        Raises
        ------
        LexiconError
            If there is no pair, or a pair is empty, has control characters or a weight out of range. The message names
            language and position.
        """
        if not isinstance(pairs, Mapping):
            raise TypeError(f"pairs is {type(pairs).__name__}; pass a mapping from language to pairs: {{'de': [...]}}")
        collector = PairCollector(source=check_language("source", source))
        for language, of_language in pairs.items():
            collect_pairs(collector, "pairs", language, of_language, f"pairs[{language!r}]")
        return cls(*collector.build(), check_provenance(provenance))

    @classmethod
    def starter(cls) -> Lexicon:
        """Return the lexicon of the package: common English words and phrases in 23 languages (Apache-2.0)."""
        return cls(*read_starter(), (dict(STARTER),))

    @classmethod
    @suggests(**TARGET_NAMES)
    def read(
        cls,
        path: str | Path,
        source: str = "en",
        target: str | Iterable[str] | None = None,
        format: str | None = None,
        strict: bool = False,
        progress: bool = True,
        curated: bool = False,
    ) -> Lexicon:
        """Read a lexicon file of any known format, compressed (gzip, bzip2, xz, Zstandard, zip with one file) or not.

        Bidirectional marks are removed. Unusable entries are skipped, and counted by reason in ``provenance``.

        Parameters
        ----------
        path : str or Path
        source : str, default "en"
            Language of the terms (BCP 47).
        target : str or iterable of str, optional
            Target languages. Needed if the file does not name its own. By default all languages of the file.
        format : str, optional
            Name of the format, see `lexswitch.formats`. By default it is detected from the content.
        strict : bool, default False
            Raise an error at the first line that would be skipped.
        progress : bool, default True
            Show a progress bar on standard error, if that is a terminal.
        curated : bool, default False
            Whether the pairs are your own choice, as in a glossary. Then they come first if the lexicon is merged.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        LexiconError
            If the format is unknown, or the file is damaged, unsafe to decompress or not UTF-8, or has no pair in the
            target languages. The message names file and line. Pickles are refused, since they can run any code.

        Warns
        -----
        LossyReadWarning
            If less than half of the entries (at least 20) yield a pair. The message has counts and the likely cause.
        LexiconLanguageWarning
            If terms and translations of a file with one target language seem to be swapped, or in one language.
        """
        from pathlib import Path

        return cls._read(Path(path), source, target, format, strict, progress, {}, {"curated": True} if curated else {})

    @classmethod
    def _read(
        cls,
        path: Path,
        source: str,
        target: str | Iterable[str] | None,
        format: str | None,
        strict: bool,
        progress: bool,
        before: Record,
        after: Record,
    ) -> Lexicon:
        """Read a file; what the caller knows of it goes into the record before and after what the file says."""
        from .upward_calls import read_file

        targets = None if target is None else read_targets(target)
        collector, record = read_file(path, check_language("source", source), targets, format, strict, progress)
        data = collector.build()
        if repeated := collector.num_pairs - data.num_pairs:
            record["dropped"]["duplicate"] = repeated
        return cls(*data, ({**before, **record, "pairs": data.num_pairs, **after},))

    @classmethod
    @suggests(**TARGET_NAMES)
    def fetch(cls, name: str, source: str, target: str | Iterable[str], progress: bool = True) -> Lexicon:
        """Download a public lexicon, or read it from the cache folder if it was downloaded before.

        Parameters
        ----------
        name : str
            One of `lexswitch.sources.available()`: "muse", "gatitos", "freedict", "kaikki" ...
        source : str
            Language of the terms (BCP 47).
        target : str or iterable of str
            Target languages. The lexicons of several languages are merged.
        progress : bool, default True
            Show a progress bar on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If there is no such lexicon, the download fails, or the file is not the expected one.
        """
        from .upward_calls import fetch_file

        check_language("source", source)
        wanted: dict[Any, list[str]] = {}
        for language in read_targets(target):
            wanted.setdefault(fetch_file(name, source, language, progress), []).append(language)
        lexicons = [
            cls._read(
                file.path, source, languages, file.format, False, progress,
                {"name": file.name, "licence": file.licence}, {"url": file.url},
            )
            for file, languages in wanted.items()
        ]  # fmt: skip
        return lexicons[0].merge(*lexicons[1:], combine="max")

    # -- algebra -----------------------------------------------------------------------------------------------------

    def merge(self, *others: Lexicon, combine: str = "votes", texts: Texts | None = None) -> Lexicon:
        """Return the pairs of this lexicon and of others from the same language.

        Parameters
        ----------
        *others : Lexicon
            Of equal weights the pair of the earlier lexicon is better.
        combine : {"votes", "max", "min", "mean", "sum"}, default "votes"
            How the weights of a pair that several lexicons have are combined. "votes" is the greatest weight times the
            number of lexicons, and

            - your own candidates come first, then those of the starter lexicon, then those of other files and
              downloads. A lexicon is your own if it has no provenance, as pairs of `from_pairs`, or if all records of
              its provenance have ``"curated": True``. Each level present weighs ten times as much as the one below
              it; before that, weights below the highest level are scaled down to at most 1;
            - translations that are spelled as their term are dropped from lexicons of the last level, unless your own
              or the starter lexicon has them. A last record of ``provenance`` counts them.
        texts : mapping or "wordfreq", optional
            Text or word frequencies by language, see `reweight`. Weights are multiplied by the square root of the
            frequency. With "votes", your own candidates and those of the starter lexicon keep their weights and stay
            first, if there are others.

        Raises
        ------
        LexiconError
            If a lexicon has another source language, no pair is left, or `texts` is not valid.
        ImportError
            If `texts` is "wordfreq" and wordfreq is not installed.
        """
        from .merging import merge

        data, records = merge((self, *others), combine, texts)
        return Lexicon(*data, records)

    def select(
        self,
        languages: str | Iterable[str] | None = None,
        top: int | None = None,
        min_weight: float | None = None,
    ) -> Lexicon:
        """Return some of the pairs.

        Parameters
        ----------
        languages : str or iterable of str, optional
            Target languages. Default are all.
        top : int, optional
            Number of the best candidates that are kept of each term in each language.
        min_weight : float, optional
            Least weight of a pair.

        Raises
        ------
        LexiconError
            If a language is unknown, or no pair is left.
        """
        if languages is None:
            languages = self.languages
        chosen = self.check_languages([languages] if isinstance(languages, str) else languages)
        return self._with(select(self._data, chosen, top, min_weight))

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
        """Return the pairs that pass all filters.

        Parameters
        ----------
        max_words, max_characters : int, optional
            Maximum number of words (split at blanks) and of characters of a term and of a translation.
        own_script : bool, default False
            Drop translations most of whose letters are not in a script of their language.
        identical : bool, default True
            Whether to keep translations that equal their term after normalisation.
        frequencies : mapping of str to mapping of str to float, optional
            Language (also the source language) -> word -> frequency. Used with `min_frequency`.
        min_frequency : float, default 0
            Drop pairs with a word that is rarer than this in its language. Words that are not listed have frequency 0.
        keep : callable, optional
            Called with term, language, translation and weight; returns whether to keep the pair.

        Raises
        ------
        LexiconError
            If no pair is left.
        """
        from .filters import filter_mask

        options = (max_words, max_characters, own_script, identical, frequencies or {}, min_frequency, keep)
        return self._with(keep_pairs(self._data, filter_mask(self._data, *options)))

    def invert(self, language: str) -> Lexicon:
        """Return the lexicon from one of the target languages into the source language.

        Translations become terms, which are compared as all terms are (case folding, NFC). Terms become translations in
        their spelling: "Hund", not "hund". Weights stay. Inverting twice returns the same pairs and weights, except for
        translations that differ only in case, and the order of candidates of equal weight.
        """
        self.check_languages([language])
        pairs = algebra.invert(self.columns, self.languages.index(language), language)
        return self._with(self._collect(pairs, [self.source], language))

    def compose(self, other: Lexicon, min_support: int = 1) -> Lexicon:
        """Translate through a pivot language: from the source of this lexicon to the targets of the other.

        The weight of a pair is the sum, over all pivot words, of the product of both weights. If the weights are
        probabilities (see `normalise`), it is the probability of the translation: sum over v of p(v | s) p(t | v).

        Parameters
        ----------
        other : Lexicon
            From one of the target languages of this lexicon.
        min_support : int, default 1
            Keep a pair only if at least so many pivot words connect it. Two or more (triangulation) exclude most wrong
            senses of ambiguous pivot words.

        Raises
        ------
        LexiconError
            If this lexicon does not have the source language of the other, or no pair is left.
        """
        if not isinstance(other, Lexicon):
            raise TypeError(f"cannot compose with {type(other).__name__}; pass a lexicon")
        if other.source not in self.languages:
            raise LexiconError(
                f"other translates from {other.source!r}; pass a lexicon whose source language is one of "
                f"{list(self.languages)}"
            )
        min_support = whole_number("min_support", min_support, 1, 2**31)
        code = self.languages.index(other.source)
        pairs = algebra.compose(self.columns, code, other.columns, min_support, other.source)
        if not len(pairs.rows):
            raise LexiconError(f"no term reaches {list(other.languages)} through {min_support} words of {other.source}")
        reached = np.unique(pairs.codes)
        pairs = pairs._replace(codes=np.searchsorted(reached, pairs.codes))
        data = self._collect(pairs, [other.languages[code] for code in reached.tolist()], combine="sum")
        return Lexicon(*data, join_provenance([self.provenance, other.provenance]))

    def normalise(self) -> Lexicon:
        """Return the same pairs with weights that are probabilities: they sum to 1 over a term's candidates."""
        groups = self.columns.group_of
        totals = np.bincount(groups, self.columns.weights)
        return self._with_weights(np.maximum(self.columns.weights / totals[groups], LEAST_WEIGHT))

    def _with_weights(self, weights: Floats) -> Lexicon:
        """Return the same pairs with other weights, which are in the order of `pairs`."""
        return self._with(self._collect(pairs_of(self.columns)._replace(weights=weights), self.languages))

    # -- senses ------------------------------------------------------------------------------------------------------

    def reweight(self, texts: Texts) -> Lexicon:
        """Weigh candidates by how well they fit the text of a domain. The text need not be translated.

        A weight is multiplied by the square root of the candidate's frequency in the text of its language. If there is
        also text of the source language, the words around a candidate are compared with those around the term, which
        the lexicon itself translates (Rapp, 1999). The weights of a term's candidates in a language sum to 1.

        Parameters
        ----------
        texts : mapping of str to iterable of str, or to mapping of str to float; or "wordfreq"
            For target languages: texts of the domain, or words with their frequencies. For the source language: texts
            of the domain, or nothing. Words must be separated by blanks or punctuation. Texts are streamed; with source
            text, eight bytes of memory are needed per word. Languages without text keep the order of their candidates.
            "wordfreq" means the general frequencies of this package (extra "frequency"), for all target languages that
            it has.

        Raises
        ------
        LexiconError
            If a language is unknown, there is no target language, or a frequency is not valid.
        ImportError
            If `texts` is "wordfreq" and wordfreq is not installed.
        """
        from .senses import domain_weights

        return self._with_weights(domain_weights(self, texts))

    def agree(self, *others: Lexicon) -> Lexicon:
        """Weigh candidates by the number of other lexicons that have the pair, in either direction.

        A weight is multiplied by 10 for each of them. Then the weights of a term's candidates in a language sum to 1.

        Parameters
        ----------
        *others : Lexicon
            From the same source language, or from a target language into the source language.

        Raises
        ------
        LexiconError
            If there are no others, or one has no languages in common with this lexicon.
        """
        from .senses import agreement_weights

        return self._with_weights(agreement_weights(self, others))

    def rerank(self, score: Callable[[list[str], str, list[str]], Sequence[float]]) -> Lexicon:
        """Weigh candidates by your own score: the similarity of an encoder, the log-probability of a language model.

        Parameters
        ----------
        score : callable
            Takes up to 10,000 terms, their target language and as many translations; returns a number for each pair.
            The weights are the softmax of the scores over a term's candidates in a language.

        Raises
        ------
        LexiconError
            If it returns another number of scores, or a score that is not finite.
        """
        from .senses import scored_weights

        return self._with_weights(scored_weights(self, score))

    def rank(
        self,
        *,
        others: Iterable[Lexicon] = (),
        texts: Texts | None = None,
        score: Callable[[list[str], str, list[str]], Sequence[float]] | None = None,
    ) -> Lexicon:
        """Rank candidates by all evidence that is at hand: `agree`, then `reweight`, then `rerank`.

        Parameters
        ----------
        others : iterable of Lexicon, optional
            Other dictionaries, see `agree`.
        texts : mapping or "wordfreq", optional
            Text of the domain, or word frequencies, by language, see `reweight`.
        score : callable, optional
            A score of your own, see `rerank`. It is multiplied with the other weights.

        Raises
        ------
        LexiconError
            If nothing is passed.
        """
        others = list(others)
        if not others and texts is None and score is None:
            raise LexiconError("rank has no evidence; pass others, texts or score")
        ranked = self.agree(*others) if others else self
        ranked = ranked if texts is None else ranked.reweight(texts)
        if score is None:
            return ranked
        from .senses import scored_weights

        weights = ranked.columns.weights * scored_weights(ranked, score)
        return ranked._with_weights(np.maximum(weights, LEAST_WEIGHT)).normalise()

    def inflect(self, words: Iterable[str], lemmas: Callable[[str], Sequence[str]] = english_lemmas) -> Lexicon:
        """Add inflected words, such as "houses", with the translations of their citation form, such as "house".

        Parameters
        ----------
        words : iterable of str
            Single words, such as the vocabulary of the texts to be switched. Translations that a word already has in a
            language are kept as they are.
        lemmas : callable, default `english_lemmas`
            Takes a word, returns its possible citation forms, the likeliest first. In each language, the first form
            that has translations counts.
        """
        pairs: dict[str, list[tuple[str, str, float]]] = {}
        for term, language, translation, weight in inflected_pairs(self, self.languages, self.source, words, lemmas):
            pairs.setdefault(language, []).append((term, translation, weight))
        return self.merge(Lexicon.from_pairs(pairs, self.source), combine="max") if pairs else self

    # -- looking things up -------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.columns.terms)

    @property
    def num_pairs(self) -> int:
        """Number of (term, language, translation) triples."""
        return len(self.columns.weights)

    def __iter__(self) -> Iterator[str]:
        return iterate_terms(self._data)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and self.find(term) is not None

    def __getitem__(self, term: str) -> dict[str, list[Candidate]]:
        row = self.find(term) if isinstance(term, str) else None
        if row is None:
            raise KeyError(term)
        return entry(self._data, row)

    def find(self, term: str) -> int | None:
        """Return the row of a term in the columns, or None."""
        return self._data.find(term)

    def pairs(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield (term, language, translation, weight), sorted by term, then language, the best translation first.

        Terms have the spelling that was read.
        """
        return iterate_pairs(self._data)

    def __repr__(self) -> str:
        return f"<Lexicon {self.source} -> {', '.join(self.languages)}: {len(self):,} terms, {self.num_pairs:,} pairs>"

    # -- identity ----------------------------------------------------------------------------------------------------

    @cached_property
    def _hashes(self) -> Mapping[str, str]:
        from .column_files import column_hashes

        return self._saved.hashes if self._saved else column_hashes(self.columns.arrays())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of source, languages, terms, spellings, translations and weights."""
        from .store import content_hash

        return content_hash(self.source, self.languages, self._hashes)

    @property
    def signature(self) -> str:
        """A short string that identifies the content."""
        return f"{self.source}>{','.join(self.languages)}|pairs:{self.num_pairs}|sha256:{self.content_hash[:16]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._saved is not None:  # workers map the file instead of copying it
            return _reload, (str(self._saved.path), self.content_hash)
        return _restore, (self.source, self.languages, self.columns.arrays(), self.provenance)

    # -- on disk -----------------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the lexicon to a folder: ``lexicon.json``, one ``.npy`` file per column, and indexes.

        The folder is written atomically. A lexicon that is already there is replaced.

        An index finds terms in text. The folder has the one for the default options of `CodeSwitcher`, and those that
        switchers of this lexicon have built. Processes that load the lexicon map it, so they start faster and share
        its memory. To make it takes about three seconds per million pairs.

        Raises
        ------
        FileExistsError
            If `path` is something else than a lexicon.
        """
        from pathlib import Path

        from . import saved_indexes, store

        indexes = [
            saved_indexes.describe(signature, index.arrays) for signature, index in self._indexes.to_save().items()
        ]
        metadata = {
            "source": self.source,
            "languages": self.languages,
            "terms": len(self),
            "pairs": self.num_pairs,
            "content_hash": self.content_hash,
            "columns": self._hashes,
            "provenance": self.provenance,
        }
        store.write(Path(path), metadata, self.columns.arrays(), indexes)

    @classmethod
    def load(cls, path: str | Path, verify: bool = True) -> Lexicon:
        """Map a saved lexicon into memory.

        Parameters
        ----------
        path : str or Path
            A folder that `save` wrote.
        verify : bool, default True
            Compare each column, and each index when it is first used, with its SHA-256 (about 1 ms per MB). If False,
            only ``lexicon.json`` is checked.

        Raises
        ------
        FileNotFoundError
            If there is no lexicon at `path`.
        LexiconError
            If the lexicon has a newer format, or one of its files was changed.
        """
        from pathlib import Path

        from . import saved_indexes, store

        path = Path(path)
        metadata, arrays = store.read(path, verify)
        return cls(
            metadata["source"],
            tuple(metadata["languages"]),
            Columns.from_arrays(arrays),
            tuple(metadata["provenance"]),
            SavedColumns(path.absolute(), metadata["columns"], [*saved_indexes.entries(metadata)], verify),
        )

    @property
    def is_mapped(self) -> bool:
        """Whether this lexicon was loaded, so that it pickles as a path instead of its content."""
        return self._saved is not None

    def detach(self) -> Lexicon:
        """Return the same lexicon that pickles with its content: for machines that do not see its folder."""
        return self._with(self._data)

    def export(self, path: str | Path, format: str | None = None) -> None:
        """Write the pairs to a text file. It is written atomically; a file that is already there is replaced.

        Parameters
        ----------
        path : str or Path
        format : {"tsv", "jsonl", "muse"}, optional
            Default is the suffix of the name. ``.txt`` means "muse": term, tab, translation, for lexicons with one
            target language. It has no weights; the order of candidates is kept.

        Raises
        ------
        LexiconError
            If the format is unknown, or cannot hold this lexicon.
        """
        from pathlib import Path

        from .upward_calls import write_file

        write_file(Path(path), format, self.languages, self.pairs())

    # -- in use ------------------------------------------------------------------------------------------------------

    def check_languages(self, languages: Iterable[str]) -> list[str]:
        """Return the given target languages in the order of `Lexicon.languages`, without repetitions.

        Raises
        ------
        TypeError
            If `languages` is not an iterable of str.
        LexiconError
            If it is empty, or a language is unknown.
        """
        return choose_languages(languages, self.languages)

    def index(self, tokenizer: Tokenizer, max_words: int, forms: Forms | None = None) -> TermIndex:
        """Return the index that finds terms of up to `max_words` words in text.

        It is mapped from the saved lexicon, or built. It is made once and kept.
        """
        return self._indexes.get(tokenizer, max_words, forms)

    def evaluate(
        self,
        gold: Lexicon,
        k: Sequence[int] = (1, 5),
        texts: Iterable[str] | None = None,
        frequencies: Mapping[str, float] | None = None,
    ) -> Evaluation:
        """Compare with gold translations. ``print`` shows the result as a table, ``.plot()`` draws it.

        The measures are those of bilingual lexicon induction (Conneau et al., 2018): a term counts as right if a gold
        translation is among its k best candidates. They are reported per target language and band of word frequency.

        Parameters
        ----------
        gold : Lexicon
            From the same source language, with target languages in common.
        k : sequence of int, default (1, 5)
            Numbers of best candidates that are considered.
        texts : iterable of str, optional
            A corpus, to measure the share of its running words and of its distinct words that the lexicon covers.
        frequencies : mapping of str to float, optional
            Word -> frequency, for the bands. By default the words of `texts` are counted.

        Raises
        ------
        LexiconError
            If the lexicons have no languages in common.
        """
        from .evaluation import evaluate

        return evaluate(self, gold, k, texts, frequencies)

    def coverage(
        self,
        texts: Iterable[str],
        max_words: int = 3,
        tokenizer: Tokenizer | None = None,
        forms: Forms | Literal["auto"] | None = "auto",
    ) -> float:
        """Return the share of the words of `texts` that are in units, from 0 to 1 (0 for texts without words).

        The options are those of `CodeSwitcher`.
        """
        tokenizer = tokenizer or WordTokenizer()
        words = words_of(pack(as_texts(texts)), tokenizer, language=self.source)
        max_words = whole_number("max_words", max_words, 1, 2**31)
        everything = np.ones(len(self), dtype=np.bool_)
        index = self.index(tokenizer, max_words, choose_forms(forms, self.source))
        matches = index.select(everything, everything).match(words)
        return covered_words(matches) / len(words.starts) if len(words.starts) else 0.0


def _restore(*state: Any) -> Lexicon:
    source, languages, arrays, provenance = state
    return Lexicon(source, languages, Columns.from_arrays(arrays), provenance)


def _reload(path: str, content_hash: str) -> Lexicon:
    try:
        lexicon = Lexicon.load(path, verify=False)
    except FileNotFoundError:
        import platform

        raise FileNotFoundError(
            f"{platform.node()} does not see the lexicon {path}: a lexicon that was loaded is pickled as its path; "
            "send lexicon.detach(), which is pickled with its pairs, or copy the folder to this machine"
        ) from None
    if lexicon.content_hash != content_hash:
        raise LexiconError(f"{path} is no longer the lexicon that was pickled; pickle again, or restore the folder")
    return lexicon
