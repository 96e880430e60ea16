"""CodeSwitcher: the options, and texts in, switched texts out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from functools import cached_property
from itertools import chain, starmap
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from ..checks import Texts, as_texts, check_choice, whole_number
from ..engine import draws
from ..engine.packing import Hashes, Ints, Packed, concatenate, pack
from ..engine.plan import Plan, make_plan, running_sums
from ..engine.splicing import take
from ..engine.switching import Outcome, draw_text_languages, switch
from ..lexicon import Lexicon
from ..text.protection import DEFAULT, find_protected
from ..text.tokenizers import Tokenizer, WordTokenizer, words_of
from ..version import VERSION
from .columns import ColumnSwitcher, TokenSwitcher
from .keys import Keys, row_keys
from .labels import Inside, SwitchedSpans, SwitchedTokens, switch_spans, switch_tokens
from .language_check import LanguageCheck
from .options import check_pattern, language_weights, probabilities, skipped_words
from .trace import Span, Switched, Switches

# Characters per block: small enough for a processor's cache, large enough that calls do not count.
_BLOCK = 1 << 19


@dataclass(frozen=True, eq=False, repr=False)
class CodeSwitcher:
    """Replaces words and phrases of texts by translations from a lexicon.

    Each *unit*, the longest run of words from where it starts that is a term of the lexicon, is switched with
    probability `p`. Everything else stays as it is, byte by byte. Where words of a script without spaces would run
    together in the new script, a switch has a blank beside its translation. The same text, key, options, lexicon, seed
    and epoch give the same result, whatever else is in the batch.

    Parameters
    ----------
    lexicon : Lexicon
        Its source language is that of the texts.
    languages : sequence of str or mapping of str to float, optional
        Target languages, or their weights; default are all of the lexicon, equally. With ``draw_language="text"`` the
        source language may be one of them: a text that draws it stays as it is.
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
        tokens such as `<s>` or `[MASK]`. To a pattern, a character that is newer than Unicode 13 is a noncharacter.
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
        check_choice("draw_language", self.draw_language, ("unit", "text"))
        languages = language_weights(self.lexicon, self.languages, self.draw_language == "text")
        object.__setattr__(self, "languages", MappingProxyType(languages))
        if isinstance(self.p, Mapping):
            self.lexicon.check_languages([language for language in self.p if language != self.lexicon.source])
        object.__setattr__(self, "p", MappingProxyType(probabilities(self.p, languages, self.lexicon.source)))
        object.__setattr__(self, "skip", skipped_words(self.lexicon, self.skip))
        object.__setattr__(self, "max_words", whole_number("max_words", self.max_words, 1, 2**31))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0, 2**64))
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
    def wiki_cs(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> CodeSwitcher:
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
            If less than 1 % of 1,000 words or more are in units. Texts that draw the source language do not count.
        WrongLanguageWarning
            If less than half of 1,000 words or more are in units, and most letters are not in a script of the source
            language, or the words are rather those of a target language. Each switcher warns once.
        """
        batch = as_texts(texts)
        result = batch.copy()
        for part in self._switch_lists(batch, keys, epoch):
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
        for part in self._switch_lists(batch, keys, epoch):
            part.put(result)
            described.append(self._describe(part))
        return Switched(result, Switches.join(described))

    def apply_arrow(self, column: Any, *, keys: Keys | None = None, epoch: int = 0) -> Any:
        """Switch a column of strings as `apply` does, from buffers to buffers, without a Python string between.

        Parameters
        ----------
        column : pyarrow Array or ChunkedArray of strings, pandas Series or polars Series
            Slices and nulls are fine; nulls stay.
        keys : sequence of int or of str, optional
            One per row, those of nulls included; default is a hash of the text.
        epoch : int, default 0

        Returns
        -------
        what `column` is
            With its type, name and index.

        Raises
        ------
        TypeError
            If `column` is something else; the message tells its type.
        ValueError
            If a text is no valid UTF-8, `keys` has another length, or the switched texts are too large for a type.
        ImportError
            If pyarrow is not installed.
        """
        from .arrow import map_strings

        def switched(blocks: Iterable[tuple[range, Packed]], count: int) -> Iterator[Packed]:
            return map(_joined, self._switch_blocks(starmap(_Texts, blocks), count, keys, epoch))

        return map_strings(column, switched)

    def apply_spans(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[Span]],
        *,
        inside: Inside = "units",
        keys: Keys | None = None,
        epoch: int = 0,
    ) -> SwitchedSpans:
        """Switch texts with labelled spans, such as answers or entities.

        A unit that crosses the boundary of a span is not switched, so that a span holds what it held, translated or
        not. Without this rule `Switched.project` carries any span over.

        Parameters
        ----------
        texts : sequence of str
        spans : sequence of sequences of (start, end)
            For each text its spans in characters, in any order, overlapping or not.
        inside : {"units", "whole", "nothing"}, default "units"
            What may be switched in a span: any units in it, the span as one unit only, or nothing.
        keys, epoch
            As for `apply`.

        Returns
        -------
        SwitchedSpans
            ``texts``, ``spans`` in the new texts, ``switches``.

        Raises
        ------
        TypeError, ValueError
            If a span is not inside its text, or the lists do not match; names row and span.
        """
        return switch_spans(self, texts, spans, inside, keys, epoch)

    def apply_tokens(
        self,
        tokens: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]] | Sequence[Sequence[int]],
        *,
        inside: Inside = "units",
        names: Any = None,
        keys: Keys | None = None,
        epoch: int = 0,
    ) -> SwitchedTokens:
        """Switch sentences of tokens with BIO or BIOES tags.

        Words are found in the tokens joined by blanks. A unit that holds part of a token, or crosses the boundary of an
        entity, is not switched. A translation of several words becomes several tokens, and the tags of its entity are
        set anew: ``B-LOC`` may become ``B-LOC I-LOC``. An entity whose last tag is ``E-X`` or ``S-X`` gets BIOES tags,
        any other gets BIO tags, whatever other entities and sentences have.

        Parameters
        ----------
        tokens : sequence of sequences of str
        tags : sequence of sequences of str or int
            ``O``, ``B-X``, ``I-X``, and in BIOES ``E-X`` and ``S-X``, one for each token; or their numbers in `names`.
        inside : {"units", "whole", "nothing"}, default "units"
            What may be switched in an entity: any units in it, the entity as one unit only, or nothing.
        names : sequence of str or feature of datasets, optional
            What tags that are numbers mean: ``["O", "B-LOC", ...]`` or ``dataset.features["ner_tags"]``. The new tags
            are numbers then, too.
        keys, epoch
            As for `apply`.

        Returns
        -------
        SwitchedTokens
            ``tokens``, ``tags``, and ``sources``: for each new token the number of the old one.

        Raises
        ------
        TypeError, ValueError
            If tokens and tags do not match, a tag is not allowed where it stands, or a new one is not in `names`;
            names sentence and token.
        """
        return switch_tokens(self, tokens, tags, inside, names, keys, epoch)

    def on(
        self,
        *columns: str,
        into: Mapping[str, str] | None = None,
        keys: str | None = None,
        epoch: int = 0,
        **options: Mapping[str, Any],
    ) -> ColumnSwitcher:
        """A function on batches of columns, for ``datasets.map(..., batched=True, with_indices=True)`` and the like.

        Parameters
        ----------
        columns : str
            Names of the text columns to switch.
        into : mapping of str to str, optional
            Names of new columns for switched ones; default is to replace a column.
        keys : str, optional
            Name of a column of ints or strings that holds the keys of the rows; default are the indices a call is
            given, or else a hash of each text.
        epoch : int, default 0
        options : mappings from column to value
            Options that differ from this switcher's: ``languages={"query": ["de"], "passage": ["ru"]}``, ``p={...}``.
        """
        for option, values in options.items():
            if not isinstance(values, Mapping) or not set(values) <= set(columns):
                raise ValueError(f"{option} is {values!r}; it must map some of the columns {list(columns)} to values")
        if not columns or not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
            raise ValueError(
                f"columns are {list(columns)}; name each text column once: switcher.on('query', 'passage')"
            )
        switchers = {
            column: self.replace(**{option: values[column] for option, values in options.items() if column in values})
            for column in columns
        }
        return ColumnSwitcher(switchers, into=into, keys=keys, epoch=epoch)

    def on_tokens(
        self,
        tokens: str,
        tags: str,
        *,
        inside: Inside = "units",
        names: Any = None,
        into: Mapping[str, str] | None = None,
        keys: str | None = None,
        epoch: int = 0,
    ) -> TokenSwitcher:
        """A function on batches with a column of tokens and one of their tags, as `on` makes one for columns of texts.

        For ``datasets.map(..., batched=True, with_indices=True)`` and the like. A sentence becomes what `apply_tokens`
        makes of it; one that is None, as are its tags then, stays.

        Parameters
        ----------
        tokens, tags : str
            Names of the columns.
        inside
            As for `apply_tokens`.
        names : sequence of str or feature of datasets, optional
            What tags that are numbers mean. Data sets of Hugging Face whose tags are ClassLabel features need none.
        into, keys, epoch
            As for `on`.
        """
        return TokenSwitcher(self, tokens, tags, inside=inside, names=names, into=into, keys=keys, epoch=epoch)

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
        return {**state, "languages": dict(self._languages), "p": dict(self._p), "skip": sorted(self.skip)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.update({name: MappingProxyType(state[name]) for name in ("languages", "p")})
        self.__dict__["skip"] = frozenset(state["skip"])  # pickled in order, so that equal switchers pickle alike

    # -- inside ------------------------------------------------------------------------------------------------------

    @property
    def _languages(self) -> Mapping[str, float]:
        return self.languages  # type: ignore[return-value]  # __post_init__ made it a mapping

    @property
    def _p(self) -> Mapping[str, float]:
        return self.p  # type: ignore[return-value]  # __post_init__ made it a mapping

    @cached_property
    def _language_check(self) -> LanguageCheck:
        return LanguageCheck(self.lexicon, self.tokenizer)

    @cached_property
    def _weights(self) -> Any:
        return running_sums(np.array(list(self._languages.values())))

    @cached_property
    def _plans(self) -> list[Plan]:
        """One plan for all languages, or one for each where a text has one language."""
        languages = list(self._languages)
        return [self._plan([one]) for one in languages] if self.draw_language == "text" else [self._plan(languages)]

    def _plan(self, languages: list[str]) -> Plan:
        """The plan for switching into some of the enabled languages."""
        number = [languages.index(name) if name in languages else -1 for name in self.lexicon.languages]
        skipped = [row for row in map(self.lexicon.find, self.skip) if row is not None]
        return make_plan(
            self.lexicon.columns,
            self.lexicon.index(self.tokenizer, self.max_words),
            np.array(number),
            weights=np.array([self._languages[language] for language in languages]),
            p=np.array([self._p[language] for language in languages]),
            skipped=np.array(skipped, dtype=np.int64),
            candidates=self.candidates,
            keep_missing=self.missing == "keep",
            match_case=self.case == "match",
        )

    def _switch_lists(self, batch: list[str], keys: Keys | None, epoch: int) -> Iterator[_Part]:
        blocks = (_Texts(rows, pack(batch[rows.start : rows.stop], rows.start)) for rows in _blocks(batch))
        return chain.from_iterable(self._switch_blocks(blocks, len(batch), keys, epoch))

    def _switch_blocks(
        self, blocks: Iterable[_Texts], count: int, keys: Keys | None, epoch: int
    ) -> Iterator[list[_Part]]:
        """Switch a batch of `count` texts block by block; the texts of a part share a plan."""
        given = None if keys is None else row_keys(keys, count)
        epoch = whole_number("epoch", epoch, 0, 2**64)
        words = covered = most = 0
        sample = None
        for block in blocks:
            rows = cast(range, block.rows)
            own = draws.keys_of_texts(block.packed) if given is None else given[rows.start : rows.stop]
            parts = list(self._switch_block(block, draws.streams(own, self.seed, epoch)))
            # Texts that drew the source language have no units.
            counted = [part.outcome for part in parts if part.languages != [self.lexicon.source]]
            own_words = sum(outcome.words for outcome in counted)
            words += own_words
            covered += sum(outcome.covered for outcome in counted)
            if own_words > most:
                most, sample = own_words, block.packed
            yield parts
        if sample is not None and (warning := self._language_check.warning(sample, words, covered)):
            warnings.warn(warning, stacklevel=3)

    def _switch_block(self, texts: _Texts, streams: Hashes) -> Iterator[_Part]:
        if self.draw_language == "unit":
            yield self._switch(self._plans[0], list(self._languages), texts, streams)
            return
        drawn = draw_text_languages(streams, self._weights)
        for number, (language, plan) in enumerate(zip(self._languages, self._plans, strict=True)):
            chosen = np.flatnonzero(drawn == number)
            if chosen.size:
                yield self._switch(plan, [language], texts.take(chosen), streams[chosen])

    def _switch(self, plan: Plan, languages: list[str], texts: _Texts, streams: Hashes) -> _Part:
        protected = find_protected(texts.packed, self.protect)
        words = words_of(texts.packed, self.tokenizer, protected, self.lexicon.source)
        return _Part(texts, plan, languages, switch(plan, texts.packed, words, streams))

    def _describe(self, part: _Part) -> Switches:
        """The switches of a part with character offsets, and rows of the whole batch."""
        switches, packed = part.outcome.switches, part.texts.packed
        translations, languages = self.lexicon.columns.translations, part.plan.group_languages[switches.groups]
        rows = np.searchsorted(packed.starts, switches.starts, side="right") - 1
        starts, ends = part.outcome.starts, part.outcome.ends
        return Switches(
            np.asarray(part.texts.rows, dtype=np.int64)[rows],
            packed.to_characters(rows, switches.starts),
            packed.to_characters(rows, switches.ends),
            part.outcome.packed.to_characters(rows, starts),
            part.outcome.packed.to_characters(rows, ends),
            np.array(part.languages, dtype=object)[languages],
            _objects(self.lexicon.columns.terms_of(switches.candidates)),
            _objects(translations[row] for row in switches.candidates.tolist()),
        )


class _Texts(NamedTuple):
    """Some texts of a batch."""

    rows: Sequence[int]
    """Their places in the batch."""
    packed: Packed

    def take(self, chosen: Ints) -> _Texts:
        return _Texts([self.rows[row] for row in chosen.tolist()], take(self.packed, chosen))


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


def _joined(parts: list[_Part]) -> Packed:
    """The switched texts of a block, in order."""
    if len(parts) == 1:
        return parts[0].outcome.packed
    rows = np.concatenate([np.asarray(part.texts.rows, dtype=np.int64) for part in parts])
    return take(concatenate([part.outcome.packed for part in parts]), rows.argsort())


def _blocks(batch: list[str]) -> Iterator[range]:
    """Cut a batch into runs of rows of about `_BLOCK` characters."""
    sizes = np.cumsum(np.fromiter(map(len, batch), dtype=np.int64, count=len(batch)) + 1)
    last = 0
    while last < len(batch):
        first, done = last, int(sizes[last - 1]) if last else 0
        last = max(first + 1, int(np.searchsorted(sizes, done + _BLOCK)))
        yield range(first, last)


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _objects(values: Iterable[str]) -> Any:
    values = list(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
