"""The compiled engine: it gives the results and errors of the NumPy engine."""

from __future__ import annotations

import pickle
import random
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from lexswitch import CodeSwitcher, Lexicon, WordTokenizer
from lexswitch.engine.characters import Scan
from lexswitch.engine.packing import Packed
from lexswitch.engine.words import Spans

from .. import fuzz
from ..differential import OPTIONS, make_pairs
from ..engines import differences, engine, labelled_results, needs_kernel, outcomes
from ..strategies import Case, cases

pytestmark = needs_kernel

LEXICON = Lexicon.from_pairs(
    {
        "de": [
            ("house", "Haus"),
            ("credit card", "Kreditkarte"),
            ("isn't", "ist nicht"),
            ("internationalisation", "ä"),
        ],
        "ru": [("house", "дом"), ("straße", "улица"), ("internationalisation of houses", "é")],
    }
)
EXAMPLES = settings.get_profile("default").max_examples

# The first article of the Universal Declaration of Human Rights, and words with odd characters.
TEXTS = {
    "en": "All human beings are born free and equal in dignity and rights. Don’t write a@b.example in www.x.example.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. STRASSE, Straße, GROẞ; man’s #Recht!",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. L’œuvre d'art, AUJOURD’HUI @nom",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Ёлка и\u0306 кто-нибудь ЙОД",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. ΟΔΟΣ οδός ΟΔΟΣ.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. IŞIK ışık İstanbul istanbul I i",
    "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. مُحَمَّد مُحَمَد \u200fمی\u200cخواهم ٢٠٢٤",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। क़लम क\u093cलम",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ก\u200bข น้ำ กำ",
    "zh": "人人生而自由，在尊严和权利上一律平等。𠮷野家 and the house在https://a.example/路。",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。か\u3099 ｶﾞ",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. \u1112\u1161\u11ab국",
}


# -- results -----------------------------------------------------------------------------------------------------------


@given(cases())
def test_same_results(case: Case) -> None:
    """`apply`, `trace` and `apply_arrow` return the same with both engines."""
    assert differences(case) == []


@given(cases())
def test_same_labels(case: Case) -> None:
    """`apply_spans` and `apply_tokens` return the same with both engines."""
    assert differences(case, labelled_results) == []


def test_same_results_for_random_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """Random texts with every option; LEXSWITCH_EXAMPLES raises their number, ``python -m tests.fuzz`` goes further."""
    warnings.simplefilter("ignore")
    assert fuzz.compare(fuzz.CaseMaker(random.Random(EXAMPLES)), 30 * EXAMPLES, "random texts") == 0, (
        capsys.readouterr()
    )


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_same_results_in_twelve_languages(language: str) -> None:
    """Real sentences with a lexicon of their own words and phrases."""
    texts = [TEXTS[language], TEXTS[language].upper(), TEXTS[language].title(), "", *TEXTS[language].split()]
    pairs = make_pairs(texts, WordTokenizer(), seed=1)
    first = sorted(TEXTS).index(language)  # two sets of options for each language
    for options in (OPTIONS[first % len(OPTIONS)], OPTIONS[-first % len(OPTIONS)]):
        options = dict(options)
        case = Case(pairs, options, texts, None, options.pop("epoch", 0), language)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert differences(case) == []


def test_words_at_any_offset() -> None:
    """The engine reads blocks of 64 bytes: words, apostrophes and signs may be anywhere in them."""
    words = ("house", "isn't", "credit  card", "internationalisation", "a@b.example", "#house", "straße", "x" * 70)
    texts = ["-" * before + word + "." * after for word in words for before in range(67) for after in (0, 1, 60)]
    pairs = {"de": [(word, "Haus") for word in words if word.isalpha() or " " in word or "'" in word]}
    assert differences(Case(pairs, {"p": 1, "candidates": "best"}, texts, None, 0)) == []


def test_characters_of_all_kinds() -> None:
    """NUL, all of Latin-1, astral characters and noncharacters, around a word."""
    codes = [*range(0x250), 0x2019, 0x200B, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF]
    texts = [
        pattern.format(chr(code)) for code in codes for pattern in ("{0}house", "house{0}", "a{0}house house{0}{0}")
    ]
    assert differences(Case({"de": [("house", "Haus")]}, {"p": 1}, texts, None, 0)) == []


