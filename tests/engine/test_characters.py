"""Characters: the table against unicodedata, and whole buffers against single words."""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine import characters as ch
from lexswitch.engine import utf8
from lexswitch.engine.packing import pack
from lexswitch.engine.words import find_words, unicode_words
from lexswitch.text.tokenizers import NO_SPANS

from .. import reference
from ..strategies import any_text, characters, letters, texts_of, vocabularies

TABLE_VERSION = "13.0.0"
NAMED = {
    "〇": ch.UNSPACED,
    "'": ch.INNER,
    "’": ch.INNER,
    "\u2018": ch.INNER,
    "\u201b": ch.INNER,
    "\uff07": ch.INNER,
    "\u00b4": ch.INNER,
    "\u00ad": ch.IGNORED,
    "\u200b": ch.IGNORED,
    "\u2060": ch.IGNORED,
    "\ufeff": ch.IGNORED,
    "\u200c": ch.INNER,
    "\u200d": ch.INNER,
    "-": ch.HYPHEN,
    "‐": ch.HYPHEN,
    "‑": ch.HYPHEN,
}


@lru_cache(maxsize=1)
def assigned() -> list[str]:
    """Return all assigned characters of Unicode 13, without private use."""
    everything = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    known = [char for char in everything if not reference.character(char).unknown]
    if unicodedata.unidata_version == TABLE_VERSION:
        assert known == [char for char in everything if unicodedata.category(char) != "Cn"]
    assert all(unicodedata.category(char) != "Cn" for char in known)
    return [char for char in known if unicodedata.category(char) != "Co"]


def whole(texts: list[str]) -> ch.Scan:
    return ch.scan(pack(texts))


_FIRST = pack([""]).starts  # the offset of the first row


@pytest.mark.slow
def test_classes() -> None:
    """Letters, marks, digits, white space, hyphens and inner characters have their classes; all others are OTHER."""
    chars = assigned()
    packed = pack(chars)
    for char, got in zip(chars, ch.classes(packed.buffer, packed.starts[:-1]).tolist(), strict=True):
        category = unicodedata.category(char)
        if char in NAMED:
            expected = {NAMED[char]}
        elif char.isspace():
            expected = {ch.SPACE}
        elif category[0] == "M":
            expected = {ch.MARK}
        else:
            expected = {ch.WORD, ch.UNSPACED} if category[0] == "L" else {ch.WORD} if category == "Nd" else {ch.OTHER}
        assert got in expected, f"U+{ord(char):04X}"


@pytest.mark.parametrize(("text", "kind"), [("世界𠮷々ひらカタｶーกຂកမཀꀀ", ch.UNSPACED), ("aßжαאبक한აⴰԱ", ch.WORD)])
def test_scripts_without_spaces(text: str, kind: int) -> None:
    """Letters of Han, kana, Thai, Lao, Khmer, Burmese, Tibetan and Yi are UNSPACED; other letters are not."""
    packed = pack(list(text))
    assert set(ch.classes(packed.buffer, packed.starts[:-1]).tolist()) == {kind}


@pytest.mark.slow
def test_folding() -> None:
    """Every character either folds to its normal form in place or is odd."""
    chars = assigned()
    packed = pack(chars)
    scan = ch.scan(packed)
    odd = set(scan.odd.tolist())
    for char, start, length in zip(chars, packed.starts.tolist(), packed.lengths.tolist(), strict=False):
        folded = scan.folded[start : start + length].tobytes().decode()
        assert folded == reference.normalise(char) or start in odd, f"U+{ord(char):04X}"


@pytest.mark.slow
def test_composition() -> None:
    """A character that NFC may join to the previous one is odd."""
    pairs = []
    for char in assigned():
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            pairs += [pair] * (unicodedata.normalize("NFC", pair) == char)
    pairs += [chr(lead) + chr(vowel) for lead in range(0x1100, 0x1113) for vowel in range(0x1161, 0x1176)]
    assert len(pairs) > 1_000
    packed = pack(pairs)
    odd = ch.scan(packed).odd.tolist()
    second = packed.starts[:-1] + [len(pair[0].encode()) for pair in pairs]
    assert set(second.tolist()) <= set(odd)


@pytest.mark.slow
def test_marks_out_of_order() -> None:
    """Marks that NFC would reorder are odd; marks in order or in different rows need not be."""
    marks = {unicodedata.combining(char): char for char in assigned() if unicodedata.combining(char)}
    classes = sorted(marks)
    assert len(classes) > 50
    for low, high in pairwise(classes):
        packed = pack([f"x{marks[high]}{marks[low]}"])
        assert ch.scan(packed).odd.size, (low, high)
    shadda, fatha = "\u0651", "\u064e"
    assert whole(["م" + shadda + fatha]).odd.size == 1
    assert whole(["م" + fatha + shadda]).odd.size == 0
    assert whole(["م" + shadda, fatha]).odd.size == 0


