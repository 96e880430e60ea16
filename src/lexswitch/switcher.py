"""CodeSwitcher: the options, and texts in, switched texts out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np

from .arguments import (
    Keys,
    Texts,
    as_texts,
    check_choice,
    check_pattern,
    language_weights,
    probabilities,
    row_keys,
    skipped_words,
    whole_number,
)
from .engine import draws
from .engine.hashing import mix_int
from .engine.packing import Hashes, Ints, Packed, pack
from .engine.switching import Outcome, Plan, Segments, draw_text_languages, switch
from .lexicon import Lexicon
from .protection import DEFAULT, find_protected
from .switched import Switched, Switches
from .tokenizers import Tokenizer, WordTokenizer, words_of
from .version import VERSION

# Characters per block: small enough for a processor's cache, large enough that calls do not count.
_BLOCK = 1 << 19
_COVERAGE_WORDS, _COVERAGE_SHARE = 1000, 0.01


class LowCoverageWarning(UserWarning):
    """Hardly a word of a batch is in the lexicon."""


@dataclass(frozen=True, eq=False, repr=False)
class CodeSwitcher:
    """Replaces words and phrases of texts by translations from a lexicon.

    Each *unit*, the longest run of words from where it starts that is a term of the lexicon, is switched with
    probability `p`. Everything else stays as it is, byte by byte. The same text, key, options, lexicon, seed and epoch
    give the same result, whatever else is in the batch.

    Parameters
    ----------
    lexicon : Lexicon
        Its source language is that of the texts.
    languages : sequence of str or mapping of str to float, optional
        Target languages, or their weights; default are all of the lexicon, equally.
    p : float or mapping of str to float, default 0.5
        Translation probability of a unit, or one for each target language.
    draw_language : {"unit", "text"}, default "unit"
        Draw a language for each unit, or one for a whole text; a text's units are then the terms of its language.
    candidates : {"best", "uniform", "weighted"}, default "best"
        Take the best candidate, or draw one, equally or by weight.
    missing : {"redraw", "keep"}, default "redraw"
        Draw among the languages that know the unit, or among all and keep the unit when the drawn one does not know it
        (as in the paper; fewer units are switched then than `p` says).
    max_words : int, default 3
        The most words of a unit; longer terms of the lexicon are never found.
    skip : collection of str or "stopwords", optional
        Words that are never units on their own; "stopwords" is a built-in list for English.
    protect : str or None
        Regular expression of text that is never touched; default: URLs, e-mail addresses, @names, #tags and special
        tokens such as `<s>` or `[MASK]`.
    case : {"match", "lexicon"}, default "match"
        Give the translation of a capitalised unit a capital, and that of a unit in capitals capitals, where that keeps
        a letter's width in UTF-8 ("ß" stays); or write it as the lexicon does.
    tokenizer : Tokenizer, optional
        Default is `WordTokenizer`.
    seed : int, default 0
        Another seed, other draws.

    Raises
    ------
    TypeError, ValueError
        If an option is not as described; the message names it and what is allowed.

    References
    ----------
    Litschko, Artemova & Plank (2023): Boosting Zero-shot Cross-lingual Retrieval by Training on Artificially
    Code-Switched Data. Findings of ACL. https://arxiv.org/abs/2305.05295
    """

    lexicon: Lexicon
    languages: Sequence[str] | Mapping[str, float] | None = None
    p: float | Mapping[str, float] = 0.5
    _: KW_ONLY
    draw_language: Literal["unit", "text"] = "unit"
    candidates: Literal["best", "uniform", "weighted"] = "best"
    missing: Literal["redraw", "keep"] = "redraw"
    max_words: int = 3
    skip: Iterable[str] | Literal["stopwords"] = ()
    protect: str | None = DEFAULT
    case: Literal["match", "lexicon"] = "match"
    tokenizer: Tokenizer = WordTokenizer()
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.lexicon, Lexicon):
            raise TypeError(f"lexicon is {type(self.lexicon).__name__}; pass a Lexicon, e.g. Lexicon.starter()")
        if isinstance(self.tokenizer, type) or not isinstance(self.tokenizer, Tokenizer):
            raise TypeError(
                f"tokenizer is {self.tokenizer!r}; pass an instance such as WordTokenizer() or SpanTokenizer(f)"
            )
        languages = language_weights(self.lexicon, self.languages)
        object.__setattr__(self, "languages", MappingProxyType(languages))
        if isinstance(self.p, Mapping):
            self.lexicon.check_languages(self.p)
        object.__setattr__(self, "p", MappingProxyType(probabilities(self.p, languages)))
        object.__setattr__(self, "skip", skipped_words(self.lexicon, self.skip))
        object.__setattr__(self, "max_words", whole_number("max_words", self.max_words, 1, 2**31))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0, 2**64))
        check_choice("draw_language", self.draw_language, ("unit", "text"))
        check_choice("candidates", self.candidates, ("best", "uniform", "weighted"))
        check_choice("missing", self.missing, ("redraw", "keep"))
        check_choice("case", self.case, ("match", "lexicon"))
        check_pattern(self.protect)

    # -- presets -----------------------------------------------------------------------------------------------------

    @classmethod
    def bilingual(cls, lexicon: Lexicon, language: str, **options: Any) -> CodeSwitcher:
        """BL-CS of the paper: single words into one language, p = 0.5."""
        return cls(lexicon, [language], **{"max_words": 1, "missing": "keep", **options})

    @classmethod
    def multilingual(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> CodeSwitcher:
        """ML-CS of the paper: single words, each into a language drawn for it, which may lack the word; p = 0.5."""
        return cls(lexicon, languages, **{"max_words": 1, "missing": "keep", **options})

    @classmethod
    def titles(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> CodeSwitcher:
        """Wiki-CS of the paper: up to three words, no single stop words, one language per text, p = 1."""
        return cls(lexicon, languages, **{"p": 1.0, "draw_language": "text", "skip": "stopwords", **options})

    @classmethod
    def translate(cls, lexicon: Lexicon, language: str, **options: Any) -> CodeSwitcher:
        """Translate-Test of the paper: every term into one language, p = 1."""
        return cls(lexicon, [language], **{"p": 1.0, **options})

    def replace(self, **options: Any) -> CodeSwitcher:
        """The same switcher with some options changed."""
        if "lexicon" in options and dict(self._languages) == dict.fromkeys(self.lexicon.languages, 1.0):
            options.setdefault("languages", None)  # all languages of the new lexicon
        if "languages" in options and len(set(self._p.values())) == 1:
            options.setdefault("p", next(iter(self._p.values())))  # one value serves the new languages too
        return replace(self, **options)

    # -- the main job ------------------------------------------------------------------------------------------------

    def apply(self, texts: Texts, *, keys: Keys | None = None, epoch: int = 0) -> list[str]:
        """Switch texts.

        Parameters
        ----------
        texts : sequence of str
        keys : sequence of int or of str, optional
            One per text; equal texts with different keys get different draws. Default is a hash of the text.
        epoch : int, default 0
            Another epoch, other draws.

        Returns
        -------
        list of str

        Raises
        ------
        TypeError
            If `texts` is no list of str; the message names the position.
        ValueError
            If a text has lone surrogates, or `keys` has another length.

        Warns
        -----
        LowCoverageWarning
            If less than 1 % of 1,000 words or more are in units.
        """
        batch = as_texts(texts)
        result = batch.copy()
        for part in self._parts(batch, keys, epoch):
            part.put(result)
        return result

    def trace(self, texts: Texts, *, keys: Keys | None = None, epoch: int = 0) -> Switched:
        """Switch texts as `apply` does, and tell every switch: where, into what, by which entry.

        Returns
        -------
        Switched
            ``texts``, ``switches`` and `Switched.project`.
        """
        batch = as_texts(texts)
        result = batch.copy()
        described = []
        for part in self._parts(batch, keys, epoch):
            part.put(result)
            described.append(self._describe(part))
        return Switched(result, Switches.join(described))

    def on(self, *columns: str, epoch: int = 0, **options: Mapping[str, Any]) -> ColumnSwitcher:
        """A function on batches of columns, for ``datasets.map(..., batched=True, with_indices=True)`` and the like.

        Parameters
        ----------
        columns : str
            Names of the text columns to switch.
        epoch : int, default 0
        options : mappings from column to value
            Options that differ from this switcher's: ``languages={"query": ["de"], "passage": ["ru"]}``, ``p={...}``.
        """
        return ColumnSwitcher(self, columns, epoch, options)

    # -- identity ----------------------------------------------------------------------------------------------------

    @cached_property
    def signature(self) -> str:
        """A short string that pins version, lexicon, options and seed."""
        shown = {
            "version": VERSION,
            "lexicon": self.lexicon.signature,
            "languages": ",".join(f"{language}:{weight:.12g}" for language, weight in self._languages.items()),
            "p": ",".join(f"{value:.12g}" for value in self._p.values()),
            "draw_language": self.draw_language,
            "candidates": self.candidates,
            "missing": self.missing,
            "max_words": self.max_words,
            "skip": _digest("\n".join(sorted(self.skip))) if self.skip else "none",
            "protect": "default" if self.protect == DEFAULT else _digest(self.protect) if self.protect else "none",
            "case": self.case,
            "tokenizer": self.tokenizer.signature,
            "seed": self.seed,
        }
        return "lexswitch|" + "|".join(f"{name}:{value}" for name, value in shown.items())

    def __repr__(self) -> str:
        return f"<CodeSwitcher {self.signature}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CodeSwitcher) and self.signature == other.signature

    def __hash__(self) -> int:
        return hash(self.signature)

    def __getstate__(self) -> dict[str, Any]:
        state = {field.name: getattr(self, field.name) for field in fields(self)}  # without what can be derived
        return {**state, "languages": dict(self._languages), "p": dict(self._p)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.update({name: MappingProxyType(state[name]) for name in ("languages", "p")})

    # -- inside ------------------------------------------------------------------------------------------------------

    @property
    def _languages(self) -> Mapping[str, float]:
        return self.languages  # type: ignore[return-value]  # __post_init__ made it a mapping

    @property
    def _p(self) -> Mapping[str, float]:
        return self.p  # type: ignore[return-value]  # __post_init__ made it a mapping

    @cached_property
    def _weights(self) -> Any:
        return _sums(np.array(list(self._languages.values())))

    @cached_property
    def _plans(self) -> list[Plan]:
        """One plan for all languages, or one for each where a text has one language."""
        languages = list(self._languages)
        return [self._plan([one]) for one in languages] if self.draw_language == "text" else [self._plan(languages)]

    def _plan(self, languages: list[str]) -> Plan:
        columns, index = self.lexicon.columns, self.lexicon.index(self.tokenizer, self.max_words)
        number = np.array([languages.index(name) if name in languages else -1 for name in self.lexicon.languages])
        of_group = number[columns.languages]
        chosen = np.flatnonzero(of_group >= 0)
        bounds = np.searchsorted(chosen, columns.groups)
        known = bounds[1:] > bounds[:-1]
        single = np.ones(len(known), dtype=np.bool_)
        single[[row for row in map(self.lexicon.find, self.skip) if row is not None]] = False
        weights = np.array([self._languages[language] for language in languages])
        equal = len(set(weights.tolist())) == 1
        selected = index.select(known, single)
        return Plan(
            finder=selected,
            groups=Segments(
                bounds[selected.terms],
                bounds[selected.terms + 1],
                None if equal else _shares(weights[of_group[chosen]], bounds),
            ),
            group_languages=of_group[chosen],
            candidates=Segments(
                columns.candidates[chosen],
                columns.candidates[chosen + 1],
                _shares(columns.weights, columns.candidates) if self.candidates == "weighted" else None,
            ),
            first_candidate=self.candidates == "best",
            language_weights=_sums(weights) if self.missing == "keep" and len(languages) > 1 else None,
            p=np.array([self._p[language] for language in languages]),
            match_case=self.case == "match",
            translations=columns.translations.buffer,
            places=Segments(columns.translations.starts[:-1], columns.translations.starts[1:] - 1, None),
        )

    def _parts(self, batch: list[str], keys: Keys | None, epoch: int) -> Iterator[_Part]:
        """Switch a batch part by part; a part fits the processor's cache, and its texts share a plan."""
        given = None if keys is None else row_keys(keys, len(batch))
        epoch = whole_number("epoch", epoch, 0, 2**64)
        words = covered = 0
        for rows in _blocks(batch):
            packed = pack(batch[rows.start : rows.stop], rows.start)
            own = draws.keys_of_texts(packed) if given is None else given[rows.start : rows.stop]
            for part in self._run(
                _Texts(rows, batch[rows.start : rows.stop], packed), draws.streams(own, self.seed, epoch)
            ):
                words, covered = words + part.outcome.words, covered + part.outcome.covered
                yield part
        if words >= _COVERAGE_WORDS and covered < _COVERAGE_SHARE * words:
            warnings.warn(
                f"only {covered:,} of {words:,} words are in the lexicon; are the texts in its source language, "
                f"{self.lexicon.source!r}, and does the tokenizer suit them?",
                LowCoverageWarning,
                stacklevel=3,
            )

    def _run(self, texts: _Texts, streams: Hashes) -> Iterator[_Part]:
        if self.draw_language == "unit":
            yield self._switch(self._plans[0], list(self._languages), texts, streams)
            return
        drawn = draw_text_languages(streams, self._weights)
        for number, (language, plan) in enumerate(zip(self._languages, self._plans, strict=True)):
            chosen = np.flatnonzero(drawn == number)
            if chosen.size:
                yield self._switch(plan, [language], texts.take(chosen), streams[chosen])

    def _switch(self, plan: Plan, languages: list[str], texts: _Texts, streams: Hashes) -> _Part:
        protected = find_protected(texts.texts, texts.packed, self.protect)
        words = words_of(texts.packed, self.tokenizer, protected)
        return _Part(texts, plan, languages, switch(plan, texts.packed, words, streams))

    def _describe(self, part: _Part) -> Switches:
        """The switches of a part with character offsets, and rows of the whole batch."""
        switches, packed = part.outcome.switches, part.texts.packed
        sizes = self.lexicon.columns.translations.lengths[switches.candidates]
        terms, translations = self.lexicon.columns.terms, self.lexicon.columns.translations
        term_rows, languages = part.plan.finder.terms[switches.units], part.plan.group_languages[switches.groups]
        rows = np.searchsorted(packed.starts, switches.starts, side="right") - 1
        starts, ends = part.outcome.starts, part.outcome.starts + sizes
        return Switches(
            np.asarray(part.texts.rows, dtype=np.int64)[rows],
            packed.to_characters(rows, switches.starts),
            packed.to_characters(rows, switches.ends),
            part.outcome.packed.to_characters(rows, starts),
            part.outcome.packed.to_characters(rows, ends),
            np.array(part.languages, dtype=object)[languages],
            _objects(terms[row] for row in term_rows.tolist()),
            _objects(translations[row] for row in switches.candidates.tolist()),
        )


