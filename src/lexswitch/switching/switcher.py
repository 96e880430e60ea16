"""CodeSwitcher: texts in, switched texts out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from functools import cached_property
from itertools import chain, islice, starmap
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ..checks import Texts, as_texts, check_choice, check_flag, whole_number
from ..engine.packing import Packed
from ..lexicon import Lexicon
from ..text.forms import Forms, choose_forms, signature_of
from ..text.protection import DEFAULT
from ..text.tokenizers import Tokenizer, WordTokenizer
from ..version import VERSION
from .batches import BatchBlock, cut, join
from .block_switcher import BlockSwitcher, Options
from .columns import ColumnSwitcher, TokenSwitcher
from .context import ContextRanker
from .keys import Keys, key_list, row_keys
from .labels import Inside, SwitchedSpans, SwitchedTokens, keep_allowed, switch_spans, switch_tokens
from .language_check import LowCoverageWarning
from .options import (
    average_run,
    check_candidates,
    check_lexicon,
    check_names,
    check_pattern,
    check_tokenizer,
    language_weights,
    one_language,
    probabilities,
    skipped_words,
    suggest_options,
)
from .outcomes import (
    Explained,
    Labels,
    join_outcomes,
)
from .report import Recorder, Report
from .trace import Span, Switched, Switches, TraceCall, check_spans, describe

if TYPE_CHECKING:
    from ..engine.kernel import Apply
    from .preview.preview import Preview


class _Compiled:
    """The function of the compiled engine, in a slot: Python reads it faster than a cached property.

    For a batch of one short query, this saves a twelfth of the instructions.
    """

    __slots__ = ("_switch_list",)

    _switch_list: Apply | None


@suggest_options
@dataclass(frozen=True, eq=False, repr=False)
class CodeSwitcher(_Compiled):
    """Replaces words and phrases of texts with translations from a lexicon.

    A *unit* is the longest run of words, from its first word, that is a term of the lexicon. Each unit is switched with
    probability `p`. Everything else is preserved byte for byte. If words of a script without spaces would run together
    in the new script, a blank is inserted beside the translation. The result depends on the text, its key, the options,
    the lexicon, the seed and the epoch, but not on the other texts of the batch.

    Parameters
    ----------
    lexicon : Lexicon
        Its source language is the language of the texts.
    languages : sequence of str or mapping of str to float, optional
        Target languages, or their weights. Default are all languages of the lexicon with equal weights. With
        ``draw_language="text"``, the source language is allowed: a text that draws it is not changed.
    p : float or mapping of str to float, default 0.5
        Probability that a unit is switched, or one probability for each target language.
    draw_language : {"unit", "text"}, default "unit"
        Draw a language for each unit, or one for a whole text. In the latter case, the units of a text are the terms
        that have a translation in its language.
    candidates : {"best", "uniform", "weighted"} or ContextRanker, default "best"
        Use the best candidate, or draw one with equal probability or by weight. A `ContextRanker` chooses the candidate
        that fits the text.
    missing : {"redraw", "keep"}, default "redraw"
        If the drawn language has no translation of the unit: choose another language, or leave the unit unchanged (as
        in the paper; then fewer units are switched than `p` requires).
    max_words : int, default 3
        Maximum number of words of a unit. Longer terms are ignored.
    skip : collection of str or "stopwords", optional
        Words that are not units on their own. "stopwords" is a built-in list for English.
    protect : str or None
        Regular expression of text that is not changed. Default are URLs, e-mail addresses, @names, #tags and special
        tokens such as `<s>` or `[MASK]`. The pattern sees characters that are newer than Unicode 13 as noncharacters.
    case : {"match", "lexicon"}, default "match"
        "match" capitalises the translation of a capitalised unit, and writes the translation of a unit in capitals in
        capitals, if a letter keeps its width in UTF-8 ("ß" stays). The English word "I" is always a capital, so it
        counts only as the first word of a text. "lexicon" keeps the case of the lexicon.
    tokenizer : Tokenizer, optional
        Default is `WordTokenizer`.
    forms : "auto", None or callable, default "auto"
        A word that is not a term matches the term whose inflected form it is: "houses" matches "house", "credit cards"
        matches "credit card". A term matches itself first. In a phrase, one word may be inflected. Translations are not
        inflected. "auto" has rules for English; texts in other languages match terms only. A callable takes a word of
        a term and returns its inflected forms. It must be a function of a module, since its name is in the signature.
    keep_names : bool, default False
        Leave capitalised words unchanged unless they begin a sentence, such as "Doctor Who". Use it for languages that
        capitalise names only. Texts most of whose words are capitalised are titles; there, all words may be switched.
    runs : float, optional
        Average number of units of a *stretch*: switched units of a text with no other unit between them. Units then
        follow a Markov chain, and a unit is still switched with probability `p`. A stretch has one language. If a term
        has no translation into it, `missing` applies to this unit alone. All languages need the same `p`, unless
        ``draw_language="text"``. The least value is the greater of 1 and ``p / (1 - p)``. With ``p=1``, whole texts
        are switched. By default units are independent. The average is then ``1 / (1 - p)``.
    seed : int, default 0
        Random seed.

    Raises
    ------
    TypeError, ValueError
        If an option is not valid. The message names the option, its value and what is allowed.

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
    candidates: Literal["best", "uniform", "weighted"] | ContextRanker = "best"
    missing: Literal["redraw", "keep"] = "redraw"
    max_words: int = 3
    skip: Iterable[str] | Literal["stopwords"] = ()
    protect: str | None = DEFAULT
    case: Literal["match", "lexicon"] = "match"
    tokenizer: Tokenizer = WordTokenizer()
    forms: Forms | Literal["auto"] | None = "auto"
    keep_names: bool = False
    runs: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "_all_languages", self.languages is None)
        check_lexicon(self.lexicon)
        check_tokenizer(self.tokenizer)
        check_choice("draw_language", self.draw_language, ("unit", "text"))
        languages = language_weights(self.lexicon, self.languages, self.draw_language == "text")
        object.__setattr__(self, "languages", MappingProxyType(languages))
        if isinstance(self.p, Mapping):
            self.lexicon.check_languages([language for language in self.p if language != self.lexicon.source])
        object.__setattr__(self, "p", MappingProxyType(probabilities(self.p, languages, self.lexicon.source)))
        object.__setattr__(self, "skip", skipped_words(self.lexicon, self.skip))
        object.__setattr__(self, "max_words", whole_number("max_words", self.max_words, 1, 2**31))
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0, 2**64))
        check_candidates(self.candidates)
        check_choice("missing", self.missing, ("redraw", "keep"))
        check_choice("case", self.case, ("match", "lexicon"))
        check_flag("keep_names", self.keep_names)
        object.__setattr__(self, "runs", average_run(self.runs, self._p, self.draw_language == "text"))
        check_pattern(self.protect)
        choose_forms(self.forms, self.lexicon.source)

    # -- presets -----------------------------------------------------------------------------------------------------

    @classmethod
    def bilingual(cls, lexicon: Lexicon, language: str, **options: Any) -> CodeSwitcher:
        """Return a switcher as in BL-CS of the paper: single words into one language, p = 0.5.

        Parameters
        ----------
        lexicon : Lexicon
        language : str
            Target language.
        options
            Other options of `CodeSwitcher`, and other values of those that the preset sets: ``max_words=1``
            and ``missing="keep"``.

        Returns
        -------
        CodeSwitcher

        Raises
        ------
        TypeError, ValueError
            If an option is not valid. The message names the option, its value and what is allowed.
        """
        return cls(lexicon, one_language(language), **{"max_words": 1, "missing": "keep", **options})

    @classmethod
    def multilingual(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> CodeSwitcher:
        """Return a switcher as in ML-CS of the paper: each word into a language drawn for it, p = 0.5.

        If the language has no translation, the word stays.

        Parameters
        ----------
        lexicon : Lexicon
        languages : sequence of str or mapping of str to float, optional
            Target languages, or their weights. Default are all languages of the lexicon with equal weights.
        options
            Other options of `CodeSwitcher`, and other values of those that the preset sets: ``max_words=1``
            and ``missing="keep"``.

        Returns
        -------
        CodeSwitcher

        Raises
        ------
        TypeError, ValueError
            If an option is not valid. The message names the option, its value and what is allowed.
        """
        return cls(lexicon, languages, **{"max_words": 1, "missing": "keep", **options})

    @classmethod
    def wiki_cs(cls, lexicon: Lexicon, languages: Any = None, **options: Any) -> CodeSwitcher:
        """Return a switcher as in Wiki-CS of the paper: phrases, no single stop words, one language per text, p = 1.

        Parameters
        ----------
        lexicon : Lexicon
        languages : sequence of str or mapping of str to float, optional
            Target languages, or their weights. Default are all languages of the lexicon with equal weights.
        options
            Other options of `CodeSwitcher`, and other values of those that the preset sets: ``p=1.0``,
            ``draw_language="text"`` and ``skip="stopwords"``, a list for English.

        Returns
        -------
        CodeSwitcher

        Raises
        ------
        TypeError, ValueError
            If an option is not valid. The message names the option, its value and what is allowed.
        """
        return cls(lexicon, languages, **{"p": 1.0, "draw_language": "text", "skip": "stopwords", **options})

    @classmethod
    def translate(cls, lexicon: Lexicon, language: str, **options: Any) -> CodeSwitcher:
        """Return a switcher as in Translate-Test of the paper: every term into one language, p = 1.

        Parameters
        ----------
        lexicon : Lexicon
        language : str
            Target language.
        options
            Other options of `CodeSwitcher`, and other values of those that the preset sets: ``p=1.0``.

        Returns
        -------
        CodeSwitcher

        Raises
        ------
        TypeError, ValueError
            If an option is not valid. The message names the option, its value and what is allowed.
        """
        return cls(lexicon, one_language(language), **{"p": 1.0, **options})

    def replace(self, **options: Any) -> CodeSwitcher:
        """Return the same switcher with some options changed.

        Parameters
        ----------
        options
            Options of `CodeSwitcher`. The others keep their values. If `languages` was not given, a new lexicon is used
            with all its languages. If `languages` changes and all languages have the same `p`, the new ones have it,
            too.

        Returns
        -------
        CodeSwitcher

        Raises
        ------
        TypeError, ValueError
            If an option is not valid, or does not fit the others. The message names it.
        """
        if self._has_all_languages:
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
            One key per text. Equal texts with different keys are switched differently. Default is a hash of the text.
        epoch : int, default 0
            Texts are switched differently in each epoch.

        Returns
        -------
        list of str

        Raises
        ------
        TypeError
            If `texts` is not a list of str. The message names the position.
        ValueError
            If a text has lone surrogates, or `keys` has another length.

        Warns
        -----
        LowCoverageWarning
            If less than 1 % of at least 1,000 words are in units. Texts that draw the source language do not count.
        WrongLanguageWarning
            If less than half of at least 1,000 words are in units, and most letters are not in a script of the source
            language, or more words are translations than terms. Each switcher warns once.
        """
        try:
            switch = self._switch_list
        except AttributeError:  # the first call
            switch = self._prepare()
        if switch is not None:
            done = switch(texts, keys, epoch)
            if done is None:  # other types than list of str, list of int and int; or an error
                texts = as_texts(texts)
                keys = None if keys is None else key_list(keys, len(texts))
                done = switch(texts, keys, whole_number("epoch", epoch, 0, 2**64))
            if type(done) is list:
                return done
            if type(done) is tuple and not self._blocks.language_check.is_due(*done[1:]):
                return done[0]
        batch = as_texts(texts)
        result = batch.copy()
        for block in chain.from_iterable(self._blocks.switch_all(cut(batch), len(batch), keys, epoch)):
            block.put(result)
        return result

    def trace(self, texts: Texts, *, keys: Keys | None = None, epoch: int = 0) -> Switched:
        """Switch texts as `apply` does, and also return a record of every switch.

        Parameters
        ----------
        texts : sequence of str
        keys, epoch
            As for `apply`.

        Returns
        -------
        Switched
            With ``texts``, ``switches`` and the method `Switched.project`.

        Raises
        ------
        TypeError, ValueError
            As for `apply`.
        """
        batch = as_texts(texts)
        result = batch.copy()
        described = []
        for block in chain.from_iterable(self._blocks.switch_all(cut(batch), len(batch), keys, epoch)):
            block.put(result)
            described.append(describe(block, self.lexicon.columns))
        return Switched(result, Switches.join(described), TraceCall(self, batch, keys, epoch))

    def explain(
        self,
        texts: Texts,
        *,
        spans: Sequence[Sequence[Span]] | None = None,
        inside: Inside = "units",
        keys: Keys | None = None,
        epoch: int = 0,
    ) -> Explained:
        """Switch texts as `apply` does, and return what happened to each word: switched, or why it stayed.

        Parameters
        ----------
        texts : sequence of str
        spans, inside : optional
            Labelled spans, as for `apply_spans`.
        keys, epoch
            As for `apply`.

        Returns
        -------
        Explained
            With ``switched``, which equals the result of `trace`, and the columns ``words`` and ``units``.

        Raises
        ------
        TypeError, ValueError
            As for `apply` and `apply_spans`.
        """
        batch = as_texts(texts)
        labels = _labels(batch, spans, inside)
        result = batch.copy()
        parts, described = [], []
        for block in chain.from_iterable(self._blocks.switch_all(cut(batch), len(batch), keys, epoch)):
            block.put(result)
            described.append(describe(block, self.lexicon.columns))
            parts.append((block, self._blocks.classify(block, labels)))
        switched = Switched(result, Switches.join(described))
        if labels is not None:
            switched = keep_allowed(batch, switched, *labels)
        languages = [language for language in self._languages if language != self.lexicon.source]
        return join_outcomes(batch, switched, parts, self.lexicon, languages)

    def report(
        self,
        texts: Texts,
        *,
        spans: Sequence[Sequence[Span]] | None = None,
        inside: Inside = "units",
        keys: Keys | None = None,
        epoch: int = 0,
    ) -> Report:
        """Switch texts as `apply` does, and return what happened: shares, coverage, reasons, indices, advice.

        Parameters
        ----------
        texts : iterable of str
            Without `keys` and `spans`, an iterator is read in blocks, so its texts may be larger than memory. Of any
            other iterable, all texts are in memory.
        spans, inside : optional
            Labelled spans, as for `apply_spans`.
        keys, epoch
            As for `apply`.

        Returns
        -------
        Report

        Raises
        ------
        TypeError, ValueError
            As for `apply` and `apply_spans`.
        """
        is_stream = keys is None and spans is None and isinstance(texts, Iterator)
        blocks: Iterable[list[str]] = _in_blocks(texts) if is_stream else [as_texts(texts)]
        recording, recorder = self._recording()
        first = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LowCoverageWarning)  # the report has advice instead
            for batch in blocks:
                recorder.labels = _labels(batch, spans, inside)
                for _ in recording._blocks.switch_all(cut(batch, first), len(batch), keys, epoch):
                    pass
                first += len(batch)
        return recorder.report()

    def recording(self, details: bool = True) -> tuple[CodeSwitcher, Callable[[], Report]]:
        """Return the same switcher, which records what it switches, and a function that returns the report so far.

        Parameters
        ----------
        details : bool, default True
            Whether to count the details of a sample, too. Without them, recording takes less time.

        Returns
        -------
        CodeSwitcher, callable
            The function returns a `Report`.

        Raises
        ------
        TypeError
            If `details` is not True or False.
        """
        check_flag("details", details)
        recording, recorder = self._recording(details=details)
        return recording, recorder.report

    def apply_arrow(self, column: Any, *, keys: Keys | None = None, epoch: int = 0) -> Any:
        """Switch a column of strings as `apply` does, from buffer to buffer, without Python strings.

        Parameters
        ----------
        column : pyarrow Array or ChunkedArray of strings, pandas Series or polars Series
            Slices and nulls are allowed; nulls stay.
        keys : sequence of int or of str, optional
            One key per row, also for nulls. Default is a hash of the text.
        epoch : int, default 0

        Returns
        -------
        same type as `column`
            With the same Arrow or pandas type, name and index.

        Raises
        ------
        TypeError
            If `column` has another type.
        ValueError
            If a text is not valid UTF-8, `keys` has another length, or the switched texts are too large for the type.
        ImportError
            If pyarrow is not installed.
        """
        from .arrow import map_strings

        def switched(blocks: Iterable[tuple[range, Packed]], count: int) -> Iterator[Packed]:
            return map(join, self._blocks.switch_all(starmap(BatchBlock, blocks), count, keys, epoch))

        return map_strings(column, switched, self._blocks.arrow_switch(keys, epoch))

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

        A unit that crosses the boundary of a span is not switched. So each span keeps its content, translated or not.
        (`Switched.project` maps any span, without this rule.)

        Parameters
        ----------
        texts : sequence of str
        spans : sequence of sequences of (start, end)
            For each text its spans in characters, in any order. They may overlap.
        inside : {"units", "whole", "nothing"}, default "units"
            What may be switched in a span: any unit, only the whole span as one unit, or nothing.
        keys, epoch
            As for `apply`.

        Returns
        -------
        SwitchedSpans
            With ``texts``, ``spans`` in the new texts, and ``switches``.

        Raises
        ------
        TypeError, ValueError
            If a span is not inside its text, or the lists do not match. The message names row and span.
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

        Words are found in the tokens joined by blanks. A unit is not switched if it ends within a token or crosses the
        boundary of an entity. A translation of several words becomes several tokens, and the entity gets new tags:
        ``B-LOC`` may become ``B-LOC I-LOC``. An entity whose last tag is ``E-X`` or ``S-X`` gets BIOES tags, any other
        entity gets BIO tags.

        Parameters
        ----------
        tokens : sequence of sequences of str
        tags : sequence of sequences of str or int
            One tag per token: ``O``, ``B-X``, ``I-X``, and in BIOES ``E-X`` and ``S-X``; or their numbers in `names`.
        inside : {"units", "whole", "nothing"}, default "units"
            What may be switched in an entity: any unit, only the whole entity as one unit, or nothing.
        names : sequence of str or feature of datasets, optional
            Names of tags that are numbers: ``["O", "B-LOC", ...]`` or ``dataset.features["ner_tags"]``. The new tags
            are then numbers, too.
        keys, epoch
            As for `apply`.

        Returns
        -------
        SwitchedTokens
            With ``tokens``, ``tags``, and ``sources``: the position of the source token of each new token.

        Raises
        ------
        TypeError, ValueError
            If tokens and tags do not match, a tag is not allowed at its position, or a new tag is not in `names`. The
            message names sentence and token.
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
        """Return a function on batches of columns, for ``datasets.map(..., batched=True, with_indices=True)`` etc.

        Parameters
        ----------
        columns : str
            Names of the text columns to switch.
        into : mapping of str to str, optional
            Source column -> new column, for some or all of `columns`. A column that has the new name is replaced. By
            default a switched column replaces its source.
        keys : str, optional
            Name of a column of ints or strings with the keys of the rows; it has no nulls. Default are the indices that
            a call gets, or else a hash of each text.
        epoch : int, default 0
            Rows are switched differently in each epoch; `ColumnSwitcher.at` changes it.
        options : mappings from column to value
            Options of single columns: ``languages={"query": ["de"], "passage": ["ru"]}``, ``p={...}``.

        Returns
        -------
        ColumnSwitcher

        Raises
        ------
        TypeError, ValueError
            If there is no column, a column is named twice, or an option names another column or is not valid.
        """
        check_names(options, ["into", "keys", "epoch", *(field.name for field in fields(self))])
        for option, values in options.items():
            if not isinstance(values, Mapping) or not set(values) <= set(columns):
                example = {columns[0] if columns else "query": "..." if isinstance(values, Mapping) else values}
                raise ValueError(
                    f"{option} is {values!r}; pass a value for some of the columns {list(columns)}, as in "
                    f"{option}={example!r}"
                )
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
        """Return a function on batches with a column of tokens and a column of their tags.

        Like `on`, it fits ``datasets.map(..., batched=True, with_indices=True)``. Sentences are switched as in
        `apply_tokens`. A sentence may be None if its tags are None; it stays.

        Parameters
        ----------
        tokens, tags : str
            Names of the columns.
        inside
            As for `apply_tokens`.
        names : sequence of str or feature of datasets, optional
            Names of tags that are numbers. Hugging Face data sets whose tags are ClassLabel features do not need them.
        into, keys, epoch
            As for `on`.

        Returns
        -------
        TokenSwitcher

        Raises
        ------
        TypeError, ValueError
            If a column is not named, both are the same, or an option is not valid.
        """
        return TokenSwitcher(self, tokens, tags, inside=inside, names=names, into=into, keys=keys, epoch=epoch)

    def preview(self, texts: Texts, *, keys: Keys | None = None, epoch: int = 0) -> Preview:
        """Switch texts as `apply` does, to look at them: in a browser, in a notebook or in a terminal.

        Parameters
        ----------
        texts : sequence of str
            If there are more than 2,000 texts or 1,000,000 characters, the preview shows a random sample.
        keys, epoch
            As for `apply`.

        Returns
        -------
        Preview
            ``preview.save("preview.html")`` writes a page, ``print(preview)`` shows the texts in a terminal.

        Raises
        ------
        TypeError, ValueError
            As for `apply`.
        """
        from .preview.preview import MOST_TEXTS, Preview
        from .preview.sampling import TextSample

        batch = as_texts(texts)
        sample = TextSample(MOST_TEXTS)
        sample.add_texts(batch, None if keys is None else row_keys(keys, len(batch)))
        return Preview("Preview", sample, {"": self}, epoch=whole_number("epoch", epoch, 0, 2**64))

    # -- identity ----------------------------------------------------------------------------------------------------

    @cached_property
    def signature(self) -> str:
        """A short string that identifies version, lexicon, options and seed."""
        shown = {
            "version": VERSION,
            "lexicon": self.lexicon.signature,
            "languages": ",".join(f"{language}:{weight:.12g}" for language, weight in self._languages.items()),
            "p": ",".join(f"{value:.12g}" for value in self._p.values()),
            "draw_language": self.draw_language,
            "candidates": self.candidates.signature if isinstance(self.candidates, ContextRanker) else self.candidates,
            "missing": self.missing,
            "max_words": self.max_words,
            "skip": _digest("\n".join(sorted(self.skip))) if self.skip else "none",
            "protect": "default" if self.protect == DEFAULT else _digest(self.protect) if self.protect else "none",
            "case": self.case,
            "tokenizer": self.tokenizer.signature,
            "forms": signature_of(self._forms),
            "keep_names": self.keep_names,
            **({} if self.runs is None else {"runs": f"{self.runs:.12g}"}),
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
        state = {field.name: getattr(self, field.name) for field in fields(self)}  # without cached properties
        state["_all_languages"] = self._has_all_languages
        return {**state, "languages": dict(self._languages), "p": dict(self._p), "skip": sorted(self.skip)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.update({name: MappingProxyType(state[name]) for name in ("languages", "p")})
        self.__dict__["skip"] = frozenset(state["skip"])  # pickled in order, so that equal switchers pickle alike

    # -- inside ------------------------------------------------------------------------------------------------------

    @property
    def _has_all_languages(self) -> bool:
        """Whether the option `languages` was None."""
        return bool(self.__dict__["_all_languages"])

    @property
    def _languages(self) -> Mapping[str, float]:
        return self.languages  # type: ignore[return-value]  # __post_init__ made it a mapping

    @property
    def _p(self) -> Mapping[str, float]:
        return self.p  # type: ignore[return-value]  # __post_init__ made it a mapping

    @property
    def _forms(self) -> Forms | None:
        return choose_forms(self.forms, self.lexicon.source)

    def _prepare(self) -> Apply | None:
        """Return the function that switches a list with the compiled engine, if it can; keep it for later calls."""
        compiled = self._blocks.compiled
        switch = None if compiled is None else compiled.apply
        object.__setattr__(self, "_switch_list", switch)
        return switch

    @cached_property
    def _blocks(self) -> BlockSwitcher:
        """Switches blocks of texts with these options."""
        return BlockSwitcher(
            Options(
                **{name: getattr(self, name) for name in Options._fields if name != "forms"},
                forms=self._forms,
            )
        )

    def _recording(
        self, column: str = "text", before: int = 0, details: bool = True, is_part: bool = False
    ) -> tuple[CodeSwitcher, Recorder]:
        """Return the same switcher with a recorder of what it switches; see `BlockSwitcher.recording`."""
        blocks, recorder = self._blocks.recording(column, before, details, is_part)
        copied = object.__new__(CodeSwitcher)
        copied.__dict__.update(self.__dict__, _blocks=blocks)
        object.__setattr__(copied, "_switch_list", None)
        return copied, recorder


def _in_blocks(texts: Iterable[str], size: int = 10_000) -> Iterator[list[str]]:
    """Yield the texts of an iterator in lists."""
    rest, first = iter(texts), 0
    while block := list(islice(rest, size)):
        for row, text in enumerate(block, first):
            if not isinstance(text, str):
                raise TypeError(f"texts[{row}] is {type(text).__name__}, not str; pass an iterator of str")
        yield block
        first += len(block)


def _labels(texts: list[str], spans: Sequence[Sequence[Span]] | None, inside: Inside) -> Labels | None:
    check_choice("inside", inside, ("units", "whole", "nothing"))
    return None if spans is None else Labels(check_spans(spans, [len(text) for text in texts]), inside)


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
