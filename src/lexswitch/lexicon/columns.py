"""The columns of a lexicon, and sorting pairs into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..engine.characters import is_tidy, normalise_term, normalise_tidy
from ..engine.hashing import MASKS, chunk_view, mix, word_keys
from ..engine.packing import PADDING, Floats, Ints, Mask, Packed, concatenate, pack_lines
from ..engine.sorting import ranks, stable_order
from ..engine.splicing import take
from ..errors import LexiconError
from ..text.languages import to_bcp47

LEAST_WEIGHT, GREATEST_WEIGHT = 1e-30, 1e30

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_EMPTY = re.compile(r"\A\Z")
_BREAKS = re.compile(r"[\t-\r]+")
# Left-to-right and other marks that steer the direction of text, and the byte order mark.
_MARKS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_SURROGATE = re.compile("[\ud800-\udfff]")

#: How the weights of a pair that comes several times are combined; a sum beyond the greatest weight becomes that.
COMBINE = ("max", "min", "mean", "sum")

#: The most bytes (UTF-8) of a term or translation. The time to index a term grows with its length.
LONGEST = 10_000

# Longer translations are taken for alike until they are compared.
_LONGEST_HASHED = 256


class Lines(Sequence[str]):
    """The lines of a text as a sequence; they are parted only when one is asked for."""

    def __init__(self, text: str, count: int) -> None:
        self.text = text
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return self._parted[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parted)

    @cached_property
    def _parted(self) -> list[str]:
        return self.text.split("\n") if self._count else []


class PairBlock(NamedTuple):
    """Some pairs on their way into a lexicon: sequences of equal length."""

    lines: Sequence[int]
    """Where each pair stands in its file, for messages."""
    terms: Sequence[str]
    languages: str | Sequence[str]
    """Target language of all pairs, or of each."""
    translations: Sequence[str]
    weights: Sequence[float] | None = None
    """None for 1."""

    def pair(self, place: int) -> tuple[str, str] | tuple[str, str, float]:
        """Term, translation and, if there are any, weight."""
        pair = self.terms[place], self.translations[place]
        return pair if self.weights is None else (*pair, self.weights[place])

    def where(self, mask: Iterable[bool]) -> PairBlock:
        """The pairs for which the mask is true."""
        places = [place for place, kept in enumerate(mask) if kept]
        return self if len(places) == len(self.terms) else self.at(places)

    def at(self, places: Sequence[int]) -> PairBlock:
        """The pairs at some places, in their order."""
        columns = (
            values if values is None or isinstance(values, str) else [values[at] for at in places] for values in self
        )
        return PairBlock(*columns)  # type: ignore[arg-type]  # each has the type it had


class InvalidPair(NamedTuple):
    """A pair that cannot be in a lexicon."""

    position: int
    """Its position in the block."""
    reason: str


class Columns(NamedTuple):
    """What a lexicon holds: terms in code point order; per term its languages; for each of these candidates.

    Terms are kept in the form in which they are compared, such as "hund". Each pair also keeps the spelling that was
    read, such as "Hund". Neighbours mostly share their spelling, so the columns store runs of pairs.
    """

    terms: Packed
    groups: Ints
    """Shape (terms + 1,): where the groups of each term begin."""
    languages: npt.NDArray[np.uint16]
    """Shape (groups,): positions in Lexicon.languages."""
    candidates: Ints
    """Shape (groups + 1,): where the candidates of each group begin."""
    translations: Packed
    weights: Floats
    spelled: Ints
    """Shape (runs,): the first pair of each run of pairs that share a spelling, from 0."""
    spellings: Packed
    """Shape (runs,): the spelling of the terms of a run; empty where they are spelled as in `terms`."""

    @property
    def has_spellings(self) -> bool:
        """Whether a pair spells its term otherwise than `terms` does."""
        return len(self.spelled) > 1 or bool(self.spellings.lengths[0])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The plain arrays by file name; those of the spellings only if there are any."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "terms": self.terms.buffer,
            "term_starts": self.terms.starts,
            "groups": self.groups,
            "languages": self.languages,
            "candidates": self.candidates,
            "translations": self.translations.buffer,
            "translation_starts": self.translations.starts,
            "weights": self.weights,
        }
        if self.has_spellings:
            arrays["spelled"] = self.spelled
            arrays["spellings"] = self.spellings.buffer
            arrays["spelling_starts"] = self.spellings.starts
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Columns:
        if "spelled" in arrays:
            spelled, spellings = arrays["spelled"], Packed(arrays["spellings"], arrays["spelling_starts"])
        else:
            spelled, spellings = np.zeros(1, dtype=np.int32), _compact(_as_terms())
        return cls(
            Packed(arrays["terms"], arrays["term_starts"]),
            arrays["groups"],
            arrays["languages"],
            arrays["candidates"],
            Packed(arrays["translations"], arrays["translation_starts"]),
            arrays["weights"],
            spelled,
            spellings,
        )

    def runs_of(self, pairs: Ints) -> Ints:
        """The row in `spellings` of each of some pairs."""
        runs: Ints = np.searchsorted(self.spelled, pairs, side="right") - 1
        return runs

    def terms_of(self, pairs: Ints) -> list[str]:
        """The terms of some pairs, as these spell them."""
        groups = np.searchsorted(self.candidates, pairs, side="right") - 1
        rows = np.searchsorted(self.groups, groups, side="right") - 1
        runs = self.runs_of(pairs).tolist()
        return [self.spellings[run] or self.terms[row] for run, row in zip(runs, rows.tolist(), strict=True)]

    @property
    def group_of(self) -> Ints:
        """The group of each pair, shape (pairs,)."""
        sizes = np.diff(self.candidates)
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def row_of(self) -> Ints:
        """The row of each pair's term, shape (pairs,)."""
        sizes = np.diff(self.groups)
        rows: Ints = np.repeat(np.arange(len(sizes)), sizes)[self.group_of]
        return rows