class _Texts(NamedTuple):
    """Some texts of a batch."""

    rows: Sequence[int]
    """Their places in the batch."""
    texts: list[str]
    packed: Packed

    def take(self, chosen: Ints) -> _Texts:
        texts = [self.texts[row] for row in chosen.tolist()]
        return _Texts([self.rows[row] for row in chosen.tolist()], texts, pack(texts))


class _Part(NamedTuple):
    """Some texts of a batch, switched."""

    texts: _Texts
    plan: Plan
    languages: list[str]
    outcome: Outcome

    def put(self, result: list[str]) -> None:
        """Write the switched texts to their places."""
        switched, rows = self.outcome.packed.unpack(), self.texts.rows
        if isinstance(rows, range):
            result[rows.start : rows.stop] = switched
            return
        for row, text in zip(rows, switched, strict=True):
            result[row] = text


class ColumnSwitcher:
    """Switches columns of batches; `CodeSwitcher.on` makes one. Picklable.

    Column number k of a row draws independently of the others; column 0 draws as ``apply(texts, keys=indices)`` does.
    """

    def __init__(
        self, switcher: CodeSwitcher, columns: Sequence[str], epoch: int, options: Mapping[str, Mapping[str, Any]]
    ) -> None:
        if not columns or not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
            raise ValueError(
                f"columns are {list(columns)}; name each text column once: switcher.on('query', 'passage')"
            )
        for option, values in options.items():
            if not isinstance(values, Mapping) or not set(values) <= set(columns):
                raise ValueError(f"{option} is {values!r}; it must map some of the columns {list(columns)} to values")
        self.epoch = whole_number("epoch", epoch, 0, 2**64)
        self.switchers = {
            column: switcher.replace(
                **{option: values[column] for option, values in options.items() if column in values}
            )
            for column in columns
        }

    def __call__(
        self, batch: Mapping[str, Sequence[str]], indices: Sequence[int] | None = None
    ) -> dict[str, list[str]]:
        """Switch the columns of a batch; `indices` are the keys of its rows (default: a hash of each text)."""
        result = {}
        for number, (column, switcher) in enumerate(self.switchers.items()):
            if column not in batch:
                raise KeyError(f"no column {column!r} in the batch; it has {list(batch)}")
            if isinstance(batch[column], str):
                raise TypeError(f"column {column!r} is one text, not a list; map with batched=True")
            try:
                keys = None
                if indices is not None:
                    keys = row_keys(indices, len(batch[column])) ^ np.uint64(mix_int(number))  # mix_int(0) is 0
                result[column] = switcher.apply(batch[column], keys=keys, epoch=self.epoch)
            except (TypeError, ValueError) as error:
                raise type(error)(f"column {column!r}: {error}") from error
        return result

    def __repr__(self) -> str:
        return f"<ColumnSwitcher {self.signature}>"

    @property
    def signature(self) -> str:
        """Pins what each column becomes."""
        return f"epoch:{self.epoch}|" + "|".join(f"{name}=({one.signature})" for name, one in self.switchers.items())


def _blocks(batch: list[str]) -> Iterator[range]:
    """Cut a batch into runs of rows of about `_BLOCK` characters."""
    sizes = np.cumsum(np.fromiter(map(len, batch), dtype=np.int64, count=len(batch)) + 1)
    last = 0
    while last < len(batch):
        first, done = last, int(sizes[last - 1]) if last else 0
        last = max(first + 1, int(np.searchsorted(sizes, done + _BLOCK)))
        yield range(first, last)


def _sums(weights: Any) -> Any:
    return np.append(0.0, np.cumsum(weights, dtype=np.float64))


def _shares(weights: Any, bounds: Ints) -> Any:
    """Running sums of each weight's share in its run, so that no run drowns in the sums of others."""
    starts = bounds[:-1][bounds[1:] > bounds[:-1]]
    totals = np.add.reduceat(weights, starts, dtype=np.float64)
    return _sums(weights / np.repeat(totals, np.diff(starts, append=len(weights))))


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _objects(values: Iterable[str]) -> Any:
    values = list(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
