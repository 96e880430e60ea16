"""Option `keep_names`: capitalised words inside sentences stay."""

from __future__ import annotations

import pytest

from lexswitch import CodeSwitcher, Lexicon

WORDS = ["super", "bowl", "house", "white", "doctor", "cat", "i", "red", "cross", "new"]
LEXICON = Lexicon.from_pairs({"de": [(word, f"<{word}>") for word in WORDS] + [("white house", "<white-house>")]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who won the Super Bowl in a white house?", "who won the Super Bowl in a <white-house>?"),
        ("White cats. Red house! New: Doctor", "<white> <cat>. <red> <house>! <new>: <doctor>"),
        ("Doctor Who saw the cat there", "Doctor Who saw the <cat> there"),
        ("the White House and a white house", "the White House and a <white-house>"),
        ("there I saw a cat", "there <i> saw a <cat>"),
        ("The New Red Cross House", "The <new> <red> <cross> <house>"),
        ("a cat\nHouse of the cat", "a <cat>\n<house> of the <cat>"),
        ("", ""),
    ],
)
def test_examples(text: str, expected: str) -> None:
    """Names stay; words that begin a sentence, titles and the pronoun are switched."""
    assert CodeSwitcher(LEXICON, p=1, keep_names=True, case="lexicon").apply([text]) == [expected]


def test_off_by_default() -> None:
    """Without the option, names are switched as all words are."""
    switcher = CodeSwitcher(LEXICON, p=1, case="lexicon")
    assert switcher.apply(["the Super Bowl"]) == ["the <super> <bowl>"]
    assert "|keep_names:False|" in switcher.signature


def test_rows_are_independent() -> None:
    """A title beside it does not change the names of a text."""
    texts = ["The Super Bowl House", "we saw the Super Bowl", "", "Bowl"]
    switcher = CodeSwitcher(LEXICON, p=1, keep_names=True)
    assert switcher.apply(texts) == [switcher.apply([text])[0] for text in texts]


def test_bad_value() -> None:
    """Anything but True or False is an error."""
    with pytest.raises(TypeError, match="keep_names is 'yes'; it must be True or False"):
        CodeSwitcher(LEXICON, keep_names="yes")  # type: ignore[arg-type]
