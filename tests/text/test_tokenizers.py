"""Tokenizers: spans, signatures, comparison and pickling."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import (
    CharacterTokenizer,
    CodeSwitcher,
    Lexicon,
    MosesTokenizer,
    RegexTokenizer,
    SpanTokenizer,
    Tokenizer,
    WordTokenizer,
)
from lexswitch.engine.characters import scan
from lexswitch.engine.packing import pack

from ..reference import find_words
from ..sentences import SENTENCES
from ..strategies import HARD_WORDS, SEPARATORS, any_text, some_words

TOKENIZERS = (
    WordTokenizer(),
    CharacterTokenizer(),
    RegexTokenizer(r"[\p{L}\p{M}]+"),
    MosesTokenizer("en"),
    SpanTokenizer(some_words),
)

texts = st.lists(st.sampled_from((*HARD_WORDS, *SEPARATORS)), max_size=12).map("".join) | any_text


def spans_of(tokenizer: Tokenizer, batch: list[str]) -> list[list[tuple[int, int]]]:
    """The character spans of the words of each text."""
    packed = pack(batch)
    spans = tokenizer.spans(packed, scan(packed))
    result: list[list[tuple[int, int]]] = [[] for _ in batch]
    for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True):
        row = max(row for row in range(len(batch)) if packed.starts[row] <= start)
        at = int(packed.starts[row])
        data = batch[row].encode()
        result[row].append((len(data[: start - at].decode()), len(data[: end - at].decode())))
    return result


def words_of(tokenizer: Tokenizer, text: str) -> list[str]:
    return [text[start:end] for start, end in spans_of(tokenizer, [text])[0]]


@given(texts)
def test_reference_reads_any_tokenizer(text: str) -> None:
    """The reference finds the words of tokenizers that it does not specify, also without `find`."""

    class OtherTokenizer(WordTokenizer):
        pass

    assert find_words(text, OtherTokenizer()) == find_words(text, WordTokenizer())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The café's owner — isn't he?", ["The", "café's", "owner", "isn't", "he"]),
        ("l’eau, rock'n'roll 'quoted' dogs'", ["l’eau", "rock'n'roll", "quoted", "dogs"]),
        ("state-of-the-art e-mail, 3.14 x_y", ["state", "of", "the", "art", "e", "mail", "3", "14", "x", "y"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("हिन्दी में لُغَة می\u200cخواهم", ["हिन्दी", "में", "لُغَة", "می\u200cخواهم"]),
        ("Москва, Ёлка!", ["Москва", "Ёлка"]),
        ("你好世界 hello", ["你好世界", "hello"]),
        ("a\0b\nc\u3000d", ["a", "b", "c", "d"]),
        ("a''b 'tis", ["a", "b", "tis"]),
        ("😀 👩\u200d💻 ٢٠٢٤", ["٢٠٢٤"]),
        ("", []),
    ],
)
def test_word_tokenizer(text: str, words: list[str]) -> None:
    """Words are runs of letters, marks and digits with single apostrophes or joiners inside."""
    assert words_of(WordTokenizer(), text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你好 world2你", ["你", "好", "world2", "你"]),
        ("他说‘世界’是x", ["他", "说", "世", "界", "是", "x"]),
        ("iPhone手机", ["iPhone", "手", "机"]),
        ("か\u3099く", ["か\u3099", "く"]),
        ("น้ำดี", ["น้", "ำ", "ดี"]),
        ("don't 2024年", ["don't", "2024", "年"]),
        ("世 \u0308a", ["世", "\u0308a"]),
    ],
)
def test_character_tokenizer(text: str, words: list[str]) -> None:
    """Each letter of a script without spaces, with its marks, is a word; other words are not split."""
    assert words_of(CharacterTokenizer(), text) == words


@pytest.mark.parametrize("tokenizer", [WordTokenizer(), CharacterTokenizer()], ids=repr)
@given(batch=st.lists(texts, max_size=4))
def test_vectorised_tokenizers_equal_reference(tokenizer: Any, batch: list[str]) -> None:
    """Whole batches have the spans that the specification finds text by text."""
    assert spans_of(tokenizer, batch) == [find_words(text, tokenizer) for text in batch]


def test_character_tokenizer_segments_by_the_lexicon() -> None:
    """With a large `max_words`, the longest entry matches (maximum matching)."""
    pairs = [("世", "x"), ("世界", "world"), ("世界大战", "world war"), ("大", "big")]
    switcher = CodeSwitcher(
        Lexicon.from_pairs({"en": pairs}, source="zh"), p=1, tokenizer=CharacterTokenizer(), max_words=8
    )
    assert switcher.apply(["世界大", "世界大战！世界 大战"]) == ["world big", "world war！world war"]


def test_one_term_in_two_spellings() -> None:
    """If a tokenizer makes two terms equal, the one with an enabled language is found."""
    lexicon = Lexicon.from_pairs({"de": [("世 界", "Welt")], "fr": [("世界", "monde")]}, source="zh")
    for language, expected in (("de", "Welt"), ("fr", "monde")):
        assert CodeSwitcher(lexicon, [language], p=1, tokenizer=CharacterTokenizer()).apply(["世界"]) == [expected]


def test_words_that_touch_are_joined() -> None:
    """Words with nothing between them may form a phrase, also when one begins with a hyphen."""
    lexicon = Lexicon.from_pairs({"de": [("a --", "x"), ("bb c", "y")]})
    switcher = CodeSwitcher(lexicon, p=1, tokenizer=RegexTokenizer(r"[a-c]|--"))
    assert switcher.apply(["a--", "a --"]) == ["x", "x"]


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_moses_tokenizer_on_sentences(language: str) -> None:
    """Moses finds nearly all of the text, in order, and its words are those of sacremoses."""
    from sacremoses import MosesTokenizer as Sacremoses

    moses = Sacremoses(lang=language)
    batch = SENTENCES[language]
    for text, spans in zip(batch, spans_of(MosesTokenizer(language), batch), strict=True):
        assert [text[start:end] for start, end in spans] == moses.tokenize(text, escape=False)
        left = [char for at, char in enumerate(text) if not any(start <= at < end for start, end in spans)]
        assert "".join(left).strip("\u200f\u200e \t") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith doesn't pay $5.50 (or “so”) & <b>leaves</b>...",
        "&amp; &quot;escaped&quot; [x] | 'y'",
        "a\u00adb \x01control\x1f chars",
        "dots..... and ... more",
    ],
)
def test_moses_spans_are_of_the_text(text: str) -> None:
    """The spans are sorted, do not overlap and cover every letter of the text."""
    spans = spans_of(MosesTokenizer(), [text])[0]
    assert spans == sorted(spans)
    covered = "".join(text[start:end] for start, end in spans)
    assert [char for char in covered if char.isalnum()] == [char for char in text if char.isalnum()]


def test_moses_switches_what_others_do() -> None:
    """With Moses words a text is switched and everything else of it survives."""
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus"), ("does", "tut"), ("credit card", "Kreditkarte")]})
    switcher = CodeSwitcher(lexicon, p=1, tokenizer=MosesTokenizer())
    assert switcher.apply(["The  house & 'does'\n(credit card)…"]) == ["The  Haus & 'tut'\n(Kreditkarte)…"]


@given(texts)
def test_moses_spans_are_sound(text: str) -> None:
    """Spans of any text are sorted, not empty, not overlapping and inside the text."""
    bounds = [at for span in MosesTokenizer().find(text) for at in span]
    assert bounds == sorted(bounds)
    assert all(start < end for start, end in MosesTokenizer().find(text))
    assert not bounds or 0 <= bounds[0] <= bounds[-1] <= len(text)


def test_regex_tokenizer() -> None:
    """Words are the matches of a pattern in the syntax of the regex module, but for empty ones."""
    assert words_of(RegexTokenizer(r"\p{Lu}\p{Ll}*"), "HelloWörld Ünd") == ["Hello", "Wörld", "Ünd"]
    assert words_of(RegexTokenizer(r"x*"), "axxb") == ["xx"]
    with pytest.raises(ValueError, match=r"pattern is '\(', which is not a valid regular expression"):
        RegexTokenizer("(")


@pytest.mark.parametrize(
    "spans",
    [[(0, 2), (1, 3)], [(2, 3), (0, 1)], [(1, 1)], [(2, 1)], [(-1, 1)], [(0, 6)]],
)
def test_bad_spans(spans: list[tuple[int, int]]) -> None:
    """Spans that overlap, are out of order, empty or outside are an error that shows the span and the rule."""
    switcher = CodeSwitcher(
        Lexicon.from_pairs({"de": [("house", "Haus")]}), tokenizer=SpanTokenizer(lambda _: spans, "bad")
    )
    with pytest.raises(ValueError, match=r"SpanTokenizer\(bad\) returned the span .* spans must be sorted, not empty"):
        switcher.apply(["house"])


def test_functions_that_are_none() -> None:
    """SpanTokenizer refuses a value that is not callable, and a switcher one that is not a tokenizer."""
    with pytest.raises(TypeError, match=r"function is str; pass a callable from text to \(start, end\) offsets"):
        SpanTokenizer("words")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="pass an instance such as WordTokenizer"):
        CodeSwitcher(Lexicon.from_pairs({"de": [("a", "b")]}), tokenizer=str.split)  # type: ignore[arg-type]


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_pickles_find_the_same(tokenizer: Any) -> None:
    """A pickled tokenizer is equal, has the same hash and signature, and finds the same words."""
    restored = pickle.loads(pickle.dumps(tokenizer))
    assert restored == tokenizer
    assert hash(restored) == hash(tokenizer)
    assert restored.signature == tokenizer.signature == repr(tokenizer)
    assert spans_of(restored, SENTENCES["en"]) == spans_of(tokenizer, SENTENCES["en"])


def test_signatures_differ() -> None:
    """Other tokenizers, and the same with other options, have other signatures."""
    others = (RegexTokenizer(r"\w"), MosesTokenizer("de"), SpanTokenizer(some_words, "v2"), SpanTokenizer(str.split))  # type: ignore[arg-type]
    assert len({tokenizer.signature for tokenizer in (*TOKENIZERS, *others)}) == len(TOKENIZERS) + len(others)
    assert WordTokenizer() != CharacterTokenizer()
    assert WordTokenizer() != "WordTokenizer"


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)
def test_all_fit_the_protocol(tokenizer: Any) -> None:
    """Every built-in tokenizer is a Tokenizer and can be used by a switcher."""
    assert isinstance(tokenizer, Tokenizer)
    assert CodeSwitcher(Lexicon.from_pairs({"de": [("x", "y")]}), tokenizer=tokenizer).apply(["", "\0"]) == ["", "\0"]


def _without_result(text: str) -> None:
    """A function that forgets to return its result."""


def test_function_that_returns_nothing() -> None:
    """The error names the function and the text, and states the expected result."""
    switcher = CodeSwitcher(Lexicon.starter(), tokenizer=SpanTokenizer(_without_result))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"_without_result\) returned NoneType for '[\w ]+'; it must return a list"):
        switcher.apply(["a house"])
