"""Language codes and scripts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch.text.languages import _ALPHA2, _SHORT, check_language, primary_language, scripts_of, to_bcp47, usual_code

_MUSE = (
    "af ar bg bn bs ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv mk ms nl no pl pt ro ru sk sl sq sv "
    "ta th tl tr uk vi zh"
)
#: The languages of the MUSE dictionaries.
MUSE = _MUSE.split()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("de", "de"),
        ("deu", "de"),
        ("ger", "de"),
        ("ell", "el"),
        ("gre", "el"),
        ("fil", "fil"),
        ("DE", "de"),
        ("en_US", "en-US"),
        ("pt_br", "pt-BR"),
        ("por-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("ZH_HANS", "zh-Hans"),
        ("es-419", "es-419"),
        ("jp", "ja"),
        ("cz", "cs"),
        ("iw", "he"),
        ("in", "id"),
        # the examples of RFC 5646, appendix A
        ("sr-Latn-RS", "sr-Latn-RS"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
        ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
        ("de-ch-1901", "de-CH-1901"),
        ("hy-latn-it-arevela", "hy-Latn-IT-arevela"),
        ("de-ch-X-phonebk", "de-CH-x-phonebk"),
        ("az-arab-x-aze-derbend", "az-Arab-x-aze-derbend"),
        ("qaa-qaaa-qm-x-southern", "qaa-Qaaa-QM-x-southern"),
        ("en-a-myext-b-another", "en-a-myext-b-another"),
        ("de-U-CO-phonebk", "de-u-co-phonebk"),
        ("en-a-BBB-x-A-ccc", "en-a-bbb-x-a-ccc"),
        ("zh-usa-us", "zh-usa-US"),
    ],
)
def test_codes_that_are_meant(code: str, expected: str) -> None:
    """Codes in other forms, cases and lists lead to the canonical one, which stays as it is."""
    assert to_bcp47(code) == expected
    assert to_bcp47(expected) == expected


@pytest.mark.parametrize(
    "code",
    [
        "", " ", "d", "x", "xq", "english", "deutsch", "de-", "-de", "de--AT", "de at", "de\n", " de", "ｄｅ", "дe",
        "d,e", "x-private", "i-klingon", "de-419-DE", "a-DE", "de-x", "ar-a", "de-toolongsubtag", "12",
        "d1", "de/en", "\0",
    ],
)  # fmt: skip
def test_codes_that_are_none(code: str) -> None:
    """What is no BCP 47 code of a language is none, and refused with an example."""
    assert to_bcp47(code) is None
    with pytest.raises(LexiconError, match="is no language code; use a BCP 47 code such as 'de', 'pt-BR' or 'zh-Hant'"):
        check_language("target", code)


@given(st.text(max_size=12) | st.from_regex(r"\A[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,4}\Z"))
def test_canonical_codes_stay(code: str) -> None:
    """Whatever comes out is canonical: it comes out of itself, and is accepted."""
    meant = to_bcp47(code)
    if meant is not None:
        assert to_bcp47(meant) == meant
        assert check_language("source", meant) == meant
        assert meant.lower().split("-")[1:] == code.replace("_", "-").lower().split("-")[1:]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("deu", "target: 'deu' is no language code; write 'de'"),
        ("jp", "target: 'jp' is no language code; write 'ja'"),
        ("en_US", "target: 'en_US' is no language code; write 'en-US'"),
        ("zh-hant", "target: 'zh-hant' is no language code; write 'zh-Hant'"),
        (7, "target: 7 is no language code; use a BCP 47 code"),
        (None, "target: None is no language code; use a BCP 47 code"),
    ],
)
def test_refused_codes(code: object, message: str) -> None:
    """A code in another form is refused with the one that is meant."""
    with pytest.raises(LexiconError, match=message):
        check_language("target", code)


def test_table_of_codes() -> None:
    """Each two-letter code stays, each three-letter code leads to one of two letters, and none to several."""
    rows = [part.split(":") for part in _ALPHA2.split()]
    assert len(rows) == len({short for short, _ in rows}) == 184  # ISO 639-1 with "sh"
    long = [code for _, codes in rows for code in codes.split(",")]
    assert len(long) == len(set(long)) == len(_SHORT) == 204  # 20 of them have a bibliographic code of their own
    assert all(to_bcp47(short) == short for short, _ in rows)
    assert all(len(code) == 3 for code in long)


@pytest.mark.parametrize(
    ("language", "scripts"),
    [
        ("de", ["Latn"]),
        ("de-AT", ["Latn"]),
        ("sr", ["Cyrl", "Latn"]),
        ("sr-Latn", ["Latn"]),
        ("ja", ["Hani", "Hira", "Kana"]),
        ("ja-Jpan", ["Hani", "Hira", "Kana"]),
        ("ko", ["Hang", "Hani"]),
        ("zh", ["Hani"]),
        ("zh-Hant-TW", ["Hani"]),
        ("hi-Latn", ["Latn"]),
        ("bm-Nkoo", ["Nkoo"]),
        ("de-x-latn", ["Latn"]),
        ("tlh", []),
    ],
)
def test_scripts(language: str, scripts: list[str]) -> None:
    """A code may name its script; else it has those of its language."""
    assert scripts_of(language) == scripts


@pytest.mark.parametrize("language", sorted({*MUSE, *Lexicon.starter().languages}))
def test_scripts_of_common_languages(language: str) -> None:
    """The scripts of all languages of MUSE and of the starter lexicon are known."""
    assert scripts_of(language)


def test_scripts_of_real_words() -> None:
    """The words of the starter lexicon have letters of the scripts that their language is said to have."""
    names = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Deva": "DEVANAGARI", "Hani": "CJK"}
    for _, language, translation, _ in Lexicon.starter().select(top=1).pairs():
        expected = {names.get(script, "") for script in scripts_of(language)}
        found = {unicodedata.name(char).split()[0] for char in translation if char.isalpha()}
        assert language == "ja" or not found or found & expected, (language, translation)


@pytest.mark.parametrize(
    ("code", "usual", "primary"),
    [
        ("de", "de", "de"),
        ("swh", "sw", "sw"),
        ("kmr", "ku", "ku"),
        ("pt-BR", "pt-BR", "pt"),
        ("cmn-Hant-TW", "zh-Hant-TW", "zh"),
        ("rom", "rom", "rom"),
    ],
)
def test_codes_in_common_use(code: str, usual: str, primary: str) -> None:
    """A member of a macrolanguage by the code that most people use; script and region stay, or go."""
    assert (usual_code(code), primary_language(code)) == (usual, primary)
    assert to_bcp47(usual) == usual
