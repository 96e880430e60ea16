"""Columns of pyarrow, pandas and polars: what comes of them is what lists give, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.arrow import Lists, pack_strings, unpack_strings

from ..strategies import Case, any_text, cases

LEXICON = Lexicon.from_pairs({"de": [("house", "Haus")], "ru": [("credit card", "кредитная карта")]})
TEXTS = ["the house", "", "a\0b House\n", "naïve 😀 credit card", "HOUSE of a house"]
TYPES = [pa.string(), pa.large_string()]
if hasattr(pa, "string_view"):  # not in pyarrow 15, the oldest
    TYPES.append(pa.string_view())


@given(cases(), st.sampled_from(TYPES), st.data())
def test_arrays_switch_as_lists_do(case: Case, kind: pa.DataType, data: st.DataObject) -> None:
    """Arrays, slices and chunks with nulls, of each type of strings, give the bytes that lists give."""
    nulls = data.draw(st.lists(st.booleans(), min_size=len(case.texts), max_size=len(case.texts)))
    texts = [None if null else text for text, null in zip(case.texts, nulls, strict=True)]
    switched = case.switcher.apply([text or "" for text in texts], **case.call)
    expected = [None if null else text for text, null in zip(switched, nulls, strict=True)]
    array = pa.array(["x", *texts, None, "y"], kind)[1 : 1 + len(texts)]
    cut = data.draw(st.integers(0, len(texts)))
    chunks = pa.chunked_array([array[:cut], array[cut:]], kind)
    for column in (array, chunks):
        switched = case.switcher.apply_arrow(column, **case.call)
        switched.validate(full=True)
        assert (switched.type, switched.to_pylist()) == (kind, expected)
        assert type(switched) is type(column)


@given(st.lists(any_text | st.just("\0")))
def test_packing_and_back(texts: list[str]) -> None:
    """Any strings survive the way into the engine's buffer and back."""
    packed = pack_strings(pa.array(texts, pa.large_string()))
    assert packed.unpack() == texts
    assert unpack_strings(packed).to_pylist() == texts


@pytest.mark.parametrize("draw_language", ["unit", "text"])
def test_many_blocks(draw_language: str) -> None:
    """Columns of many blocks, and rows larger than one, keep their order."""
    switcher = CodeSwitcher(LEXICON, draw_language=draw_language)
    texts = [text * (1 + number % 7) for number, text in enumerate(TEXTS * 4000)] + ["a house " * 200_000, "house"]
    keys = range(len(texts))
    assert switcher.apply_arrow(pa.array(texts), keys=keys).to_pylist() == switcher.apply(texts, keys=keys)


def test_chunks_and_no_rows() -> None:
    """Chunks stay as they are cut; columns without rows or chunks are fine."""
    switcher = CodeSwitcher(LEXICON, p=1)
    column = pa.chunked_array([TEXTS[:2], [], TEXTS[2:]])
    assert [len(chunk) for chunk in switcher.apply_arrow(column).chunks] == [2, 0, 3]
    for empty in (pa.array([], pa.string()), pa.chunked_array([], pa.large_string())):
        switched = switcher.apply_arrow(empty)
        assert (len(switched), switched.type) == (0, empty.type)


def test_dictionaries() -> None:
    """A dictionary of strings stays one."""
    column = pa.array(TEXTS * 2).dictionary_encode()
    switched = CodeSwitcher(LEXICON, p=1).apply_arrow(column)
    assert switched.type == column.type
    assert switched.to_pylist() == CodeSwitcher(LEXICON, p=1).apply(TEXTS * 2)
    small = pa.array(["house", None]).cast(pa.dictionary(pa.int8(), pa.large_string()))
    switched = CodeSwitcher(LEXICON, p=1).apply_arrow(small)
    assert (switched.type, switched.to_pylist()) == (small.type, ["Haus", None])


@pytest.mark.parametrize("dtype", ["object", "string", pd.ArrowDtype(pa.string())])
def test_pandas_series(dtype: str) -> None:
    """A Series keeps index, name and dtype, and nothing stays nothing."""
    series = pd.Series([*TEXTS, None], index=range(3, 9), name="query", dtype=dtype)
    switched = CodeSwitcher(LEXICON, p=1).apply_arrow(series)
    assert (switched.name, switched.dtype, list(switched.index)) == ("query", series.dtype, list(range(3, 9)))
    assert switched.tolist()[:-1] == CodeSwitcher(LEXICON, p=1).apply(TEXTS)
    assert pd.isna(switched.tolist()[-1])


def test_polars_series() -> None:
    """A Series keeps its name, and can be switched within an expression."""
    switcher = CodeSwitcher(LEXICON, p=1)
    series = pl.Series("query", [*TEXTS, None])
    switched = switcher.apply_arrow(series)
    assert (switched.name, switched.to_list()) == ("query", [*switcher.apply(TEXTS), None])
    frame = pl.DataFrame(series).with_columns(pl.col("query").map_batches(switcher.apply_arrow, return_dtype=pl.String))
    assert frame["query"].to_list() == switched.to_list()