class Pairs(NamedTuple):
    """Pairs in any order: pair i leads from ``terms[rows[i]]`` to ``translations[i]``."""

    terms: Packed
    """Normalised, in any order, perhaps repeated."""
    rows: Ints
    codes: Ints
    """Languages as positions in a list."""
    translations: Packed
    weights: Floats
    spelled: Ints
    """The row in `spellings` of each pair's term as it is spelled; -1 where that is as in `terms`."""
    spellings: Packed
    """In any order, perhaps repeated."""

    def where(self, mask: Mask) -> Pairs:
        """The pairs for which the mask is true."""
        kept = np.flatnonzero(mask)
        used, rows = np.unique(self.rows[kept], return_inverse=True)
        used_spellings, spelled = np.unique(self.spelled[kept], return_inverse=True)
        first = int(np.searchsorted(used_spellings, 0))  # 1 if -1 is among them
        terms, translations = take(self.terms, used), take(self.translations, kept)
        spellings = take(self.spellings, used_spellings[first:])
        return Pairs(terms, rows, self.codes[kept], translations, self.weights[kept], spelled - first, spellings)

    def spelled_terms(self) -> Packed:
        """The term of each pair, as it is spelled."""
        rows = np.where(self.spelled < 0, self.rows, len(self.terms) + self.spelled)
        return take(concatenate([self.terms, self.spellings]), rows)


class _Texts(NamedTuple):
    """The texts of a block, as in `Pairs`; pair i has term i."""

    terms: Packed
    translations: Packed
    spelled: Ints
    spellings: Packed


