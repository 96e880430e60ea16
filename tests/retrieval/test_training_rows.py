"""Training rows for retrieval."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lexswitch import Lexicon
from lexswitch.retrieval import RetrievalSwitcher

LEXICON = Lexicon.from_pairs(
    {
        "de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("card", "Karte")],
        "ru": [("house", "дом"), ("card", "карта")],
    }
)
ROWS = [("a house", "the house and the card", "my credit card")] * 3000


def test_bilingual_rows() -> None:
    """Each word of a query goes into one language, and each word of a document into the other."""
    rows = list(RetrievalSwitcher.bilingual(LEXICON, "de", "ru", p=1).rows(ROWS[:2]))
    assert rows == [("a Haus", "the дом and the карта", "my credit карта")] * 2


def test_source_language_stays() -> None:
    """With English queries and German documents, only documents are switched."""
    switcher = RetrievalSwitcher.bilingual(LEXICON, "en", "de", p=1)
    assert switcher.query is None
    assert list(switcher.rows(ROWS[:1])) == [("a house", "the Haus and the Karte", "my credit Karte")]
    assert list(RetrievalSwitcher(None, None).rows(ROWS[:2])) == ROWS[:2]


def test_multilingual_rows() -> None:
    """Each word draws its own language with p = 0.5, and identical rows draw by their numbers."""
    rows = list(RetrievalSwitcher.multilingual(LEXICON).rows(iter(ROWS)))
    counts = Counter(query for query, _, _ in rows)
    assert set(counts) == {"a house", "a Haus", "a дом"}
    assert 1380 < counts["a house"] < 1620
    assert 650 < counts["a Haus"] < 850
    assert "the Haus and the карта" in {document for _, document, _ in rows}


def test_titles_rows() -> None:
    """Words and phrases of a text all go into one language."""
    rows = list(RetrievalSwitcher.wiki_cs(LEXICON).rows(ROWS))
    assert {document for _, document, _ in rows} == {"the Haus and the Karte", "the дом and the карта"}
    assert {document for *_, document in rows} == {"my Kreditkarte", "my credit карта"}
    assert len({row[:2] for row in rows}) == 4  # query and document draw independently


def test_word_by_word_rows() -> None:
    """A whole text goes into one language; a third stays English; queries and documents draw independently."""
    rows = [row[:2] for row in RetrievalSwitcher.word_by_word(LEXICON, p=1).rows(ROWS)]
    counts = Counter(rows)
    queries = ("a house", "a Haus", "a дом")
    documents = ("the house and the card", "the Haus and the Karte", "the дом and the карта")
    assert set(counts) == {(query, document) for query in queries for document in documents}
    assert all(250 < count < 420 for count in counts.values())  # 333 expected of 3,000
    query = RetrievalSwitcher.word_by_word(LEXICON.select(["de"])).query
    assert query is not None
    assert query.languages == {"de": 1, "en": 0.5}
    only = RetrievalSwitcher.word_by_word(LEXICON, ["ru"], p=1).rows(ROWS[:1])
    assert list(only) == [("a дом", "the дом and the карта", "my credit карта")]


def test_rows_and_columns_agree() -> None:
    """A stream of rows equals columns with indices, and does not depend on its length."""
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    columns = dict(zip("qpn", map(list, zip(*ROWS, strict=True)), strict=True))
    switched = switcher.on("q", "p", "n", epoch=2)(columns, range(len(ROWS)))
    assert list(zip(*switched.values(), strict=True)) == list(switcher.rows(ROWS, epoch=2))
    assert list(switcher.rows(ROWS[:7], epoch=2)) == list(switcher.rows(ROWS, epoch=2))[:7]


def test_rows_that_are_dicts() -> None:
    """Columns are found by name at any position; lists and None are allowed; numbers and names stay unchanged."""
    switcher = RetrievalSwitcher.bilingual(LEXICON, "de", "ru", p=1)
    row = {"label": 1, "positive": "the house", "query": "a house", "negatives": ["my card", None], "house": None}
    assert list(switcher.rows([row])) == [
        {"label": 1, "positive": "the дом", "query": "a Haus", "negatives": ["my карта", None], "house": None}
    ]
    assert row["query"] == "a house"
    assert list(switcher.rows([{"question": "a house", "answer": "a house"}])) == [
        {"question": "a Haus", "answer": "a дом"}
    ]
    assert list(RetrievalSwitcher(None, None).rows([row])) == [row]


def test_ids_and_labels_of_text_stay() -> None:
    """Text is never switched under a name that may be an id or a label; the caller names the columns instead."""
    switcher = RetrievalSwitcher.bilingual(LEXICON, "de", "ru", p=1)
    row = {"_id": "house", "query": "a house", "positive": "the house", "label": "card"}
    with pytest.raises(ValueError, match=r"\['_id', 'label'\] hold text.*columns=\['query', 'positive'\]\)$"):
        list(switcher.rows([row]))
    switched = {**row, "query": "a Haus", "positive": "the дом"}
    assert list(switcher.rows([row], columns=["query", "positive"])) == [switched]
    assert list(switcher.rows([row], columns=["positive", "query"])) == [
        {**row, "query": "a дом", "positive": "the Haus"}
    ]
    late = [{"query": "a house", "positive": "a card", "label": label} for label in [None] * 1500 + ["house"]]
    with pytest.raises(ValueError, match=r"\['label'\] hold text"):
        list(switcher.rows(late))


@pytest.mark.parametrize(
    "name",
    ["query", "Question", "anchor", "positive", "negative_2", "hard_negatives", "neg", "doc", "passage", "text1"],
)
def test_usual_names_of_text_columns(name: str) -> None:
    """Columns with usual names of queries and documents need not be named."""
    switcher = RetrievalSwitcher.bilingual(LEXICON, "ru", "ru", p=1)
    assert list(switcher.rows([{name: "a house", "answer": "card"}])) == [{name: "a дом", "answer": "карта"}]


def test_columns_whose_first_cells_are_empty() -> None:
    """The first value decides what a column holds: numbers stay unchanged, texts are switched, in any batch."""
    switcher = RetrievalSwitcher.bilingual(LEXICON, "de", "ru", p=1)
    empty = {"query": "a house", "score": None, "scores": [], "negatives": [None], "positive": "the house"}
    row = {"query": "a house", "score": 0.5, "scores": [0.1, 0.2], "negatives": ["my card"], "positive": None}
    switched = {**row, "query": "a Haus", "negatives": ["my карта"]}
    for before in (1, 1500):
        rows = list(switcher.rows([empty] * before + [row] * 2))
        assert rows[:before] == [{**empty, "query": "a Haus", "positive": "the дом"}] * before
        assert rows[before:] == [switched] * 2
    assert list(switcher.rows([row])) == [switched]


def test_columns_of_numbers_do_not_matter() -> None:
    """What a column turns out to hold does not change the draws of the others, so a part of a stream is the same."""
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    rows = [{"score": None, "query": "a house", "negative": "my credit card"} for _ in range(40)]
    later = [{**row, "score": 0.5 if number else None} for number, row in enumerate(rows)]
    expected = [{**row, "score": cell["score"]} for row, cell in zip(switcher.rows(rows), later, strict=True)]
    assert list(switcher.rows(later)) == expected
    assert len({row["negative"] for row in expected}) == 3


def test_dicts_draw_as_tuples_do() -> None:
    """Rows as dicts, in any order of columns, equal the same rows as tuples."""
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    names = ("query", "positive", "negative")
    rows = [dict(zip(names, row, strict=True)) for row in ROWS]
    mixed = [dict(reversed(row.items())) if number % 2 else row for number, row in enumerate(rows)]
    switched = list(switcher.rows(mixed, epoch=2))
    assert [tuple(row[name] for name in names) for row in switched] == list(switcher.rows(ROWS, epoch=2))
    assert [list(row) for row in switched[:2]] == [[*names], [*reversed(names)]]


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame, pl.DataFrame, dict])
def test_tables_are_not_rows(make: Any) -> None:
    """A table or a frame raises an error that names `on`, because iterating it yields columns."""
    columns = {"query": ["house", "a", "b"], "positive": ["card", "c", "d"]}
    with pytest.raises(TypeError, match=r"rows is \w+; for the columns of a table or frame use switcher\.on\("):
        list(RetrievalSwitcher.multilingual(LEXICON).rows(make(columns)))


@pytest.mark.parametrize(
    "rows",
    [
        ["text"],
        [("query",)],
        [("a", "b"), ("a",)],
        [1],
        [{"query": "a", "label": 1}],
        [{"query": "a", "passage": "b"}, {"query": "a"}],
        [{"query": "a", "passage": "b"}, ("a", "b")],
        [("a", "b"), {"query": "a", "passage": "b"}],
    ],
)
def test_bad_rows(rows: Any) -> None:
    """A lone text, or a row with another length, other columns or another type, raises an error that names the row."""
    with pytest.raises(
        ValueError, match=r"row \d is .*; pass a query and the same number of documents in every row, or dicts"
    ):
        list(RetrievalSwitcher.multilingual(LEXICON).rows(rows))


def test_bad_switchers() -> None:
    """Anything but a switcher or a lexicon raises an error that says what to pass."""
    for make in (RetrievalSwitcher.word_by_word, RetrievalSwitcher.multilingual):
        with pytest.raises(TypeError, match=r"lexicon is 'starter', a str; pass Lexicon\.load\("):
            make("starter")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"lexicon is NoneType; pass a Lexicon such as Lexicon\.starter\(\)"):
        RetrievalSwitcher.bilingual(None, "de", "ru")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="document is int; pass a CodeSwitcher, or None to change nothing"):
        RetrievalSwitcher(None, 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "columns", "here"),
    [
        ({"query": "a", "positive": "b"}, ["query", "p"], r"the columns \['query', 'positive'\]"),
        ({"query": "a", "positive": "b"}, "query", r"the columns \['query', 'positive'\]"),
        ({"query": "a", "positive": "b"}, 5, r"the columns \['query', 'positive'\]"),
        (("a", "b"), ["query", "positive"], "no columns: it is tuple"),
    ],
)
def test_bad_columns(row: Any, columns: Any, here: str) -> None:
    """Columns that the rows do not have are named."""
    with pytest.raises(ValueError, match=f"it must list columns of the rows, and row 0 has {here}"):
        list(RetrievalSwitcher.multilingual(LEXICON).rows([row], columns=columns))


def test_bad_cells() -> None:
    """A number in a text column raises an error, and so does a switcher without queries and documents."""
    switcher = RetrievalSwitcher.multilingual(LEXICON)
    with pytest.raises(TypeError, match="column 'passage': row 1 holds int"):
        list(switcher.rows([{"query": "a", "passage": "b"}, {"query": "a", "passage": 1}]))
    with pytest.raises(TypeError, match="the column 'query' holds int in row 0; a query is text"):
        list(switcher.rows([{"query": 5, "positive": "a", "negative": "b"}]))
    with pytest.raises(ValueError, match="query and document are both None"):
        RetrievalSwitcher(None, None).on("q", "p")
    for columns in (("q", "q"), ("q", "p", "p"), ("q", 1)):
        with pytest.raises(ValueError, match=r"columns are \['q', .*\]; name each text column once: switcher\.on\('q"):
            switcher.on(*columns)  # type: ignore[arg-type]
