import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.formats.marks import mark_remover


def bare(language: str, text: str, texts: list[str] | None = None) -> str:
    """The text without the marks that a dictionary adds."""
    remove = mark_remover(language, [text] if texts is None else texts)
    return remove(text) if remove else text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "соба́ка, пятьдеся́т четы́ре, ёлка, йод", "собака, пятьдесят четыре, ёлка, йод"),
        ("ru", "Е́ва, сѐмистишие", "Ева, семистишие"),
        ("uk", "ї́жак, по́їзд, ґа́нок", "їжак, поїзд, ґанок"),
        ("be", "во́ўк", "воўк"),
        ("bg", "да́ не ѝ дам, ѝ, ви́тѝ, й", "да не ѝ дам, ѝ, вити, й"),
        ("bg", "отсъ́ствие, къ́ща", "отсъствие, къща"),
        ("mk", "ќерка, ѓубре, сѐ, ѝ", "ќерка, ѓубре, сѐ, ѝ"),
        ("sr", "ку̏ћа, ѝме, ћу̀прија", "кућа, име, ћуприја"),
        ("hr", "kȕća, žèna, čòvjek, đȃk", "kuća, žena, čovjek, đak"),
        ("sl", "míza, čolnìč, kọ̑nj", "miza, čolnič, konj"),
        ("lt", "žvaigždė̃, ą́žuolas, pùsė, siū́las, vil̃kas", "žvaigždė, ąžuolas, pusė, siūlas, vilkas"),
        ("tl", "kamáy, bundók", "kamay, bundok"),
        ("la", "amō, rēgīna, praetĕrĕā, poëta, ǣvum", "amo, regina, praeterea, poëta, ævum"),
        ("grc", "ᾰ̓λήθειᾱ", "ἀλήθεια"),
        ("ar", "كَلْب، كتـاب، مدرّسة، هٰذا، أولاً", "كلب، كتاب، مدرسة، هذا، أولا"),
        ("fa", "کِتاب، فوراً", "کتاب، فوراً"),
        ("ur", "کِتاب، عیسیٰ، فوراً", "کتاب، عیسیٰ، فوراً"),
        ("he", "כֶּלֶב, שָׁלוֹם, בית־ספר", "כלב, שלום, בית־ספר"),
        ("sr-Latn", "kȕća", "kuća"),
    ],
)
def test_marks_of_dictionaries(language: str, text: str, expected: str) -> None:
    """Marks that dictionaries add are removed; marks of the spelling are kept."""
    assert bare(language, text) == expected
    decomposed = bare(language, unicodedata.normalize("NFD", text))
    assert unicodedata.normalize("NFC", decomposed) == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "tiếng Việt"),
        ("el", "άνθρωπος"),
        ("es", "camión"),
        ("fr", "élève"),
        ("cs", "žába"),
        ("eo", "ĝardeno, ŭ"),
        ("de", "Shōgun"),
        ("lv", "māja"),
        ("yi", "אַ קאָפּ"),
        ("cy", "tŷ"),
        ("ja", "ガラス"),
    ],
)
def test_marks_of_the_spelling(language: str, text: str) -> None:
    """Marks are kept in languages that write them."""
    assert bare(language, text) == text


def test_foreign_names() -> None:
    """If foreign names may have such marks, they are removed only if the dictionary adds them to its words."""
    without = ["kuća", "žena", "čovjek", "đak"] * 100
    assert bare("hr", "Côte d'Ivoire", [*without, "Loméa"]) == "Côte d'Ivoire"
    assert bare("hr", "žèna", [*without, "Loméa"]) == "žèna"
    assert bare("hr", "žèna", [*without, "kȕća", "žèna", "đȃk"]) == "žena"


@given(st.sampled_from(["ru", "bg", "mk", "hr", "sl", "lt", "la", "ar", "fa", "ur", "he", "tl"]), st.text())
def test_once_is_enough(language: str, text: str) -> None:
    """Text without marks is unchanged; removal is idempotent and keeps every letter."""
    remove = mark_remover(language, ["mȋza", "namą́", text])
    if remove is None:
        return
    once = remove(text)
    assert remove(once) == once

    def letters(text: str) -> list[str]:
        return [char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char) and char != "ـ"]

    assert letters(once) == letters(text)