class Collector:
    """Collects pairs and sorts them into columns.

    `marks` says whether to keep marks that steer the direction of text (Unicode Bidirectional Algorithm, UAX 9), and
    byte order marks. The first languages may be given. `source` is the language of the terms, which decides how they
    are folded.
    """

    def __init__(self, marks: bool = True, languages: Sequence[str] = (), source: str = "") -> None:
        self._marks = marks
        self._source = source
        self._codes = {language: code for code, language in enumerate(languages)}
        self._pairs: list[Pairs] = []

    def add(self, block: PairBlock) -> list[InvalidPair]:
        """Normalise terms, strip translations, and take in what is sound; return what is not."""
        count = len(block.terms)
        terms, translations = _joined_lines(block.terms), _joined_lines(block.translations)
        faults = {**_bad_languages(block.languages, count), **_bad_weights(block.weights)}
        if is_tidy(terms, count) and is_tidy(translations, count) and not faults:
            packed = _pack(normalise_tidy(terms, self._source), terms, translations, count)
            if max(_longest(packed.terms), _longest(packed.translations)) <= LONGEST:
                self._take(block, packed)
                return []
        block = block._replace(
            terms=[" ".join(text.split()) for text in self._without_marks(block.terms)],
            translations=[_BREAKS.sub(" ", text.strip()) for text in self._without_marks(block.translations)],
        )
        normal = [normalise_term(text, self._source) for text in block.terms]
        faults = {**faults, **_bad_texts("term", normal), **_bad_texts("translation", block.translations)}
        kept = [place not in faults for place in range(count)]
        block, normal = block.where(kept), list(compress(normal, kept))
        if normal or not faults:  # a language all of whose pairs are wrong may be wrong itself
            terms, spellings, translations = map("\n".join, (normal, block.terms, block.translations))
            self._take(block, _pack(terms, spellings, translations, len(normal)))
        return [InvalidPair(place, faults[place]) for place in sorted(faults)]

    def _without_marks(self, texts: Sequence[str]) -> Sequence[str]:
        return texts if self._marks else [text.translate(_MARKS) for text in texts]

    def _take(self, block: PairBlock, texts: _Texts) -> None:
        """Take in the pairs of a block, given its texts."""
        count = len(texts.terms)
        weights = np.ones(count) if block.weights is None else np.array(block.weights, dtype=np.float64)
        if isinstance(block.languages, str):
            codes = np.repeat(self._code([block.languages]), count)
        else:
            codes = self._code(block.languages)
        rows = np.arange(count)
        self._pairs.append(Pairs(texts.terms, rows, codes, texts.translations, weights, texts.spelled, texts.spellings))

    def pairs(self) -> Pairs:
        """All pairs so far; their codes are positions in the languages, in the order in which these came."""
        return join_pairs(self._pairs)

    @property
    def num_pairs(self) -> int:
        """Number of pairs so far, repeated ones too."""
        return sum(len(pairs.rows) for pairs in self._pairs)

    @property
    def languages(self) -> tuple[str, ...]:
        """The target languages so far, sorted."""
        return tuple(sorted(self._codes))

    def add_pairs(self, pairs: Pairs, languages: Sequence[str]) -> None:
        """Take in sound pairs, whose codes are positions in `languages`."""
        self._pairs.append(pairs._replace(codes=self._code(languages)[pairs.codes]))

    def _code(self, languages: Sequence[str]) -> Ints:
        codes = self._codes
        for language in dict.fromkeys(languages):
            codes.setdefault(language, len(codes))
        return np.fromiter(map(codes.__getitem__, languages), np.int64, len(languages))

    def build(self, combine: str = "max") -> tuple[tuple[str, ...], Columns]:
        """The target languages, sorted, and the columns; a pair that came several times is there once.

        Raises
        ------
        LexiconError
            If there is no pair.
        """
        pairs = join_pairs(self._pairs)
        if not len(pairs.rows):
            raise LexiconError("a lexicon needs at least one pair of term and translation; none was given")
        languages = self.languages
        position = np.array([languages.index(language) for language in self._codes])
        return languages, _sort(pairs._replace(codes=position[pairs.codes]), len(languages), combine)


def pairs_of(columns: Columns) -> Pairs:
    """The pairs of columns, in their order."""
    codes = columns.languages[columns.group_of].astype(np.int64)
    runs = np.where(columns.spellings.lengths > 0, np.arange(len(columns.spelled)), -1)
    spelled = np.repeat(runs, np.diff(columns.spelled, append=len(codes)))
    return Pairs(
        columns.terms, columns.row_of, codes, columns.translations, columns.weights, spelled, columns.spellings
    )


def _pack(terms: str, spellings: str, translations: str, count: int) -> _Texts:
    """The texts of a block, each the lines of a text: normalised terms, terms as they are spelled, translations."""
    packed = pack_lines(terms, count)
    spelled = spell(packed, packed if spellings == terms else _pack_like(packed, spellings))
    return _Texts(packed, pack_lines(translations, count), *spelled)


def _pack_like(packed: Packed, lines: str) -> Packed:
    """Pack as many lines; if each is as long as its row of `packed`, as folding mostly leaves it, share the starts."""
    data = np.frombuffer(bytearray().join([b"\0", lines.encode(), bytes(1 + PADDING)]), dtype=np.uint8)
    breaks = packed.starts[1:-1] - 1
    if len(data) != len(packed.buffer) or (data[breaks] != ord("\n")).any():
        return pack_lines(lines, len(packed))
    data[breaks] = 0
    return Packed(data, packed.starts)


def spell(terms: Packed, spellings: Packed) -> tuple[Ints, Packed]:
    """The last two columns of `Pairs`, given how each term is spelled."""
    if spellings.starts is terms.starts:  # then whole buffers are compared
        others = np.logical_or.reduceat(terms.buffer != spellings.buffer, terms.starts[:-1]).nonzero()[0]
    else:
        rows = np.arange(len(terms))
        others = (~_equal(terms, rows, spellings, rows)).nonzero()[0]
    spelled = np.full(len(terms), -1)
    spelled[others] = np.arange(len(others))
    return spelled, take(spellings, others)