@pytest.mark.parametrize("maker", ["as it is", "not shown"])
def test_translations_of_all_kinds(maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters of one to four bytes, at any place of a block, are the same in the result, however Python makes it."""
    if maker == "not shown":
        monkeypatch.setattr("lexswitch.engine.kernel._string_maker", lambda: 0)
    translations = {
        "ascii": "Haus",
        "latin": "größer",
        "cyrillic": "дом",
        "arabic": "بيت",
        "hindi": "घर",
        "chinese": "房子",
        "astral": "𐌷𐌿𐍃",
    }
    edges = "\0\x7f\x80\xff\u0100\u07ff\u0800\ud7ff\ue000\ufffd\U00010000\U0010ffff"
    draw = random.Random(3)
    texts = [" ".join(draw.choices([*translations, *edges], k=12)) for _ in range(300)]
    texts += [before * " " + word + after * "." for word in translations for before in range(20) for after in (0, 9)]
    assert differences(Case({"de": list(translations.items())}, {"p": 1}, texts, None, 0)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["the old house, ", "house", "дом и house ", "ก็ house"])
def test_large_texts(part: str) -> None:
    """A text of 10 MB, also as one single word, beside small ones."""
    texts = ["a house", part * (10_000_000 // len(part.encode())), "a house"]
    assert differences(Case({"de": [("house", "Haus"), ("дом", "x")]}, {"p": 0.7}, texts, None, 0)) == []


@pytest.mark.slow
def test_batch_of_a_million_texts() -> None:
    """Batches have many chunks; empty texts take no part of them."""
    texts = ["", "house", "a credit card"] * 350_000
    switchers = []
    for name in ("c", "numpy"):
        with engine(name):
            switchers.append(CodeSwitcher(LEXICON).apply(texts, keys=range(len(texts))))
    assert switchers[0] == switchers[1]


class _Text(str):
    """A str with methods that the engine must not call."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        raise AssertionError

    __len__ = __iter__ = __getitem__ = encode  # type: ignore[assignment]


@pytest.mark.parametrize("text", ["the house", "nothing", "straße", ""])
def test_subclasses_of_str(text: str) -> None:
    """A text of a subclass of str becomes a plain str, switched or not, and its own methods are not called."""
    with engine("c"):
        (result,) = CodeSwitcher(LEXICON, ["de"], p=1).apply([_Text(text)])
    assert type(result) is str
    assert result == text.replace("house", "Haus")


def test_unchanged_texts_are_the_same_objects() -> None:
    """A text without switches is not copied, and the list is a new one."""
    texts = ["no term in this text", "äöü", "the house"]
    with engine("c"):
        results = CodeSwitcher(LEXICON, p=1).apply(texts)
    assert results is not texts
    assert results[0] is texts[0]
    assert results[1] is texts[1]
    assert texts[2] == "the house"


# -- arguments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda switcher: switcher.apply("a house"),
        lambda switcher: switcher.apply(None),
        lambda switcher: switcher.apply({"a": "b"}),
        lambda switcher: switcher.apply(["house", 1]),
        lambda switcher: switcher.apply(["house", None]),
        lambda switcher: switcher.apply(["house", b"house"]),
        lambda switcher: switcher.apply(["house"] * 5000 + [float("nan")]),
        lambda switcher: switcher.apply(["house", "x\ud800y"]),
        lambda switcher: switcher.apply(["house"] * 5000 + ["\udfff"]),
        lambda switcher: switcher.apply(["house"], keys=[]),
        lambda switcher: switcher.apply(["house"], keys=[1, 2]),
        lambda switcher: switcher.apply(["house"], keys=[True]),
        lambda switcher: switcher.apply(["house"], keys=[1.5]),
        lambda switcher: switcher.apply(["house", "house"], keys=[1, "a"]),
        lambda switcher: switcher.apply(["house"], keys=["\ud800"]),
        lambda switcher: switcher.apply(["house"], keys="a"),
        lambda switcher: switcher.apply(["house"], keys=5),
        lambda switcher: switcher.apply(["house"], epoch=-1),
        lambda switcher: switcher.apply(["house"], epoch=2**64),
        lambda switcher: switcher.apply(["house"], epoch="1"),
        lambda switcher: switcher.apply(["house"], epoch=True),
        lambda switcher: switcher.apply(["house"], epoch=1.5),
        lambda switcher: switcher.trace(["house", "\ud800"]),
        lambda switcher: switcher.trace(["house"], keys=[1, 2]),
        lambda switcher: switcher.apply_spans(["house"], [[(0, 9)]]),
        lambda switcher: switcher.apply_tokens([["house"]], [["X"]]),
        lambda switcher: switcher.apply_arrow(pa.array([1])),
        lambda switcher: switcher.apply_arrow(pa.array(["house"]), keys=[1, 2]),
        lambda switcher: switcher.apply_arrow(pa.array(["house"]), epoch=-1),
        lambda switcher: switcher.apply_arrow(pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"]).buffers())),
    ],
)
def test_same_errors(call: Callable[[CodeSwitcher], Any]) -> None:
    """Wrong arguments raise the same error with the same message."""
    compiled, reference = outcomes(lambda: call(CodeSwitcher(LEXICON, p=1)))
    assert compiled == reference
    assert issubclass(compiled[0], (TypeError, ValueError))


