"""Language codes, names and scripts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch._io.data import read_data
from lexswitch.text.languages import (
    check_language,
    code_of_name,
    iso639,
    primary_language,
    scripts_of,
    suggest_language,
    to_bcp47,
    usual_code,
)

_MUSE = (
    "af ar bg bn bs ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv mk ms nl no pl pt ro ru sk sl sq sv "
    "ta th tl tr uk vi zh"
)
#: The languages of the MUSE dictionaries.
MUSE = _MUSE.split()
_ROWS = [line.split("\t") for line in read_data("text", "languages.tsv").splitlines()[1:]]


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
def test_canonical_codes(code: str, expected: str) -> None:
    """Codes in another form, case or standard have a canonical form; it is its own canonical form."""
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
def test_strings_that_are_not_codes(code: str) -> None:
    """A string that is not a BCP 47 language code is refused, with a suggestion or an example."""
    assert to_bcp47(code) is None
    remedy = r"did you mean '(de|en)'\?|pass a code such as 'de', 'pt-BR' or 'zh-Hant'"
    with pytest.raises(LexiconError, match=f"is not a BCP 47 language code; ({remedy})$"):
        check_language("target", code)


@given(st.text(max_size=12) | st.from_regex(r"\A[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,4}\Z"))
def test_canonical_codes_stay(code: str) -> None:
    """A canonical form is its own canonical form, is accepted and keeps the subtags."""
    meant = to_bcp47(code)
    if meant is not None:
        assert to_bcp47(meant) == meant
        assert check_language("source", meant) == meant
        assert meant.lower().split("-")[1:] == code.replace("_", "-").lower().split("-")[1:]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("deu", "target: 'deu' is not a BCP 47 language code; did you mean 'de'?"),
        ("jp", "target: 'jp' is not a BCP 47 language code; did you mean 'ja'?"),
        ("en_US", "target: 'en_US' is not a BCP 47 language code; did you mean 'en-US'?"),
        ("zh-hant", "target: 'zh-hant' is not a BCP 47 language code; did you mean 'zh-Hant'?"),
        ("german", "target: 'german' is not a BCP 47 language code; did you mean 'de'?"),
        (7, "target: 7 is not a BCP 47 language code; pass a code such as 'de', 'pt-BR' or 'zh-Hant'"),
        (None, "target: None is not a BCP 47 language code; pass a code such as 'de', 'pt-BR' or 'zh-Hant'"),
    ],
)
def test_refused_codes(code: object, message: str) -> None:
    """The error names the argument and the code, and suggests the canonical code."""
    with pytest.raises(LexiconError, match=f"^{re.escape(message)}$"):
        check_language("target", code)


@pytest.mark.parametrize(
    ("code", "known", "expected"),
    [
        ("DE", MUSE, "de"),
        ("german", MUSE, "de"),
        ("Deutsch", MUSE, "de"),
        ("deu", MUSE, "de"),
        (" de\n", MUSE, "de"),
        ("de-AT", MUSE, "de"),
        ("iw", MUSE, "he"),
        ("русский", MUSE, "ru"),
        ("中文", MUSE, "zh"),
        ("swa", ["de", "sw"], "sw"),
        ("zh-CN", ["zh"], "zh"),
        ("zh-CN", ["zh-Hans", "zh-Hant"], "zh-Hans"),
        ("zh_TW", ["zh", "zh-Hans", "zh-Hant"], "zh-Hant"),
        ("cmn", ["ar", "zh-Hans"], "zh-Hans"),
        ("pt_br", ["pt", "pt-BR"], "pt-BR"),
        ("pt_br", ["pt"], "pt"),
        ("portuguese", ["pt-PT", "pt-BR"], "pt-BR"),
        ("nb", MUSE, "no"),
        ("Filipino", MUSE, "tl"),
        ("germn", MUSE, "de"),
        ("Portugese", MUSE, "pt"),
        ("espanol", MUSE, "es"),
        ("turkce", None, "tr"),
        ("pt_br", None, "pt-BR"),
        ("german", ["en", "nl"], None),
        ("dd", MUSE, None),
        ("klingon", MUSE, None),
        ("", MUSE, None),
        (7, MUSE, None),
        ("de", [], None),
    ],
)
def test_suggestions(code: object, known: list[str] | None, expected: str | None) -> None:
    """A wrong code has the closest known one as suggestion, by code, name or spelling; None if nothing is close."""
    assert suggest_language(code, known) == expected


def test_names() -> None:
    """Every language with a code of two letters is found by each of its names, in any case."""
    for code, *_, names in _ROWS:
        for name in names.split(", "):
            forms = (name, name.title(), name.lower(), unicodedata.normalize("NFD", name))
            assert {code_of_name(form) for form in forms} == {code}
            assert suggest_language(name, [code, "tlh"]) == code


def test_table_of_codes() -> None:
    """Each two-letter code is canonical, each three-letter code has one canonical form, and no code or name has two."""
    short = [row[0] for row in _ROWS if len(row[0]) == 2]
    assert len(short) == len(set(short)) == 184  # ISO 639-1 with "sh"
    assert all(to_bcp47(code) == code for code in short)
    long = [code for row in _ROWS for code in row[1].split()]
    assert len(long) == len(set(long)) == 204  # 20 of them are bibliographic codes
    assert all(len(code) == 3 for code in long)
    names = [name for row in _ROWS for name in row[-1].split(", ")]
    assert len(names) == len(set(map(str.casefold, names)))
    assert [row[0] for row in _ROWS] == sorted({row[0] for row in _ROWS})


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
    """A code has the script that it names; otherwise it has the scripts of its language."""
    assert scripts_of(language) == scripts


@pytest.mark.parametrize("language", sorted({*MUSE, *Lexicon.starter().languages}))
def test_scripts_of_common_languages(language: str) -> None:
    """The scripts of all languages of MUSE and of the starter lexicon are known."""
    assert scripts_of(language)


def test_scripts_of_real_words() -> None:
    """The letters of the starter lexicon are in the scripts of their languages."""
    names = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Deva": "DEVANAGARI", "Hani": "CJK"}
    names |= {"Grek": "GREEK", "Hang": "HANGUL", "Thai": "THAI"}
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
    """A member of a macrolanguage has the macrolanguage as usual code; only the primary language drops subtags."""
    assert (usual_code(code), primary_language(code)) == (usual, primary)
    assert to_bcp47(usual) == usual


def test_codes_of_three_letters() -> None:
    """Codes of ISO 639-3 come first; a script or region does not matter; unknown codes have none."""
    assert iso639("de") == ["deu", "ger"]
    assert iso639("zh-Hant") == ["zho", "chi"]
    assert iso639("ary") == ["ary"]
    assert iso639("xx") == []