def spelling_runs(terms: Ints, spelled: Ints, spellings: Packed) -> tuple[Ints, Packed]:
    """The last two columns of `Columns`, given the term of each pair and, as in `Pairs`, how it is spelled."""
    changes = (spelled[1:] != spelled[:-1]).nonzero()[0] + 1
    # Different terms have different spellings.
    alike = (terms[changes] == terms[changes - 1]) & (spelled[changes] >= 0) & (spelled[changes - 1] >= 0)
    at = changes[alike]
    alike[alike] = _equal(spellings, spelled[at - 1], spellings, spelled[at])
    begins = np.append(0, changes[~alike])
    rows = np.where(spelled[begins] < 0, len(spellings), spelled[begins])
    return _small(begins), take_compact(concatenate([spellings, _as_terms()]), rows)


def _as_terms() -> Packed:
    """The spelling of terms that are spelled as they are compared."""
    return pack_lines("", 1)


def _equal(left: Packed, rows: Ints, right: Packed, other_rows: Ints) -> Mask:
    """Whether rows of a batch equal rows of another; eight bytes at once."""
    starts, other_starts = left.starts[rows], right.starts[other_rows]
    lengths = left.starts[rows + 1] - starts - 1
    chunks, others = chunk_view(left.buffer), chunk_view(right.buffer)
    differ = (chunks[starts] ^ others[other_starts]) & MASKS[np.minimum(lengths, 8)]
    equal: Mask = (differ == 0) & (lengths == right.starts[other_rows + 1] - other_starts - 1)
    going, at = (equal & (lengths > 8)).nonzero()[0], 8
    while going.size:
        masks = MASKS[np.minimum(lengths[going] - at, 8)]
        differ = (chunks[starts[going] + at] ^ others[other_starts[going] + at]) & masks
        equal[going] = differ == 0
        at += 8
        going = going[(differ == 0) & (lengths[going] > at)]
    return equal


def _longest(texts: Packed) -> int:
    """The most bytes of a text."""
    return int(texts.lengths.max(initial=0))


def _joined_lines(texts: Sequence[str]) -> str:
    return texts.text if isinstance(texts, Lines) else "\n".join(texts)