@pytest.mark.parametrize(
    "call",
    [
        lambda switcher: switcher.apply(()),
        lambda switcher: switcher.apply([]),
        lambda switcher: switcher.apply(("house", "a house")),
        lambda switcher: switcher.apply(np.array(["house", "a"])),
        lambda switcher: switcher.apply(["house"] * 3, keys=range(3)),
        lambda switcher: switcher.apply(["house"] * 3, keys=[-1, 2**64 + 5, 10**40]),
        lambda switcher: switcher.apply(["house"] * 3, keys=[np.int64(1), 2, np.uint8(3)]),
        lambda switcher: switcher.apply(["house"] * 3, keys=np.arange(3)),
        lambda switcher: switcher.apply(["house"] * 3, keys=("a", "b", "é")),
        lambda switcher: switcher.apply(["house"] * 3, epoch=np.int64(3)),
        lambda switcher: switcher.apply(["house"] * 3, epoch=2**64 - 1),
        lambda switcher: switcher.apply_arrow(pa.array(["house", None, ""])[1:]).to_pylist(),
        lambda switcher: switcher.apply_arrow(pa.array([], pa.string())).to_pylist(),
    ],
)
def test_same_results_for_arguments_of_other_types(call: Callable[[CodeSwitcher], Any]) -> None:
    """Arguments that the C module leaves to Python give the same results."""
    compiled, reference = outcomes(lambda: call(CodeSwitcher(LEXICON)))
    assert compiled == reference
    assert isinstance(compiled, list)


class _BadTokenizer:
    """A tokenizer that breaks its promise to return sorted words within texts."""

    signature = "bad"

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self._spans = Spans(np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64))

    def spans(self, packed: Packed, scan: Scan) -> Spans:
        return self._spans


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ([0], [3]),  # the zero byte before the first text
        ([1], [7]),  # into the next text
        ([1, 8], [3, 14]),  # after the last text
        ([1], [1]),
        ([3], [2]),
        ([3, 1], [4, 2]),
        ([1, 2], [4, 5]),
    ],
)
def test_words_outside_texts(starts: list[int], ends: list[int]) -> None:
    """Words of a tokenizer that are empty, unsorted, or not within texts are refused."""
    with engine("c"):
        lexicon = Lexicon.from_pairs({"de": [("house", "Haus")]})
        switcher = CodeSwitcher(lexicon.select(["de"]), tokenizer=_BadTokenizer(starts, ends), forms=None)
        # The terms are found with the default tokenizer.
        switcher._blocks.__dict__["plans"] = CodeSwitcher(lexicon, forms=None)._blocks.plans
        with pytest.raises(ValueError, match="the tokenizer returned words that are not sorted, are empty, overlap"):
            switcher.apply(["house", "house"])


# -- threads and processes ---------------------------------------------------------------------------------------------


def test_threads_share_a_switcher() -> None:
    """Several threads use one switcher at the same time, with small and large batches, and get the same results."""
    batches = [["the house", "a credit card"], ["ein house für straße"] * 3000, ["isn't a house"] * 2000 + ["é"]]
    with engine("c"):
        switcher = CodeSwitcher(LEXICON)
        expected = [switcher.apply(batch) for batch in batches]
        found: list[bool] = []

        def work(first: int) -> None:
            for turn in range(8):
                at = (first + turn) % len(batches)
                found.append(switcher.apply(batches[at]) == expected[at])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [True] * 32


def test_other_threads_run_during_large_batches() -> None:
    """The interpreter lock is released for batches of more than 8 KB.

    Without it, no other thread could count while a batch is switched: the interval of forced switches is an hour.
    """
    counter, batch = [0], ["the house " * 200_000]
    moved: list[bool] = []

    def work() -> None:
        for _ in range(500):
            before = counter[0]
            switcher.apply(batch)
            if counter[0] > before:
                moved.append(True)
                break

    interval = sys.getswitchinterval()
    with engine("c"):
        switcher = CodeSwitcher(LEXICON)
        switcher.apply(batch)
        thread = threading.Thread(target=work)
        sys.setswitchinterval(3600)
        try:
            thread.start()
            while thread.is_alive():
                counter[0] += 1
                thread.join(0.0001)  # lets the other thread run
        finally:
            sys.setswitchinterval(interval)
    assert moved == [True]


def test_list_that_another_thread_changes() -> None:
    """A list that changes during a call does no harm: each result is that of a text that was in the list."""
    first, second = "the house " * 20, "a credit card, straße " * 10
    with engine("c"):
        switcher = CodeSwitcher(LEXICON)
        known = {switcher.apply([text])[0] for text in (first, second, "")}
        texts, stop = [first] * 5000, threading.Event()

        def change() -> None:
            while not stop.is_set():
                texts[:] = [second] * 100
                texts.clear()
                texts.extend([first, ""] * 2000)

        thread = threading.Thread(target=change)
        thread.start()
        try:
            results = [text for _ in range(20) for text in switcher.apply(texts)]
        finally:
            stop.set()
            thread.join()
    assert set(results) <= known


def test_pickled_after_use() -> None:
    """A used switcher is pickled without the compiled plans, and its copy gives the same results."""
    texts = ["the house", "straße"] * 10
    with engine("c"):
        switcher = CodeSwitcher(LEXICON)
        expected = switcher.apply(texts)
        assert pickle.loads(pickle.dumps(switcher)).apply(texts) == expected