@pytest.mark.slow
def test_cases() -> None:
    """Upper and lower case agree with unicodedata."""
    chars = assigned()
    packed = pack(chars)
    upper = ch.is_upper(packed.buffer, packed.starts[:-1]).tolist()
    lower = ch.is_lower(packed.buffer, packed.starts[:-1]).tolist()
    categories = list(map(unicodedata.category, chars))
    assert upper == [category in ("Lu", "Lt") for category in categories]
    assert lower == [category == "Ll" for category in categories]


@pytest.mark.slow
def test_title() -> None:
    """Capitalising writes the title-case character, unless its width differs."""
    chars = assigned()
    packed = pack(chars)
    buffer = packed.buffer.copy()
    ch.to_title(buffer, packed.starts[:-1])
    changed = 0
    for char, start, length in zip(chars, packed.starts.tolist(), packed.lengths.tolist(), strict=False):
        title = char.title()
        expected = title if len(title) == 1 and len(title.encode()) == length else char
        assert buffer[start : start + length].tobytes().decode() == expected, f"U+{ord(char):04X}"
        changed += expected != char
    assert changed > 1_000


@given(st.lists(characters, max_size=20))
def test_decode_and_encode(chars: list[str]) -> None:
    """Decoding returns code points; encoding writes them over characters of the same width."""
    wide = [char for char in chars if ord(char) > 127]
    packed = pack(wide)
    codes = utf8.decode(packed.buffer, packed.starts[:-1])
    assert codes.tolist() == list(map(ord, wide))
    blank = pack([{2: "\x80", 3: "\u0800", 4: "\U00010000"}[len(char.encode())] for char in wide])
    buffer = blank.buffer.copy()
    utf8.encode(buffer, blank.starts[:-1], codes)
    assert buffer.tobytes() == packed.data
    assert utf8.widths(packed.buffer[packed.starts[:-1]]).tolist() == packed.lengths.tolist()


@given(st.lists(vocabularies().flatmap(texts_of) | any_text | letters, max_size=4))
def test_words_are_compared_in_normal_form(texts: list[str]) -> None:
    """The normal form of each word of a batch is that of the single word."""
    packed = pack(texts)
    scan = ch.scan(packed)
    words = find_words(packed, scan, unicode_words(scan), NO_SPANS)
    for start, end, offset, length in zip(words.starts, words.ends, words.offsets, words.lengths, strict=True):
        word = packed.buffer[start:end].tobytes().decode()
        form = words.buffer[offset : offset + length].tobytes().decode()
        assert form == ch.normalise_word(word) == reference.normalise(word)


@given(any_text | letters)
def test_normal_form_is_stable(text: str) -> None:
    """A normal form is its own normal form, and canonically equal spellings have the same one."""
    form = ch.normalise_word(text)
    assert ch.normalise_word(form) == form
    assert {ch.normalise_word(unicodedata.normalize(name, text)) for name in ("NFC", "NFD")} == {form}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İ", "i\u0307"),
        ("STRASSE", "straße"),
        ("ẞ", "ss"),
        ("ΟΔΟΣ", "οδος"),
        ("ΟΔΟΣ", "οδοσ"),
        ("é", "E\u0301"),
        ("a\u0323\u0308", "a\u0308\u0323"),
        ("م\u0651\u064e", "م\u064e\u0651"),
        ("क़", "क\u093c"),
        ("한", "\u1112\u1161\u11ab"),
        ("ﬁn", "FIN"),
        ("\u0345\u0301", "\u0301\u0345"),
        ("can\u2019t", "can't"),
        ("can\u02bct", "can't"),
        ("o\u02bbzbek", "o\u2018zbek"),
        ("so\u00adft", "soft"),
        ("e\u00ad\u0301", "\u00e9"),
        ("ze\u200bro", "zero"),
        ("\ufeffa\u2060b", "ab"),
    ],
)
def test_equal_words(one: str, other: str) -> None:
    """Spellings that differ in case, composition or the order of marks are equal."""
    assert ch.normalise_word(one) == ch.normalise_word(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ı", "i"),
        ("İ", "i"),
        ("e", "é"),
        ("شَدّة", "شدة"),
        ("カ", "か"),
        ("²", "2"),
        ("\u02bba", "'a"),
        ("a\u2019", "a'"),
    ],
)
def test_different_words(one: str, other: str) -> None:
    """Different letters stay different: accents, dots and marks are kept, and compatibility forms are not unified."""
    assert ch.normalise_word(one) != ch.normalise_word(other)


