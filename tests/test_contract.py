"""The contract: its invariants over generated lexicons, options and texts, and statistics with fixed seeds."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon, Switched, WordTokenizer
from lexswitch.engine.characters import normalise_term

from . import strategies
from .chance import assert_share, assert_shares
from .differential import compare
from .reference import Reference, are_joined, find_words
from .sentences import SENTENCES
from .strategies import Case, cases

contract = settings.get_profile("contract")

# -- the whole contract at once ----------------------------------------------------------------------------------------


@contract
@given(cases())
def test_engine_equals_reference(case: Case) -> None:
    """Texts and switches are those of the plain-Python specification, and apply and trace agree."""
    texts, switches = Reference(case.pairs, **case.options, source=case.source).switch(case.texts, **case.call)
    traced = case.switcher.trace(case.texts, **case.call)
    assert list(traced.switches) == switches
    assert traced.texts == texts
    assert case.switcher.apply(case.texts, **case.call) == texts


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_engine_equals_reference_on_sentences(language: str) -> None:
    """Texts and switches are those of the specification on sentences of five languages."""
    compared, different = compare(SENTENCES[language], by_character=language == "zh")
    assert compared >= 60
    assert different == []


# -- 1: text outside switched spans is byte-identical ------------------------------------------------------------------


def rebuild(switched: Switched) -> list[list[str]]:
    """Each text cut at its switches: kept and switched pieces by turns."""
    pieces: list[list[str]] = []
    for row, text in enumerate(switched.texts):
        own = [switch for switch in switched.switches if switch.row == row]
        bounds = [0, *(at for switch in own for at in (switch.start, switch.end)), len(text)]
        pieces.append([text[start:end] for start, end in pairwise(bounds)])
    return pieces


@contract
@given(cases())
def test_untouched_text_is_kept(case: Case) -> None:
    """The source comes back, byte for byte, when its spans are put in the place of the switches."""
    switched = case.switcher.trace(case.texts, **case.call)
    sources = rebuild(switched)
    for row, text in enumerate(case.texts):
        own = [switch for switch in switched.switches if switch.row == row]
        sources[row][1::2] = [text[switch.source_start : switch.source_end] for switch in own]
    assert ["".join(pieces) for pieces in sources] == case.texts


@contract
@given(cases())
def test_nothing_happens_with_p_0(case: Case) -> None:
    """With p = 0 the output is the input."""
    assert case.switcher.replace(p=0).apply(case.texts, **case.call) == case.texts


@contract
@given(st.lists(strategies.any_text, max_size=5), strategies.tokenizers)
def test_nothing_happens_without_a_match(texts: list[str], tokenizer: Any) -> None:
    """Where no term occurs the output is the input, for any text; an empty batch gives an empty batch."""
    lexicon = Lexicon.from_pairs({"de": [("qxqxqxqxq qxqxqxqxq", "x"), ("qxqxqxqxq", "y")]})
    switcher = CodeSwitcher(lexicon, p=1, tokenizer=tokenizer)
    assert switcher.apply(texts) == texts
    assert switcher.apply([]) == []
    assert list(switcher.trace([]).switches) == []


# -- 2: a row depends on itself only -----------------------------------------------------------------------------------


@contract
@given(cases(), st.data())
def test_batches_do_not_matter(case: Case, data: st.DataObject) -> None:
    """Rows come out the same in any order, repeated, in any cut, and alone."""
    switcher = case.switcher
    expected = switcher.apply(case.texts, **case.call)
    order = data.draw(st.lists(st.sampled_from(range(len(case.texts))), max_size=8)) if case.texts else []
    cut = data.draw(st.integers(0, len(order)))
    got = []
    for rows in (order[:cut], order[cut:], *([row] for row in order)):
        keys = None if case.keys is None else [case.keys[row] for row in rows]
        got += switcher.apply([case.texts[row] for row in rows], keys=keys, epoch=case.epoch)
    assert got == [expected[row] for row in order + order]


@contract
@given(cases())
def test_objects_do_not_matter(case: Case) -> None:
    """An equal switcher, a pickled one, and one that has worked before give the same rows and signature."""
    switcher = case.switcher
    expected = switcher.apply(case.texts, **case.call)
    for other in (case.switcher, pickle.loads(pickle.dumps(switcher)), switcher):
        assert other.apply(case.texts, **case.call) == expected
        assert other.signature == switcher.signature


@contract
@given(cases())
def test_order_of_options_does_not_matter(case: Case) -> None:
    """The order in which languages and their pairs are named changes nothing."""
    languages = case.options.get("languages")
    turned = dict(case.options)
    if languages is not None:
        turned["languages"] = dict(reversed(languages.items())) if isinstance(languages, dict) else languages[::-1]
    other = CodeSwitcher(Lexicon.from_pairs(dict(reversed(case.pairs.items())), case.source), **turned)
    assert other.signature == case.switcher.signature
    assert other.apply(case.texts, **case.call) == case.switcher.apply(case.texts, **case.call)


_SCRIPT = """
import json, sys
from lexswitch import CodeSwitcher, Lexicon
switcher = CodeSwitcher(Lexicon.starter(), {"de": 2, "ru": 1, "zh": 1}, candidates="weighted", skip={"the", "a", "of"})
texts = json.load(sys.stdin)
outputs = [text for at in range(0, len(texts), 7) for text in switcher.apply(texts[at : at + 7], epoch=1)]
json.dump([switcher.signature, outputs], sys.stdout)
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_processes_do_not_matter(hash_seed: str) -> None:
    """Another process with another PYTHONHASHSEED, in batches of seven, gives the same rows as one batch here."""
    texts = SENTENCES["en"]
    switcher = CodeSwitcher(
        Lexicon.starter(), {"de": 2, "ru": 1, "zh": 1}, candidates="weighted", skip={"the", "a", "of"}
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert run.stderr == ""
    assert json.loads(run.stdout) == [switcher.signature, switcher.apply(texts, epoch=1)]


@pytest.mark.slow
def test_parts_of_a_large_batch_do_not_matter() -> None:
    """A batch that is larger than what is worked on at once gives the same rows as its texts alone."""
    texts = [" ".join(SENTENCES["en"][number:] * 40) for number in range(40)]
    assert sum(map(len, texts)) > 2**21
    for options in ({}, {"draw_language": "text"}):
        switcher = CodeSwitcher(Lexicon.starter(), ["de", "ja"], **options)
        switched = switcher.trace(texts)
        assert switched.texts == [switcher.apply([text])[0] for text in texts]
        rows = [switch.row for switch in switched.switches]
        assert rows == sorted(rows)
        assert set(rows) == set(range(40))


# -- 3: a match is a real match ----------------------------------------------------------------------------------------


@contract
@given(cases())
def test_matches_are_real(case: Case) -> None:
    """A switched span is the term, both normalised."""
    switcher = case.switcher.replace(tokenizer=WordTokenizer())
    for switch in switcher.trace(case.texts, **case.call).switches:
        span = case.texts[switch.row][switch.source_start : switch.source_end]
        assert normalise_term(span, case.source) == normalise_term(switch.term, case.source)


# -- 4: units are the leftmost-longest matches -------------------------------------------------------------------------


@contract
@given(cases())
def test_units_are_leftmost_longest(case: Case) -> None:
    """With p = 1 no term begins at a word that was left, and none that begins where a switch does is longer."""
    lexicon = case.lexicon
    max_words = case.options.get("max_words", 3)
    switched = CodeSwitcher(lexicon, p=1, max_words=max_words, protect=None).trace(case.texts)
    for row, text in enumerate(case.texts):
        words = find_words(text, WordTokenizer())
        ends = {switch.source_start: switch.source_end for switch in switched.switches if switch.row == row}
        reached = 0
        for first, (start, end) in enumerate(words):
            if start < reached:
                continue
            reached = ends.get(start, end)
            longer = [start] if start not in ends else []
            for last in range(first, min(first + max_words, len(words))):
                if last > first and not are_joined(text[words[last - 1][1] : words[last][0]]):
                    break
                longer += [words[last][1]] * (words[last][1] > reached or start not in ends)
            assert not any(text[start:stop] in lexicon for stop in longer)


# -- 6: every switch can be traced -------------------------------------------------------------------------------------


@contract
@given(cases())
def test_switches_are_traced(case: Case) -> None:
    """Each switch names a language that is enabled and one of its candidates, which stands at its offsets."""
    switcher = case.switcher
    switched = switcher.trace(case.texts, **case.call)
    places = [(switch.row, switch.source_start, switch.start) for switch in switched.switches]
    assert places == sorted(places)
    for switch in switched.switches:
        assert switch.language in (switcher.languages or ())
        candidates = switcher.lexicon[switch.term][switch.language]
        assert switch.translation in [candidate.translation for candidate in candidates]
        if switcher.candidates == "best":
            assert switch.translation == candidates[0].translation
        shown = switched.texts[switch.row][switch.start : switch.end]
        assert shown.strip(" ").casefold() == switch.translation.casefold()
        assert shown.strip(" ") == switch.translation or switcher.case == "match"


# -- 5: shares ---------------------------------------------------------------------------------------------------------

WORDS = ("house", "tree", "river", "cloud")
TEXTS = [" ".join(WORDS) + f" {number}" for number in range(5_000)]
EVEN = Lexicon.from_pairs({language: [(word, language + word) for word in WORDS] for language in ("de", "fr", "ru")})
UNITS = len(TEXTS) * len(WORDS)


def languages_of(switched: Switched) -> Counter[str]:
    return Counter(switched.switches.language.tolist())


@pytest.mark.parametrize("p", [0.0, 0.001, 0.25, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("draw_language", ["unit", "text"])
def test_share_is_p(p: float, draw_language: Any) -> None:
    """The share of switched units is p."""
    assert_share(len(CodeSwitcher(EVEN, p=p, draw_language=draw_language).trace(TEXTS).switches), UNITS, p)


@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_units_draw_independently(seed: int) -> None:
    """Neighbouring units of a text, and the same unit of neighbouring texts, are switched together by a quarter."""
    switches = CodeSwitcher(EVEN, p=0.5, seed=seed).trace(TEXTS, keys=range(len(TEXTS))).switches
    coins = set(zip(switches.row.tolist(), switches.term.tolist(), strict=True))
    pairs = list(pairwise(WORDS))
    rows = range(len(TEXTS))
    beside = sum((row, one) in coins and (row, other) in coins for row in rows for one, other in pairs)
    below = sum((row, word) in coins and (row + 1, word) in coins for row in rows[0:-1:2] for word in WORDS)
    assert_share(beside // 3, len(TEXTS), 0.25)
    assert_share(below, UNITS // 2, 0.25)


def test_p_per_language() -> None:
    """With one p per language each language switches its share of the units drawn for it."""
    counts = languages_of(CodeSwitcher(EVEN, p={"de": 0.9, "fr": 0.3, "ru": 0}).trace(TEXTS))
    assert_share(counts["de"], UNITS, 0.9 / 3)
    assert_share(counts["fr"], UNITS, 0.3 / 3)
    assert counts["ru"] == 0


@pytest.mark.parametrize("missing", ["redraw", "keep"])
def test_languages_follow_weights(missing: Any) -> None:
    """The languages of switches follow their weights."""
    weights = {"de": 1.0, "fr": 2.0, "ru": 0.5}
    assert_shares(languages_of(CodeSwitcher(EVEN, weights, p=1, missing=missing).trace(TEXTS)), weights)


def test_one_language_per_text() -> None:
    """With draw_language="text" a text's switches have one language; the texts' languages follow weights."""
    weights = {"de": 1.0, "fr": 2.0, "ru": 0.5}
    switches = CodeSwitcher(EVEN, weights, p=1, draw_language="text").trace(TEXTS).switches
    of_text = set(zip(switches.row.tolist(), switches.language.tolist(), strict=True))
    assert len(of_text) == len(TEXTS)
    assert_shares(Counter(language for _, language in of_text), weights)


def test_candidates_follow_weights() -> None:
    """Candidates are the best, equally drawn, or drawn by weight, each language and term for itself."""
    pairs = [(word, word[::-1] + str(weight), weight) for word in WORDS for weight in (1.0, 5.0, 2.0)]
    lexicon = Lexicon.from_pairs({"de": pairs, "fr": [(word, "x") for word in WORDS]})
    for candidates, weights in {"best": (0, 0, 1), "uniform": (1, 1, 1), "weighted": (1, 2, 5)}.items():
        switches = CodeSwitcher(lexicon, p=1, candidates=candidates).trace(TEXTS).switches  # type: ignore[arg-type]
        counts = Counter(switch.translation for switch in switches if switch.language == "de")
        for word in WORDS:
            shown = {word[::-1] + name: weight for name, weight in zip(("1.0", "2.0", "5.0"), weights, strict=True)}
            assert_shares({name: counts[name] for name in shown}, shown)


def test_small_weights_beside_large_ones() -> None:
    """A term's candidates follow their weights, however large those of other terms are."""
    pairs = [("house", "small", 1.0), ("house", "large", 3.0), ("cloud", "x", 1e30), ("apple", "y", 1e30)]
    switches = CodeSwitcher(Lexicon.from_pairs({"de": pairs}), p=1, candidates="weighted").trace(TEXTS).switches
    counts = Counter(switch.translation for switch in switches if switch.term == "house")
    assert_shares(counts, {"small": 1, "large": 3})


def test_missing_redraw_and_keep() -> None:
    """A unit that one language of three knows is switched with p, or, with missing="keep", with a third of it."""
    pairs = {"de": [("house", "Haus"), ("tree", "Baum")], "fr": [("tree", "arbre")], "ru": [("cloud", "облако")]}
    lexicon = Lexicon.from_pairs(pairs)
    redrawn, kept = (
        Counter(zip(switches.term.tolist(), switches.language.tolist(), strict=True))
        for missing in ("redraw", "keep")
        for switches in [CodeSwitcher(lexicon, p=0.6, missing=missing).trace(TEXTS).switches]  # type: ignore[arg-type]
    )
    for (term, language), redraw in {
        ("house", "de"): 1.0,
        ("tree", "de"): 0.5,
        ("tree", "fr"): 0.5,
        ("cloud", "ru"): 1.0,
    }.items():
        assert_share(redrawn[term, language], len(TEXTS), 0.6 * redraw)
        assert_share(kept[term, language], len(TEXTS), 0.6 / 3)


def test_keys_and_epochs_give_new_draws() -> None:
    """Equal texts are switched alike, but not with other keys; another epoch or seed gives other draws, p staying."""
    texts = ["house tree river cloud"] * 2_000
    switcher = CodeSwitcher(EVEN, ["de"])
    assert len(set(switcher.apply(texts))) == 1
    assert len(set(switcher.apply(texts, keys=range(2_000)))) == 16
    by_epoch = [switcher.apply(texts, keys=range(2_000), epoch=epoch) for epoch in (0, 1)]
    by_seed = [switcher.replace(seed=seed).apply(texts, keys=range(2_000)) for seed in (0, 1)]
    for one, other in (by_epoch, by_seed):
        assert_share(sum(map(str.__eq__, one, other)), 2_000, 1 / 16)
