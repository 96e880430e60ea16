"""Switching blocks of texts: the plans of a switcher, the words of texts, and the engine that is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import numpy as np

from ..checks import whole_number
from ..engine import draws
from ..engine.characters import has_dotless_i
from ..engine.kernel import CompiledPlans, backend
from ..engine.packing import Floats, Hashes, Ints, Packed
from ..engine.plan import CaseRule, Plan, make_plan, running_sums
from ..engine.switching import Choose, Outcome, draw_text_languages, switch
from ..engine.vocabulary import WordList
from ..engine.words import Spans, Words
from ..lexicon import Lexicon
from ..text.forms import Forms
from ..text.languages import primary_language
from ..text.names import without_names
from ..text.protection import DEFAULT, find_protected, protected_by_default
from ..text.tokenizers import CharacterTokenizer, Tokenizer, WordTokenizer, words_of
from .batches import BatchBlock, SwitchedBlock
from .context import ContextRanker
from .keys import Keys, row_keys
from .language_check import LEAST_WORDS, CoverageCount, LanguageCheck
from .outcomes import BlockOutcomes, KnownTerms, Labels, ReadWords, classify, mark_boundaries, overlaps
from .report import Recorder

if TYPE_CHECKING:
    from .arrow import WholeSwitch


class Options(NamedTuple):
    """The options of a `CodeSwitcher`, checked."""

    lexicon: Lexicon
    languages: Mapping[str, float]
    p: Mapping[str, float]
    draw_language: Literal["unit", "text"]
    candidates: Literal["best", "uniform", "weighted"] | ContextRanker
    missing: Literal["redraw", "keep"]
    max_words: int
    skip: frozenset[str]
    protect: str | None
    case: Literal["match", "lexicon"]
    tokenizer: Tokenizer
    forms: Forms | None
    keep_names: bool
    runs: float | None
    seed: int


class BlockSwitcher:
    """Switches blocks of texts with the options of a `CodeSwitcher`.

    What it builds is kept: the plans, and what the compiled engine needs.
    """

    recorder: Recorder | None = None
    """Records what is switched, for a report."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def recording(self, column: str, before: int, details: bool, is_part: bool) -> tuple[BlockSwitcher, Recorder]:
        """Return the same switcher with a recorder of what it switches; the options are those of `Recorder`.

        The parts of a data set share the check of this switcher, which searches the lexicon once.
        """
        lexicon, tokenizer = self.options.lexicon, self.options.tokenizer
        recorder = Recorder(lexicon, tokenizer, self.switch_block, self.classify, column, before, details)
        copied = object.__new__(BlockSwitcher)
        check = self.language_check if is_part else LanguageCheck(lexicon, tokenizer)
        # The recorder needs blocks, so lists are not switched in one call of the compiled engine.
        copied.__dict__.update(self.__dict__, plans=self.plans, recorder=recorder, compiled=None, language_check=check)
        return copied, recorder

    @cached_property
    def language_check(self) -> LanguageCheck:
        return LanguageCheck(self.options.lexicon, self.options.tokenizer)

    @cached_property
    def _language_sums(self) -> Floats:
        return running_sums(np.array(list(self.options.languages.values())))

    @cached_property
    def plans(self) -> list[Plan]:
        """One plan for all languages, or one plan per language if a text has one language."""
        languages, per_text = list(self.options.languages), self.options.draw_language == "text"
        return [self._plan([one]) for one in languages] if per_text else [self._plan(languages)]

    def _plan(self, languages: list[str]) -> Plan:
        """The plan for switching into some of the enabled languages."""
        options = self.options
        number = [languages.index(name) if name in languages else -1 for name in options.lexicon.languages]
        return make_plan(
            options.lexicon.columns,
            options.lexicon.index(options.tokenizer, options.max_words, options.forms),
            np.array(number),
            weights=np.array([options.languages[language] for language in languages]),
            p=np.array([options.p[language] for language in languages]),
            runs=options.runs,
            skip=WordList.pack(sorted(options.skip)),
            skipped=self._skipped,
            candidates="best" if isinstance(options.candidates, ContextRanker) else options.candidates,
            keep_missing=options.missing == "keep",
            match_case=self._case_rule,
            dotless=np.array([has_dotless_i(name) for name in options.lexicon.languages]),
        )

    @property
    def _case_rule(self) -> CaseRule:
        if self.options.case == "lexicon":
            return CaseRule.OF_LEXICON
        is_english = primary_language(self.options.lexicon.source) == "en"
        return CaseRule.OF_UNIT_BUT_I if is_english else CaseRule.OF_UNIT

    # The compiled engine finds words itself for its two tokenizers, without names. It then switches lists in one
    # call (`compiled`). In other cases it gets the words.

    @property
    def _finds_words(self) -> bool:
        options = self.options
        is_known = type(options.tokenizer) in (WordTokenizer, CharacterTokenizer)
        is_known &= options.protect in (None, DEFAULT)
        return is_known and not options.keep_names and not isinstance(options.candidates, ContextRanker)

    @cached_property
    def compiled(self) -> CompiledPlans | None:
        """All plans for the compiled engine, if it can do everything that the options ask for."""
        return self._compile(self.plans) if self._finds_words and backend().name == "c" else None

    @cached_property
    def _compiled_plans(self) -> dict[int, CompiledPlans]:
        """Each plan by itself, by its identity; empty if there is no compiled engine."""
        return {id(plan): self._compile([plan]) for plan in self.plans} if backend().name == "c" else {}

    def _compile(self, plans: list[Plan]) -> CompiledPlans:
        options, source = self.options, self.options.lexicon.source
        counted = [options.draw_language == "unit" or language != source for language in options.languages]
        return CompiledPlans(
            plans,
            counted[: len(plans)] if len(plans) > 1 else [True],
            self._language_sums if len(plans) > 1 else None,
            source,
            type(options.tokenizer) is CharacterTokenizer,
            protected_by_default if options.protect else None,
            options.seed,
            LEAST_WORDS,
        )

    def arrow_switch(self, keys: Keys | None, epoch: int) -> WholeSwitch | None:
        """Return a function that switches strings in Arrow's layout with the compiled engine, if it can."""
        if (compiled := self.compiled) is None:
            return None

        def switched(data: int, offsets: Ints) -> tuple[bytearray, bytes] | None:
            given = None if keys is None else row_keys(keys, len(offsets) - 1)
            result = compiled.switch_strings(data, offsets, given, whole_number("epoch", epoch, 0, 2**64))
            if result is None:
                return None
            is_due = self.language_check.is_due(result.words, result.covered)
            return None if is_due else result[:2]

        return switched

    @property
    def _skipped(self) -> Ints:
        """Rows of the skipped terms."""
        rows = [row for row in map(self.options.lexicon.find, sorted(self.options.skip)) if row is not None]
        return np.array(rows, dtype=np.int64)

    # Switching has two steps: `switch_all` goes through the blocks of a batch, `switch_block` switches one.

    def switch_all(
        self, blocks: Iterable[BatchBlock], count: int, keys: Keys | None, epoch: int
    ) -> Iterator[list[SwitchedBlock]]:
        """Switch a batch of `count` texts, block by block; warn at the end if few words are in the lexicon."""
        given = None if keys is None else row_keys(keys, count)
        epoch = whole_number("epoch", epoch, 0, 2**64)
        coverage = CoverageCount()
        for block in blocks:
            rows = cast(range, block.rows)
            own = draws.keys_of_texts(block.packed) if given is None else given[rows.start : rows.stop]
            switched = list(self.switch_block(block, draws.streams(own, self.options.seed, epoch)))
            # Texts that drew the source language have no units.
            coverage.add(
                block.packed, [part.outcome for part in switched if part.languages != [self.options.lexicon.source]]
            )
            if self.recorder is not None:
                self.recorder.add(switched)
            yield switched
        advice = self.language_check.warn(coverage, few=self.recorder is not None)
        if advice is not None and self.recorder is not None:
            self.recorder.language_advice = advice

    def switch_block(self, block: BatchBlock, streams: Hashes) -> Iterator[SwitchedBlock]:
        """Switch a block with the plan for all languages, or each text with the plan of the language that it draws."""
        if self.options.draw_language == "unit":
            chosen = [(self.plans[0], list(self.options.languages), block, streams)]
        else:
            drawn = draw_text_languages(streams, self._language_sums)
            rows = [np.flatnonzero(drawn == number) for number in range(len(self.plans))]
            chosen = [
                (plan, [language], block.take(own), streams[own])
                for plan, language, own in zip(self.plans, self.options.languages, rows, strict=True)
                if own.size
            ]
        for plan, languages, texts, own_streams in chosen:
            outcome = self._switch_packed(plan, texts.packed, own_streams)
            yield SwitchedBlock(texts, plan, languages, outcome, own_streams)

    def _words(self, packed: Packed, protected: Spans) -> Words:
        """Return the words of texts; those that must not match have length 0."""
        words = words_of(packed, self.options.tokenizer, protected, self.options.lexicon.source)
        return without_names(packed, words) if self.options.keep_names else words

    def classify(self, part: SwitchedBlock, labels: Labels | None) -> BlockOutcomes:
        """Return what happened to each word of a switched block."""
        packed = part.texts.packed
        protected = find_protected(packed, self.options.protect)
        words = self._words(packed, protected)
        is_protected = overlaps(words, protected)
        read = ReadWords(words, is_protected, ~is_protected & (words.lengths == 0))
        outcomes = classify(part, read, self._known, self.options.lexicon.source)
        if labels is not None:
            mark_boundaries(part, outcomes, labels)
        return outcomes

    @cached_property
    def _known(self) -> KnownTerms:
        """Indexes of terms that the plans may lack."""
        index = self.options.lexicon.index(self.options.tokenizer, self.options.max_words, self.options.forms)
        everything = np.ones(len(self.options.lexicon), dtype=np.bool_)
        single = everything.copy()
        single[self._skipped] = False
        has_all = self.options.draw_language == "unit" and set(self.options.lexicon.languages) <= set(
            self.options.languages
        )
        return KnownTerms(
            None if has_all else index.select(everything, single, WordList.pack(sorted(self.options.skip))),
            index.select(everything, everything) if self.options.skip else None,
        )

    def _switch_packed(self, plan: Plan, packed: Packed, streams: Hashes) -> Outcome:
        """Switch texts with one plan: with the compiled engine if it is there, else with NumPy."""
        chooser, compiled = self._chooser(packed), self._compiled_plans.get(id(plan))
        if self._finds_words and compiled is not None and chooser is None:
            if (outcome := compiled.switch(packed, streams)) is not None:
                return outcome
            compiled = None
        words = self._words(packed, find_protected(packed, self.options.protect))
        outcome = None if compiled is None or chooser is not None else compiled.switch(packed, streams, words)
        return switch(plan, packed, words, streams, chooser) if outcome is None else outcome

    def _chooser(self, packed: Packed) -> Choose | None:
        """Return a function that chooses candidates in the context of these texts; None if the plan chooses them."""
        ranker = self.options.candidates
        return partial(ranker.choose, packed, self.options.lexicon) if isinstance(ranker, ContextRanker) else None