def test_lists_are_laid_flat_and_restored() -> None:
    """Strings of lists, of slices with nulls too, know their row and place, and others can take their places."""
    rows = [["a"], None, [], ["b", None, "c"], ["d"]]
    for kind in (pa.list_(pa.string()), pa.large_list(pa.large_string())):
        for part in (slice(0, 5), slice(1, 4)):
            lists = Lists.of(pa.array(rows, kind)[part.start : part.stop])
            assert lists is not None
            flat = [(text, row, place) for row, cell in enumerate(rows[part]) for place, text in enumerate(cell or [])]
            found = zip(lists.strings.to_pylist(), lists.rows.tolist(), lists.positions.tolist(), strict=True)
            assert list(found) == flat
            assert lists.restored(lists.strings).to_pylist() == rows[part]
            assert lists.restored(lists.strings).type == kind
    assert Lists.of(pa.array(TEXTS)) is None
    assert Lists.of(pa.array([[1]])) is None


MISSING = {
    "pandas object": pd.Series([None, np.nan], dtype=object),
    "pandas double": pd.Series([np.nan, np.nan]),
    "pandas category": pd.Series([None, None], dtype="category"),
    "pandas of no row": pd.Series(["a"], dtype=object)[:0],
    "pandas double of no row": pd.Series([], dtype=float),
    "pandas lists": pd.Series([[None], None, []]),
    "pandas dates": pd.Series([pd.NaT, pd.NaT]),
    "polars null": pl.Series([None, None]),
    "polars enum": pl.Series([None, None], dtype=pl.Enum(["a"])),
    "polars lists": pl.Series([[None], None], dtype=pl.List(pl.Null)),
    "null": pa.nulls(2),
    "chunks of null": pa.chunked_array([pa.nulls(1), pa.nulls(0), pa.nulls(2)]),
    "no chunks": pa.chunked_array([], pa.null()),
    "double": pa.array([None, None], pa.float64()),
    "dictionary": pa.nulls(2).dictionary_encode(),
    "lists of null": pa.array([[None], None, []]),
    "lists of strings": pa.array([[], None], pa.list_(pa.string())),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_values_stay(name: str) -> None:
    """A batch in which all is missing comes back as it is, whatever its type, alone and in a table or a frame."""
    column = MISSING[name]
    switcher = CodeSwitcher(LEXICON, p=1)
    if "list" not in name:
        assert switcher.apply_arrow(column).equals(column)
    if isinstance(column, pd.Series):
        frame = pd.DataFrame({"query": column})
    else:
        frame = pl.DataFrame({"query": column}) if isinstance(column, pl.Series) else pa.table({"query": column})
    assert switcher.on("query")(frame, range(len(column))).equals(frame)


def test_frames_whose_rows_are_filtered() -> None:
    """A selection without rows is as good as any other."""
    frame = pd.DataFrame({"query": ["a house", None], "id": [1, 2]})
    switched = CodeSwitcher(LEXICON, p=1).on("query")
    for rows in (frame["query"].isna(), frame["query"] == "zzz"):
        pd.testing.assert_frame_equal(switched(frame[rows], range(rows.sum())), frame[rows])


def test_categories_stay_categories() -> None:
    """A Series of categories stays one, without their order; a polars Enum, whose texts are fixed, does not."""
    switcher = CodeSwitcher(LEXICON, p=1)
    series = pd.Series(["the house", None, "x"], dtype=pd.CategoricalDtype(["x", "the house"], ordered=True))
    switched = switcher.apply_arrow(series)
    assert isinstance(switched.dtype, pd.CategoricalDtype)
    assert not switched.dtype.ordered
    assert switched.astype(object).where(switched.notna(), None).tolist() == ["the Haus", None, "x"]
    for dtype in (pl.Categorical, pl.Enum(["the house"])):
        result = switcher.apply_arrow(pl.Series(["the house", None], dtype=dtype))
        assert (result.dtype, result.to_list()) == (pl.Categorical, ["the Haus", None])


def test_what_is_missing_stays_what_it_is() -> None:
    """None, NaN and NA in a Series of objects are not turned into one another."""
    series = pd.Series(["house", np.nan, None, pd.NA], dtype=object)
    text, *missing = CodeSwitcher(LEXICON, p=1).apply_arrow(series).tolist()
    assert text == "Haus"
    assert [repr(one) for one in missing] == ["nan", "None", "<NA>"]


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        (["a"], TypeError, "column is list; pass a pyarrow array or a pandas or polars Series, or a list to apply"),
        (pa.array([1, 2]), TypeError, "column has type int64; pass strings"),
        (pa.array([["a"]]), TypeError, "switch columns of lists with switcher.on"),
        (pd.Series(["a", 1], dtype=object), TypeError, "the Series has other values than text"),
        (pl.Series([1.5]), TypeError, "column has type double"),
    ],
)
def test_other_columns_are_refused(column: object, error: type[Exception], message: str) -> None:
    """The message tells what came and what to pass."""
    with pytest.raises(error, match=message):
        CodeSwitcher(LEXICON).apply_arrow(column)


def test_bad_buffers_and_keys() -> None:
    """Bytes that are no UTF-8, and another number of keys, are errors."""
    offsets, data = pa.array([0, 1, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xff\xfe")
    with pytest.raises(ValueError, match="rows from 0 on are not valid strings"):
        CodeSwitcher(LEXICON).apply_arrow(pa.StringArray.from_buffers(2, offsets, data))
    with pytest.raises(ValueError, match="keys has 1 elements, texts has 2"):
        CodeSwitcher(LEXICON).apply_arrow(pa.array(["a", "b"]), keys=[1])
