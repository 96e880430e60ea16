"""Switching of labelled text: character spans (answers, entities), and tokens with BIO or BIOES tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from numbers import Integral
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np

from ..checks import as_texts, check_choice
from .keys import Keys
from .trace import Span, Switched, Switches, check_spans

#: What may be switched in a labelled span: any unit, only the whole span as one unit, or nothing.
Inside: TypeAlias = Literal["units", "whole", "nothing"]

TextSpans: TypeAlias = Sequence[Sequence[Span]]
Sentences: TypeAlias = Sequence[Sequence[str]]
Tags: TypeAlias = "Sequence[Sequence[str]] | Sequence[Sequence[int]]"


class Tracer(Protocol):
    """Switches texts and records the switches, as `CodeSwitcher` does."""

    def trace(self, texts: Sequence[str], *, keys: Keys | None = None, epoch: int = 0) -> Switched: ...


class SwitchedSpans(NamedTuple):
    """Switched texts with their spans."""

    texts: list[str]
    spans: list[list[Span]]
    switches: Switches


class SwitchedTokens(NamedTuple):
    """Switched sentences of tokens."""

    tokens: list[list[str]]
    tags: list[list[Any]]
    """Names of tags, or their numbers if the source tags are numbers."""
    sources: list[list[int]]
    """Position of the source token of each token; for a phrase, of its first token."""


class _TaggedSpan(NamedTuple):
    """An entity: tokens [first, last) with one label, in BIOES or BIO tags."""

    first: int
    last: int
    label: str
    is_bioes: bool


def switch_spans(
    switcher: Tracer, texts: Sequence[str], spans: TextSpans, inside: Inside, keys: Keys | None, epoch: int
) -> SwitchedSpans:
    """See `CodeSwitcher.apply_spans`."""
    texts = as_texts(texts)
    checked = check_spans(spans, [len(text) for text in texts])
    kept = keep_allowed(texts, switcher.trace(texts, keys=keys, epoch=epoch), checked, inside)
    return SwitchedSpans(kept.texts, kept.project(checked), kept.switches)


def keep_allowed(texts: Sequence[str], switched: Switched, spans: TextSpans, inside: Inside) -> Switched:
    """Undo the switches that are not allowed beside these spans."""
    check_choice("inside", inside, ("units", "whole", "nothing"))
    allowed = [is_allowed(start, end, spans[row], inside) for row, start, end in _sources(switched.switches)]
    return _keep(texts, switched, allowed)


def switch_tokens(
    switcher: Tracer, tokens: Sentences, tags: Tags, inside: Inside, names: Any, keys: Keys | None, epoch: int
) -> SwitchedTokens:
    """See `CodeSwitcher.apply_tokens`."""
    check_choice("inside", inside, ("units", "whole", "nothing"))
    known = tag_names(names)
    _check_tokens(tokens, tags)
    texts = [" ".join(sentence) for sentence in tokens]
    bounds = [_bounds(sentence) for sentence in tokens]
    entities = [_entities(row, _named(row, of_row, known)) for row, of_row in enumerate(tags)]
    switched = switcher.trace(texts, keys=keys, epoch=epoch)
    replaced: list[dict[int, tuple[int, list[str]]]] = [{} for _ in tokens]
    for row, start, end, shown in _shown(switched):
        first, last = bounds[row][0].get(start), bounds[row][1].get(end)
        if first is None or last is None:  # a part of a token
            continue
        labels = [(one.first, one.last) for one in entities[row]]
        if (words := shown.split()) and is_allowed(first, last, labels, inside):
            replaced[row][first] = last, words
    result = SwitchedTokens([], [], [])
    for row, parts in enumerate(zip(tokens, entities, replaced, strict=True)):
        new, new_tags, sources = _rebuilt(*parts)
        result.tokens.append(new)
        result.tags.append(new_tags if known is None else _numbered(row, new_tags, known))
        result.sources.append(sources)
    return result


def _named(row: int, tags: Sequence[Any], names: Sequence[str] | None) -> Sequence[Any]:
    """Return the names of the tags of a sentence."""
    if names is None:
        return tags
    named = []
    for number, tag in enumerate(tags):
        if isinstance(tag, (bool, str)) or not isinstance(tag, Integral) or not 0 <= int(tag) < len(names):
            raise ValueError(
                f"tags[{row}][{number}] is {tag!r}; with names it must be a number from 0 to {len(names) - 1}"
            )
        named.append(names[int(tag)])
    return named


def _numbered(row: int, tags: Sequence[str], names: Sequence[str]) -> list[int]:
    """Return the numbers of tags in `names`."""
    for tag in tags:
        if tag not in names:
            raise ValueError(
                f"tokens[{row}] needs the tag {tag!r} after switching, but names is {list(names)}; add the name, or "
                "pass inside='nothing', which does not change entities"
            )
    return [names.index(tag) for tag in tags]


def tag_names(names: Any) -> list[str] | None:
    """Return the names of tags, from a list or from a feature of datasets (ClassLabel or a list of it)."""
    feature = getattr(names, "feature", names)
    names = getattr(feature, "names", feature)
    if names is None:
        return None
    listed = names if isinstance(names, (list, tuple)) else []
    if not listed or not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed):
        raise TypeError(
            f"names is {names!r:.80}; pass the name of each number, ['O', 'B-LOC', ...], or a feature of datasets, "
            "dataset.features['ner_tags']"
        )
    return list(listed)


def align_labels(labels: Sequence[int], word_ids: Sequence[int | None], *, ignore: int = -100) -> list[int]:
    """Return the labels of sub-word pieces, given the labels of words, for training token classifiers.

    Parameters
    ----------
    labels : sequence of int
        One label per word.
    word_ids : sequence of int or None
        Word of each piece, None for special tokens: ``encoding.word_ids()`` of a fast Hugging Face tokenizer that was
        called with ``is_split_into_words=True``.
    ignore : int, default -100
        Label of special tokens, and of all pieces of a word except the first. Losses of PyTorch ignore it.

    Raises
    ------
    ValueError
        If a piece belongs to a word without a label.
    """
    aligned = []
    last = None
    for piece, word in enumerate(word_ids):
        if word is not None and not 0 <= word < len(labels):
            raise ValueError(f"word_ids[{piece}] is {word}, but there are {len(labels)} labels; pass one per word")
        aligned.append(ignore if word is None or word == last else labels[word])
        last = word
    return aligned


def is_allowed(start: int, end: int, spans: Sequence[Span], inside: Inside) -> bool:
    """Return whether a unit may be switched beside these spans: not if it crosses a boundary."""
    for first, last in spans:
        if start < last and first < end:
            within = first <= start and end <= last
            if not {"units": within, "whole": (start, end) == (first, last), "nothing": False}[inside]:
                return False
        elif start < first == last < end:  # an empty span within the unit
            return False
    return True


def _sources(switches: Switches) -> Iterator[tuple[int, int, int]]:
    return zip(switches.row.tolist(), switches.source_start.tolist(), switches.source_end.tolist(), strict=True)


def _shown(switched: Switched) -> Iterator[tuple[int, int, int, str]]:
    """Yield row, source span and new text of each switch."""
    switches = switched.switches
    for (row, start, end), new, last in zip(
        _sources(switches), switches.start.tolist(), switches.end.tolist(), strict=True
    ):
        yield row, start, end, switched.texts[row][new:last]


def _keep(texts: Sequence[str], switched: Switched, allowed: Sequence[bool]) -> Switched:
    """Undo the switches that are not allowed. A switch depends on draws only, so the others stay."""
    mask = np.array(allowed, dtype=np.bool_)
    if mask.all():
        return switched
    result = list(texts)
    pieces: dict[int, list[tuple[int, int, str]]] = {row: [] for row in switched.switches.row[~mask].tolist()}
    for (row, start, end, shown), is_kept in zip(_shown(switched), allowed, strict=True):
        if row not in pieces:
            result[row] = switched.texts[row]
        elif is_kept:
            pieces[row].append((start, end, shown))
    for row, of_row in pieces.items():
        ends = [0, *(end for _, end, _ in of_row)]
        starts = [*(start for start, _, _ in of_row), len(texts[row])]
        shown_texts = [*(shown for _, _, shown in of_row), ""]
        result[row] = "".join(texts[row][a:b] + shown for a, b, shown in zip(ends, starts, shown_texts, strict=True))
    return Switched(result, switched.switches.kept(mask))


def _check_tokens(tokens: Sentences, tags: Tags) -> None:
    if len(tokens) != len(tags):
        raise ValueError(
            f"tags has {len(tags)} sentences, tokens has {len(tokens)}; pass one list of tags per sentence"
        )
    for row, (sentence, of_row) in enumerate(zip(tokens, tags, strict=True)):
        if isinstance(sentence, str) or not all(isinstance(token, str) for token in sentence):
            raise TypeError(f"tokens[{row}] is {sentence!r:.80}; pass a list of str for each sentence")
        if len(sentence) != len(of_row):
            raise ValueError(f"tags[{row}] has {len(of_row)} tags for {len(sentence)} tokens; pass one tag per token")


def _bounds(sentence: Sequence[str]) -> tuple[dict[int, int], dict[int, int]]:
    """Return two maps of offsets in the joined text: start -> token, and end -> next token."""
    ends = list(accumulate((len(token) + 1 for token in sentence), initial=0))
    starts = {start: number for number, start in enumerate(ends[:-1])}
    return starts, {end - 1: number for number, end in enumerate(ends[1:], 1)}


def _entities(row: int, tags: Sequence[Any]) -> list[_TaggedSpan]:
    """Return the entities that BIO or BIOES tags mark."""
    found: list[_TaggedSpan] = []
    is_open = False
    for number, tag in enumerate(tags):
        prefix, _, label = tag.partition("-") if isinstance(tag, str) else ("", "", "")
        follows = is_open and found[-1].label == label
        if prefix in {"B", "S"} and label:
            found.append(_TaggedSpan(number, number + 1, label, prefix == "S"))
        elif prefix in {"I", "E"} and follows:
            found[-1] = found[-1]._replace(last=number + 1, is_bioes=prefix == "E")
        elif isinstance(tag, Integral):
            raise ValueError(
                f"tags[{row}][{number}] is {tag!r}, a number; pass the names of tags, names=['O', 'B-LOC', ...], "
                "or names=dataset.features['ner_tags']"
            )
        elif tag != "O":
            before = repr(tags[number - 1]) if number else "the beginning"
            raise ValueError(
                f"tags[{row}][{number}] is {tag!r} after {before}; allowed are O, and B-X I-X or, in BIOES, "
                "B-X I-X E-X and S-X, in this order"
            )
        is_open = prefix in {"B", "I"}
    return found


def _rebuilt(
    tokens: Sequence[str], entities: Sequence[_TaggedSpan], replaced: dict[int, tuple[int, list[str]]]
) -> tuple[list[str], list[str], list[int]]:
    """Return a sentence with its switches: tokens, tags, and the source token of each."""
    new: list[str] = []
    sources: list[int] = []
    starts = {}  # of each source token in the new sentence
    number = 0
    while number < len(tokens):
        last, words = replaced.get(number, (number + 1, [tokens[number]]))
        for passed in range(number, last):
            starts[passed] = len(new)
        new += words
        sources += [number] * len(words)
        number = last
    starts[len(tokens)] = len(new)
    tags = ["O"] * len(new)
    for entity in entities:
        first, behind = starts[entity.first], starts[entity.last]
        tags[first:behind] = [f"{prefix}-{entity.label}" for prefix in _prefixes(behind - first, entity.is_bioes)]
    return new, tags, sources


def _prefixes(count: int, is_bioes: bool) -> str:
    if not is_bioes:
        return "B" + "I" * (count - 1)
    return "S" if count == 1 else "B" + "I" * (count - 2) + "E"