def _bad_texts(name: str, texts: Sequence[str]) -> dict[int, str]:
    """The places of texts that cannot be in a lexicon, with reasons."""
    tests = (("empty", _EMPTY), ("control character in", _CONTROL), ("lone surrogate in", _SURROGATE))
    faults = {
        place: f"{what} {name}" for what, fault in tests for place, text in enumerate(texts) if fault.search(text)
    }
    sizes = (len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return {place: f"{name} too long" for place, size in enumerate(sizes) if size > LONGEST} | faults


def _bad_languages(languages: str | Sequence[str], count: int) -> dict[int, str]:
    wrong = {name for name in ({languages} if isinstance(languages, str) else set(languages)) if to_bcp47(name) != name}
    each = [languages] * count if wrong and isinstance(languages, str) else languages
    return {place: "wrong language code" for place in range(count) if each[place] in wrong} if wrong else {}


def _bad_weights(weights: Sequence[float] | None) -> dict[int, str]:
    if weights is None:
        return {}
    values = np.array(weights, dtype=np.float64)
    sound = (values >= LEAST_WEIGHT) & (values <= GREATEST_WEIGHT)
    return dict.fromkeys((~sound).nonzero()[0].tolist(), "weight out of range")


def join_pairs(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of several parts, whose codes are positions in one list, as one."""
    sizes = np.array([len(part.terms) for part in parts], dtype=np.int64)
    offsets = (np.cumsum(sizes) - sizes).tolist()
    return Pairs(
        concatenate([part.terms for part in parts]),
        _joined([part.rows + offset for part, offset in zip(parts, offsets, strict=True)], np.int64),
        _joined([part.codes for part in parts], np.int64),
        concatenate([part.translations for part in parts]),
        _joined([part.weights for part in parts], np.float64),
        *_joined_spellings(parts),
    )


def _joined_spellings(parts: Sequence[Pairs]) -> tuple[Ints, Packed]:
    sizes = np.array([len(part.spellings) for part in parts], dtype=np.int64)
    offsets = (np.cumsum(sizes) - sizes).tolist()
    rows = [part.spelled + offset * (part.spelled >= 0) for part, offset in zip(parts, offsets, strict=True)]
    return _joined(rows, np.int64), concatenate([part.spellings for part in parts])


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *arrays])


def _sort(pairs: Pairs, num_languages: int, combine: str) -> Columns:
    """Order by term, language, weight (the greatest first) and first appearance."""
    ranked = ranks(pairs.terms)
    groups = ranked[pairs.rows] * num_languages + pairs.codes
    first, best, weights = _distinct(groups, pairs.translations, pairs.weights, combine)
    groups = groups[first]
    if len(weights) and (weights == weights[0]).all():
        order = stable_order(groups)
    else:
        order = np.argsort(-weights, kind="stable")
        order = order[stable_order(groups[order])]
    used, sizes = _runs(groups[order])
    terms_used, group_counts = _runs(used // num_languages)
    row_of_rank = np.empty(len(ranked), dtype=np.int64)
    row_of_rank[ranked] = np.arange(len(ranked))
    return Columns(
        take_compact(pairs.terms, row_of_rank[terms_used]),
        bounds(group_counts),
        (used % num_languages).astype(np.uint16),
        bounds(sizes),
        take_compact(pairs.translations, first[order]),
        weights[order],
        *spelling_runs(groups[order] // num_languages, pairs.spelled[best[order]], pairs.spellings),
    )


def _distinct(groups: Ints, translations: Packed, weights: Floats, combine: str) -> tuple[Ints, Ints, Floats]:
    """The first place of each distinct (group, translation), ascending; where its weight is greatest; its weight."""
    suspects = _alike(groups, translations)
    texts = ranks(take(translations, suspects))
    order = np.lexsort((texts, groups[suspects]))  # stable
    begins = _begins(groups[suspects[order]]) | _begins(texts[order])
    order = suspects[order]
    places = begins.nonzero()[0]
    best = np.arange(len(groups))
    if len(places) == len(order):
        return best, best, weights
    by_weight = np.lexsort((-weights[order], np.cumsum(begins)))  # stable, and runs stay where they are
    best[order[places]] = order[by_weight[places]]
    weights = weights.copy()
    weights[order[places]] = _COMBINERS[combine](weights[order], places)
    kept = np.ones(len(groups), dtype=np.bool_)
    kept[order[~begins]] = False
    return kept.nonzero()[0], best[kept], weights[kept]


def _alike(groups: Ints, translations: Packed) -> Ints:
    """The pairs that share the hash of group and translation with another, ascending."""
    keys = word_keys(translations.buffer, translations.starts[:-1], translations.lengths, _LONGEST_HASHED, 0).keys
    keys = mix(keys + mix(groups.view(np.uint64)))
    buckets = (keys >> np.uint64(64 - (2 * len(keys)).bit_length())).astype(np.int64)
    shared = (np.bincount(buckets)[buckets] > 1).nonzero()[0]  # few are left to be sorted
    order = shared[np.argsort(keys[shared])]
    same = ~_begins(keys[order])
    same[:-1] |= same[1:]  # the first of each run too
    return np.sort(order[same])


def _begins(values: npt.NDArray[Any]) -> Mask:
    """Where runs of equal values begin."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """The values and sizes of runs of equal values."""
    places = _begins(values).nonzero()[0]
    return values[places], np.diff(places, append=len(values))


def _mean(weights: Floats, begins: Ints) -> Floats:
    sums: Floats = np.add.reduceat(weights, begins)
    means = sums / np.diff(np.append(begins, len(weights)))
    # Whatever rounding does, the mean of equal weights is that weight.
    return np.clip(means, np.minimum.reduceat(weights, begins), np.maximum.reduceat(weights, begins))


def _sum(weights: Floats, begins: Ints) -> Floats:
    return np.minimum(np.add.reduceat(weights, begins), GREATEST_WEIGHT)


_COMBINERS: dict[str, Callable[[Floats, Ints], Floats]] = {
    "max": np.maximum.reduceat,
    "min": np.minimum.reduceat,
    "mean": _mean,
    "sum": _sum,
}


def bounds(sizes: Ints) -> Ints:
    """Where runs of the given sizes begin and the last ends."""
    return _small(np.append(0, np.cumsum(sizes)))


def _small(offsets: Ints) -> Ints:
    """Offsets as int32 where that suffices, which halves them in memory and in the file."""
    return offsets.astype(np.int32 if offsets[-1] < 2**31 else np.int64)


def _compact(packed: Packed) -> Packed:
    return Packed(packed.buffer, _small(packed.starts))


def take_compact(packed: Packed, rows: Ints) -> Packed:
    """The chosen rows of a packed batch, with small offsets."""
    return _compact(take(packed, rows))
