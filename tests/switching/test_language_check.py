"""Warnings about texts that are not in the source language of a lexicon."""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lexswitch import (
    CharacterTokenizer,
    CodeSwitcher,
    Lexicon,
    LexiconLanguageWarning,
    LowCoverageWarning,
    Report,
    WrongLanguageWarning,
)
from lexswitch.retrieval import RetrievalSwitcher

from ..sentences import SENTENCES
from ..test_readme import PAGES

STARTER = Lexicon.starter()
GERMAN = """
Das Wasser im Haus ist kalt, und die Tür zum Garten ist klein. Meine Mutter kauft Brot, Milch und Käse auf dem Markt.
Die Kinder gehen mit dem Lehrer in die Schule, und der Hund schläft. Im Winter ist der Fluss bei der Brücke aus Eis.
Der Arzt im Krankenhaus hat Zeit und hilft. Ein Freund fährt mit dem Zug in die Stadt. Das Buch liegt auf dem Tisch.
""".strip().split("\n")
ENGLISH = """
The water in the house is cold, and the door to the garden is small. My mother buys bread, milk and cheese in the city.
The children go to school with the teacher, and the dog sleeps. In winter the river at the bridge is made of ice.
The doctor in the hospital has time and helps. A friend takes the train to the city. The book is lying on the table.
""".strip().split("\n")
MANY = 20
"""More than 1,000 words of either."""