@pytest.mark.parametrize("language", ["tr", "az", "az-Latn", "crh"])
def test_dotted_and_dotless_i(language: str) -> None:
    """In Turkish and similar alphabets, i and ı have the capitals İ and I, also with a combining dot."""
    for one, other in (("İlk", "ilk"), ("IŞIK", "ışık"), ("I", "ı"), ("I\u0307L", "il"), ("DİYARBAKIR", "diyarbakır")):
        assert ch.normalise_word(one, language) == other
        assert ch.normalise_term(f"{one} {one}", language) == f"{other} {other}"
        assert ch.normalise_terms([one, "A"], language) == f"{other}\na"
        assert ch.normalise_word(one, "trv") == ch.normalise_word(one) != other
    packed = pack(["İlk IŞIK", "I a"])
    scan = ch.scan(packed, language)
    words = find_words(packed, scan, unicode_words(scan), NO_SPANS, language)
    forms = [
        words.buffer[at : at + size].tobytes().decode() for at, size in zip(words.offsets, words.lengths, strict=True)
    ]
    assert forms == ["ilk", "ışık", "ı", "a"]


def test_newer_characters_have_no_case() -> None:
    """A character that Unicode 13 does not have is unchanged, and so are the marks and letters around it."""
    assert ch.normalise_word("X\U00010570E\u0301") == "x\U00010570\u00e9"
    assert ch.normalise_word("\ua7c0A") == "\ua7c0a"
    assert ch.normalise_word("e\u0301\u1dfa\u0323") == "\u00e9\u1dfa\u0323"  # known to 3.11, of class 218
    assert ch.normalise_term("A \U0001fae0-B") == "a \U0001fae0 b"
    assert ch.without_unknown("a\U00010570\ua7c0é") == "a\U0001ffff\uffffé"
    assert ch.without_unknown("a\U0001f600é") == "a\U0001f600é"


def test_zero_width_spaces_of_terms() -> None:
    """They separate words of scripts without spaces; elsewhere they are dropped."""
    assert ch.normalise_term("\u1780\u17b6\u200b\u1780") == "\u1780\u17b6 \u1780"
    assert ch.normalise_term("credit\u200b card\u200b") == "credit card"
    assert ch.normalise_terms(["ze\u200bro", "a"]) == "zero\na"


_BLANKS = " \u00a0\u1680\u2000\u2028\u3000\t\r\x0b\x1c\x1f\x85"
blanked = st.lists(
    texts_of(("a", "House", "stra\u00dfe", "-", "caf\u00e9")) | any_text | st.text("aB-\u2010\u2011 "), max_size=6
)


@given(blanked)
def test_many_terms_are_normalised_as_one_is(texts: list[str]) -> None:
    """Normalising many terms at once returns a line for each: the normal form of the single term."""
    texts = [text.replace("\n", " ") for text in texts]
    assert ch.normalise_terms(texts).split("\n") == ([ch.normalise_term(text) for text in texts] or [""])


@given(blanked)
def test_tidy_lines_need_nothing_but_folding(texts: list[str]) -> None:
    """Tidy lines are valid terms: normalise_tidy returns the same as normalise_term."""
    if ch.is_tidy("\n".join(texts), len(texts)):
        for text in texts:
            assert text
            assert text.isprintable()
            assert " ".join(text.split()) == text
        assert ch.normalise_tidy("\n".join(texts)).split("\n") == [ch.normalise_term(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    ["", " a", "a ", "a  b", *(f"a{blank}b" for blank in _BLANKS[1:]), "a\x00b", "a\u200fb", "a\u200db", "\ufeffa"],
)
def test_untidy_lines(text: str) -> None:
    """An empty line, other white space or an invisible character makes a text untidy."""
    assert ch.is_tidy("x\ny z\nw", 3)
    for lines in ([text], [text, "x"], ["x", text], ["x", text, "y"]):
        assert not ch.is_tidy("\n".join(lines), len(lines))


def test_tidy_lines_are_counted() -> None:
    """A wrong number of lines is untidy."""
    assert not ch.is_tidy("a\nb", 1)
    assert not ch.is_tidy("a", 2)
    assert not ch.is_tidy("", 0)


@pytest.mark.slow
def test_every_character_in_a_tidy_line() -> None:
    """Each printable character has the same normal form inside a line as alone."""
    chars = [char for char in assigned() if char.isprintable() and not char.isspace()]
    texts = [f"x{char}y {char}" for char in chars]
    lines = "\n".join(texts)
    assert ch.is_tidy(lines, len(texts))
    assert ch.normalise_tidy(lines).split("\n") == [ch.normalise_term(text) for text in texts]


@given(st.text("a1\u00e9 -\u2010\u2011_\u2013", max_size=12))
def test_hyphens_part_words(text: str) -> None:
    """A single hyphen between two words becomes a space; other hyphens are kept."""
    assert ch.normalise_term(text) == reference.normalise_term(text)
    assert ch.normalise_term(ch.normalise_term(text)) == ch.normalise_term(text)