def warned(switcher: CodeSwitcher, texts: Sequence[str], **call: Any) -> list[tuple[type[Warning], str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        switcher.apply(texts, **call)
    return [(one.category, str(one.message)) for one in caught]


@pytest.mark.parametrize("languages", [None, ["de"], ["ru"]])
def test_texts_in_a_target_language(languages: Any) -> None:
    """German texts with a lexicon from English are told apart by its own words, whatever the targets."""
    ((category, message),) = warned(CodeSwitcher(STARTER, languages), GERMAN * MANY)
    assert category is WrongLanguageWarning
    assert "more words are translations into 'de' (" in message
    assert "than terms of its source language 'en' (" in message
    assert message.endswith("; use lexicon.invert('de')")


def test_swapped_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are English texts with a dictionary whose columns were swapped; the remedy makes a lexicon that fits them."""
    pairs = [(pair[2], pair[0]) for pair in STARTER.select(["de"]).pairs()]
    remedied = follow(warned(CodeSwitcher(Lexicon.from_pairs({"de": pairs})), ENGLISH * MANY), pairs)
    assert warned(CodeSwitcher(remedied), ENGLISH * MANY) == []
    assert remedied["water"] == {"de": [("Wasser", 1.0)]}
    (tmp_path / "words.txt").write_text("".join("\t".join(pair) + "\n" for pair in pairs), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.warns(LexiconLanguageWarning):
        lexicon = Lexicon.read("words.txt", target="de")
    assert follow(warned(CodeSwitcher(lexicon), ENGLISH * MANY), pairs)["water"] == {"de": [("Wasser", 1.0)]}


def follow(found: list[tuple[type[Warning], str]], pairs: list[tuple[str, str]]) -> Lexicon:
    """Return the lexicon of the expression that a warning ends with."""
    ((category, message),) = found
    assert category is WrongLanguageWarning
    assert "; the columns of the dictionary seem to be swapped: use Lexicon." in message
    lexicon = eval(message.rpartition("use ")[2], {"Lexicon": Lexicon, "pairs": pairs})  # noqa: S307 - as a reader pastes it
    assert isinstance(lexicon, Lexicon)
    return lexicon


def test_unknown_languages() -> None:
    """If the languages are not known, both causes have a remedy; a curated lexicon is not swapped."""
    pairs = [(word, f"xx{word}") for text in ENGLISH for word in set(text.split())]
    lexicon = Lexicon.from_pairs({"eo": [(other, word) for word, other in pairs]}, source="tlh")
    ((_, message),) = warned(CodeSwitcher(lexicon), ENGLISH * MANY)
    assert "; if the texts are in 'eo', use lexicon.invert('eo'); if not, the columns" in message
    assert message.endswith("swapped: use Lexicon.from_pairs({'tlh': pairs}, source='eo').invert('tlh')")
    ((_, message),) = warned(CodeSwitcher(STARTER), GERMAN * MANY)
    assert "swapped" not in message


@pytest.mark.parametrize(("language", "scripts"), [("ru", "Cyrl"), ("ar", "Arab"), ("zh", "Hani")])
def test_texts_in_another_script(language: str, scripts: str) -> None:
    """Texts in another script are told apart by their letters, with no target of that script, in both directions."""
    lexicon = STARTER.select(["de"])
    texts = SENTENCES[language] * 10
    tokenizer = CharacterTokenizer()
    ((category, message),) = warned(CodeSwitcher(lexicon, tokenizer=tokenizer), texts)
    assert category is WrongLanguageWarning
    assert "most letters are not in a script of its source language 'en', Latn; use a lexicon from" in message
    other = Lexicon.from_pairs({"en": [("水", "water")]}, source=language)
    ((category, message),) = warned(CodeSwitcher(other), ENGLISH * MANY)
    assert category is WrongLanguageWarning
    assert f"not in a script of its source language {language!r}, {scripts};" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    "switcher",
    [
        CodeSwitcher(STARTER),
        CodeSwitcher(STARTER, ["de"], max_words=1, skip="stopwords"),
        CodeSwitcher(STARTER.select(["de", "ru"]), p=0),
        CodeSwitcher(Lexicon.from_pairs({"de": [("water", "Wasser"), ("house", "Haus"), ("the", "a")]})),
        CodeSwitcher(STARTER.invert("de")),
        RetrievalSwitcher.wiki_cs(STARTER).query,
        RetrievalSwitcher.word_by_word(STARTER).query,
    ],
    ids=["starter", "no stop words", "p = 0", "few terms", "from German", "Wiki-CS", "word by word"],
)
def test_right_texts(switcher: CodeSwitcher) -> None:
    """Texts in the source language give no warning, also where a lexicon is small or many words are not units."""
    texts = GERMAN if switcher.lexicon.source == "de" else ENGLISH
    assert warned(switcher, texts * MANY) == []
    assert warned(switcher, ["\n".join(texts * MANY)] * 2, keys=[0, 1]) == []


def test_short_batches() -> None:
    """Batches of less than 1,000 words give no warning, whatever they hold."""
    switcher = CodeSwitcher(STARTER)
    for texts in (GERMAN, SENTENCES["ru"], ["1 2 3"] * 2000, [""], []):
        batch = texts[:60]
        assert sum(len(text.split()) for text in batch) < 1000
        assert warned(switcher, batch) == []


def test_texts_of_any_length() -> None:
    """The words come from the part that has most of them; NULs and a letter that is cut do not matter."""
    long = "\0".join(["ä" * 10_001, *GERMAN * 4000])
    for texts in (["1 " * 10, long], [long], ["\0" * 600_000, " ".join(GERMAN * MANY)]):
        ((category, message),) = warned(CodeSwitcher(STARTER), texts)
        assert category is WrongLanguageWarning
        assert "more words are translations into 'de' (" in message


def test_warned_once() -> None:
    """A switcher looks for another language once; a restored one looks again."""
    switcher = CodeSwitcher(STARTER)
    assert len(warned(switcher, GERMAN * MANY)) == 1
    assert warned(switcher, GERMAN * MANY) == []
    assert len(warned(pickle.loads(pickle.dumps(switcher)), GERMAN * MANY)) == 1
    nothing = ["zzz yyy xxx"] * 400
    for _ in range(2):
        ((category, message),) = warned(switcher, nothing)
        assert category is LowCoverageWarning
        assert message.startswith("only 0 of 1,200 words are in the lexicon; check that")


def test_warnings_name_the_line_of_the_caller() -> None:
    """So that Python shows one for each place."""
    for method in (CodeSwitcher(STARTER).apply, CodeSwitcher(STARTER).trace):
        with pytest.warns(WrongLanguageWarning) as caught:
            method(GERMAN * MANY)
        assert [one.filename for one in caught] == [__file__]


@pytest.mark.slow
@pytest.mark.parametrize("key", range(6))
def test_texts_that_draw_the_source_language(key: int) -> None:
    """A long text that draws the source language, which switches none of it, is not one of unknown words."""
    switcher = CodeSwitcher(STARTER, {"de": 1, "en": 5}, p=0.9, draw_language="text")
    text = "\n".join(ENGLISH * MANY)
    assert warned(switcher, [text], keys=[key]) == []
    unknown = " ".join(["zzz"] * 1500)
    ((category, message),) = warned(switcher.replace(languages={"de": 1}), [unknown], keys=[key])
    assert (category, message[:24]) == (LowCoverageWarning, "only 0 of 1,500 words ar")


# -- few words ---------------------------------------------------------------------------------------------------------


def test_few_words_are_noticed_in_reports() -> None:
    """The report of 45 German words says so, and advises no larger lexicon; a call of `apply` has no warning."""
    texts = GERMAN[:2]
    assert 40 <= sum(len(text.split()) for text in texts) < 50
    switcher = CodeSwitcher(STARTER)
    assert warned(switcher, texts) == []
    assert switcher.report(texts).advice == ["The texts seem to be in 'de': use lexicon.invert('de')."]
    several = switcher.report(texts * 4).advice
    assert several[0] == "The texts seem to be in 'de': use lexicon.invert('de')."
    assert not any("larger lexicon" in sentence for sentence in several)
    advice = CodeSwitcher(STARTER).report(["zzz yyy xxx"] * 40).advice
    assert any(sentence.endswith("Use a larger lexicon.") for sentence in advice)  # English forms match
    german = Lexicon.from_pairs({"en": [("haus", "house")]}, source="de")
    advice = CodeSwitcher(german).report(["zzz yyy xxx"] * 40).advice
    assert any("or pass forms=... so that inflected forms match" in sentence for sentence in advice)
    assert CodeSwitcher(STARTER).report(["1 2 3 Haus"] * 8).advice == []


def test_advice_belongs_to_a_recording() -> None:
    """After German texts, the report of English ones has no note; that of other German texts has one again."""
    switcher = CodeSwitcher(STARTER)
    note = "The texts seem to be in 'de': use lexicon.invert('de')."
    for texts, notes in ((GERMAN, (note,)), (ENGLISH, ()), (GERMAN * MANY, (note,)), (ENGLISH * MANY, ())):
        report = switcher.report(texts)
        assert (report.notes, report.is_other_language) == (notes, bool(notes))
    assert len(warned(switcher, GERMAN * MANY)) == 1  # reports do not use up the warning
    assert switcher.report(GERMAN).notes == (note,)


def test_parts_of_columns_are_searched_once() -> None:
    """Batches of a data set share one search, and the sum of their reports has the note."""
    columns = CodeSwitcher(STARTER).on("text")
    with pytest.warns(WrongLanguageWarning):
        first = columns.switch_and_report({"text": GERMAN})[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        later = [columns.switch_and_report({"text": texts})[1] for texts in (GERMAN, ENGLISH)]
    assert [report.is_other_language for report in (first, *later, Report.merge([*later, first]))] == [1, 0, 0, 1]


def test_few_words_are_searched_once() -> None:
    """A recording switcher warns of the first short batch, and looks again in the first long one only."""
    recording, report = CodeSwitcher(STARTER).recording()
    ((category, message),) = warned(recording, GERMAN[:2])
    assert category is WrongLanguageWarning
    assert message.startswith("only 5 of 46 words are in the lexicon, and more words are translations into 'de' (")
    assert warned(recording, GERMAN[:2]) == []
    assert len(warned(recording, GERMAN * MANY)) == 1
    assert warned(recording, GERMAN * MANY) == []
    assert report().notes == ("The texts seem to be in 'de': use lexicon.invert('de').",)


@pytest.mark.slow
def test_few_english_words_are_not_noticed() -> None:
    """Paragraphs of this documentation, with many names and numbers, are not taken for another language."""
    lexicon = STARTER.select(["de", "fr", "nl", "sv"])  # those with the most words that English has, too
    paragraphs = [text for page in PAGES for text in page.read_text(encoding="utf-8").split("\n\n")]
    long = [text for text in paragraphs if len(text.split()) >= 40 and not re.search(r"[^\W\d_]\\|[äöüé]", text)]
    assert len(long) > 150
    for text in long[::3]:
        recording, _ = CodeSwitcher(lexicon).recording(details=False)
        assert warned(recording, [text]) == []
