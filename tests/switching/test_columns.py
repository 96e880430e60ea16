"""ColumnSwitcher: columns of dicts, tables and frames."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lexswitch import CodeSwitcher, ColumnSwitcher, Lexicon, SpanTokenizer, switch_columns

LEXICON = Lexicon.from_pairs(
    {
        "de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("the", "das")],
        "fr": [("house", "maison"), ("credit card", "carte de crédit"), ("the", "la")],
    }
)
TEXT = "the house, the credit card of the House " * 3
BATCH = {"query": ["the house", "credit card"], "passage": [TEXT, "house"], "id": [7, 8]}
CELLS = [["the house", None, TEXT], None, [], [TEXT, TEXT]]


def test_columns_have_options_of_their_own() -> None:
    """Named columns are switched, each with its own options; others are not returned."""
    hook = CodeSwitcher(LEXICON, p=1).on(
        "query", "passage", languages={"query": ["de"], "passage": ["fr"]}, p={"passage": 0}
    )
    assert hook(BATCH) == {"query": ["das Haus", "Kreditkarte"], "passage": BATCH["passage"]}


def test_columns_have_switchers_of_their_own() -> None:
    """switch_columns gives each column a switcher; into names new columns."""
    german, french = (CodeSwitcher.translate(LEXICON, language) for language in ("de", "fr"))
    hook = switch_columns({"query": german, "passage": french}, into={"query": "query_de"})
    assert hook({"query": ["the house"], "passage": ["the house"]}) == {
        "query_de": ["das Haus"],
        "passage": ["la maison"],
    }


def test_columns_draw_by_index() -> None:
    """With indices draws depend on index and column, not on the batch; the first column draws as apply does."""
    hook = CodeSwitcher(LEXICON, seed=5).on("a", "b", epoch=2)
    texts = [TEXT] * 300
    whole = hook({"a": texts, "b": texts}, range(300))
    assert whole["a"] == CodeSwitcher(LEXICON, seed=5).apply(texts, keys=range(300), epoch=2)
    assert sum(map(str.__eq__, whole["a"], whole["b"])) < 100
    part = hook({"b": texts[:7], "a": texts[:7]}, list(range(40, 47)))
    assert part == {"a": whole["a"][40:47], "b": whole["b"][40:47]}
    assert hook({"a": texts, "b": texts})["a"] == CodeSwitcher(LEXICON, seed=5).apply(texts, epoch=2)
    assert hook.at(3)({"a": texts, "b": texts}, range(300)) != whole
    assert hook.at(2) == hook


@pytest.mark.parametrize("indices", [[-1, 2**64 + 3, 2**70], [7, 2**63, 0]])
def test_indices_of_any_kind(indices: list[int]) -> None:
    """Lists, arrays and other sequences of the same indices, modulo 2**64, give each column the same draws."""
    hook = CodeSwitcher(LEXICON).on("a", "b", "c")
    batch = {name: [TEXT] * 3 for name in "abc"}
    switched = hook(batch, indices)
    wrapped = np.array([index % 2**64 for index in indices], np.uint64)
    for others in (wrapped, list(wrapped), wrapped.tolist(), tuple(indices), np.array(indices, object)):
        assert hook(batch, others) == switched
    assert hook(pa.table(batch), indices).to_pydict() == switched
    assert len({str(column) for column in switched.values()}) == 3


@pytest.mark.parametrize("epoch", [0, 2**64 - 1])
def test_columns_of_any_kind(epoch: int) -> None:
    """Lists, tuples and arrays of texts, and epochs of NumPy, give the same."""
    hook, indices, texts = CodeSwitcher(LEXICON).on("a", "b"), range(3, 6), [TEXT, "house", ""]
    switched = hook.at(epoch)({"a": texts, "b": texts}, indices)
    other = hook.at(np.uint64(epoch))  # type: ignore[arg-type]
    assert other({"a": tuple(texts), "b": np.array(texts, object)}, [*indices]) == switched
    switcher = CodeSwitcher(LEXICON)
    assert switcher.apply(tuple(texts), keys=indices, epoch=np.uint64(epoch)) == switched["a"]  # type: ignore[arg-type]


@pytest.mark.parametrize("ids", [[3, 4, 5], ["x", "y", "z"], np.array([3, 4, 5]), np.array([3, 4, 5], np.int32)])
def test_keys_from_a_column(ids: Any) -> None:
    """A column of ints or strings gives the keys, whatever the indices."""
    hook = CodeSwitcher(LEXICON).on("text", keys="id")
    texts = [TEXT] * 3
    expected = CodeSwitcher(LEXICON).apply(texts, keys=ids)
    batch = {"text": texts, "id": ids}
    assert hook(batch) == hook(batch, [0, 0, 0]) == {"text": expected}
    assert hook(pa.table(batch))["text"].to_pylist() == expected
    assert hook(pd.DataFrame(batch))["text"].tolist() == expected


def test_lists_and_nothing() -> None:
    """Cells may be texts, lists of texts, empty or None; texts of a list draw one by one, the first as a lone one."""
    hook = CodeSwitcher(LEXICON).on("cell")
    switched = hook({"cell": CELLS}, range(4))["cell"]
    assert [type(cell) for cell in switched] == [list, type(None), list, list]
    assert switched[0][1] is None
    assert switched[0][0] == hook({"cell": ["the house"]}, [0])["cell"][0]
    assert switched[3][0] == hook({"cell": [TEXT]}, [3])["cell"][0]
    assert switched[3][0] != switched[3][1]
    assert hook({"cell": [None, None]}) == {"cell": [None, None]}
    assert hook({"cell": []}) == {"cell": []}


@pytest.mark.parametrize(
    "make", [pa.table, lambda columns: pa.RecordBatch.from_pydict(dict(columns)), pd.DataFrame, pl.DataFrame]
)
def test_tables_and_frames(make: Any) -> None:
    """Tables and frames give what dicts give, and keep their other columns, order and kind."""
    hook = CodeSwitcher(LEXICON).on("text", "cell", into={"text": "new"})
    batch = {"text": [TEXT, None, "house", TEXT], "id": [1, 2, 3, 4], "cell": CELLS}
    frame = make(batch)
    switched = hook(frame, range(4))
    assert type(switched) is type(frame)
    expected = hook(batch, range(4))
    columns = (
        switched.to_dict("list")
        if isinstance(frame, pd.DataFrame)
        else switched.to_pydict()
        if isinstance(frame, (pa.Table, pa.RecordBatch))
        else switched.to_dict(as_series=False)
    )
    assert list(columns) == ["text", "id", "cell", "new"]
    shown = [None if pd.isna(value) else value for value in columns["new"]]
    assert (shown, columns["id"], [cell if cell is None else list(cell) for cell in columns["cell"]]) == (
        expected["new"],
        [1, 2, 3, 4],
        expected["cell"],
    )


def test_fields_of_tables_stay() -> None:
    """A replaced column keeps its type, nullability and metadata."""
    schema = pa.schema([pa.field("text", pa.large_string(), nullable=False, metadata={"a": "b"})], metadata={"c": "d"})
    switched = CodeSwitcher(LEXICON).on("text")(pa.table({"text": [TEXT]}, schema))
    assert switched.schema.equals(schema, check_metadata=True)


NAMES = ["O", "B-LOC", "I-LOC"]
SENTENCES = [["the", "house", "in", "credit", "card", "."], None, [], ["credit", "card"]]
NUMBERS = [[0, 1, 0, 1, 2, 0], None, [], [0, 0]]
TAGGED = {"tokens": SENTENCES, "ner_tags": NUMBERS, "id": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    "make", [dict, pa.table, lambda columns: pa.RecordBatch.from_pydict(dict(columns)), pd.DataFrame, pl.DataFrame]
)
def test_tokens_and_tags(make: Any) -> None:
    """Both columns are switched together in batches of any kind; what is None stays, and types do."""
    hook = CodeSwitcher(LEXICON, ["fr"], p=1).on_tokens("tokens", "ner_tags", names=NAMES)
    batch = make(TAGGED)
    switched = hook(batch, range(4))
    columns: Any = {
        dict: dict,
        pa.Table: lambda table: table.to_pydict(),
        pa.RecordBatch: lambda batch: batch.to_pydict(),
        pd.DataFrame: lambda frame: {name: [*map(_listed, frame[name])] for name in frame},
        pl.DataFrame: lambda frame: frame.to_dict(as_series=False),
    }[type(switched)](switched)
    assert columns["tokens"] == [
        ["la", "maison", "in", "carte", "de", "crédit", "."],
        None,
        [],
        ["carte", "de", "crédit"],
    ]
    assert columns["ner_tags"] == [[0, 1, 0, 1, 2, 2, 0], None, [], [0, 0, 0]]
    if isinstance(batch, (pa.Table, pa.RecordBatch, pl.DataFrame)):
        assert switched.schema == batch.schema


def _listed(cell: Any) -> Any:
    return list(cell) if isinstance(cell, (list, np.ndarray)) else cell if isinstance(cell, int) else None


def test_tokens_draw_as_apply_tokens_does() -> None:
    """Rows draw by index, epoch and keys as in `apply_tokens`, and options hold; the columns may have new names."""
    switcher = CodeSwitcher(LEXICON, seed=3)
    tokens, tags = [["the", "house"] * 4] * 50, [["O", "B-X"] * 4] * 50
    batch = {"tokens": tokens, "tags": tags, "id": list(range(50, 100))}
    hook = switcher.on_tokens("tokens", "tags", inside="nothing", epoch=2, into={"tags": "new"})
    for epoch, keys in ((2, range(50)), (3, range(50)), (2, None)):
        wanted = switcher.apply_tokens(tokens, tags, inside="nothing", keys=keys, epoch=epoch)
        assert hook.at(epoch)(batch, keys) == {"tokens": wanted.tokens, "new": wanted.tags}
    by_id = switcher.on_tokens("tokens", "tags", keys="id")(batch)
    assert by_id["tokens"] == switcher.apply_tokens(tokens, tags, keys=range(50, 100)).tokens
    assert len({str(row) for row in by_id["tokens"]}) > 10


def test_hooks_of_tokens_have_a_signature_and_pickle() -> None:
    """Names of columns and tags and what may be switched show in the signature; a pickled hook works the same."""
    switcher = CodeSwitcher(LEXICON)
    hooks = [
        switcher.on_tokens("tokens", "ner_tags", names=NAMES),
        switcher.on_tokens("tokens", "ner_tags", names=[*NAMES, "B-X"]),
        switcher.on_tokens("tokens", "ner_tags"),
        switcher.on_tokens("tokens", "tags", names=NAMES),
        switcher.on_tokens("tokens", "ner_tags", names=NAMES, inside="whole"),
        switcher.on_tokens("tokens", "ner_tags", names=NAMES, epoch=1),
        switcher.on_tokens("tokens", "ner_tags", names=NAMES, into={"ner_tags": "new"}),
        switcher.on("tokens"),
    ]
    assert len({hook.signature for hook in hooks}) == len(set(hooks)) == len(hooks)
    restored = pickle.loads(pickle.dumps(hooks[0]))
    assert restored == hooks[0] == hooks[5].at(0)
    assert restored(TAGGED, range(4)) == hooks[0](TAGGED, range(4))
    assert repr(restored).startswith("<TokenSwitcher epoch:0|")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ner_tags": [[0] * 6, None, [], [0]]}, "columns 'tokens' and 'ner_tags': tags[3] has 1 tags for 2 tokens"),
        ({"ner_tags": [[0] * 6, [], [], [0, 0]]}, "row 1 has None in one of the columns 'tokens', 'ner_tags'"),
        ({"tokens": ["house"] * 4, "ner_tags": [[0]] * 4}, "columns 'tokens' and 'ner_tags': tokens[0] is 'house'"),
    ],
)
def test_bad_tokens(change: Any, message: str) -> None:
    """Sentences that do not match, and columns that hold something else, are errors that name the columns."""
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        CodeSwitcher(LEXICON).on_tokens("tokens", "ner_tags", names=NAMES)({**TAGGED, **change})


def test_bad_columns_of_tokens() -> None:
    """Numbers without names, missing columns and wrong options are errors that say what to pass."""
    switcher = CodeSwitcher(LEXICON)
    with pytest.raises(ValueError, match=re.escape("tags[0][0] is 0, a number; pass the names of tags, names=[")):
        switcher.on_tokens("tokens", "ner_tags")(TAGGED)
    with pytest.raises(KeyError, match="no column 'tags' in the batch"):
        switcher.on_tokens("tokens", "tags")(TAGGED)
    message = re.escape("columns are ['tokens', 'tokens']; name the column of the tokens and")
    with pytest.raises(ValueError, match=message):
        switcher.on_tokens("tokens", "tokens")
    with pytest.raises(ValueError, match="inside is 'all'"):
        switcher.on_tokens("tokens", "tags", inside="all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("it must map some of the columns ['tokens', 'tags'] to new names")):
        switcher.on_tokens("tokens", "tags", into={"text": "new"})


def test_columns_have_a_signature_and_pickle() -> None:
    """Epoch, names and options show in the signature, and a pickled hook works the same."""
    switcher = CodeSwitcher(LEXICON)
    hooks = [
        switcher.on("query"),
        switcher.on("passage"),
        switcher.on("query", epoch=1),
        switcher.on("query", p={"query": 1}),
        switcher.on("query", "passage"),
        switcher.on("query", into={"query": "new"}),
        switcher.on("query", keys="id"),
    ]
    assert len({hook.signature for hook in hooks}) == len(set(hooks)) == len(hooks)
    for hook in hooks:
        restored = pickle.loads(pickle.dumps(hook))
        assert restored == hook
        assert restored(BATCH, [3, 4]) == hook(BATCH, [3, 4])


def test_equal_hooks_pickle_alike() -> None:
    """What a cache hashes does not depend on the order of sets."""
    switcher = CodeSwitcher(LEXICON, skip={"the", "house", "of", "credit"})
    other = CodeSwitcher(LEXICON, skip={"of", "credit", "house", "the"})
    assert pickle.dumps(switcher.on("a")) == pickle.dumps(other.on("a"))
    assert pickle.loads(pickle.dumps(switcher)).skip == switcher.skip


def test_bad_columns() -> None:
    """No column, one that is not there, and options for others are errors that name them."""
    switcher = CodeSwitcher(LEXICON)
    with pytest.raises(ValueError, match="name each text column once"):
        switcher.on()
    for batch in (BATCH, pa.table(BATCH), pd.DataFrame(BATCH), pl.DataFrame(BATCH)):
        with pytest.raises(KeyError, match=re.escape("no column 'answer' in the batch; it has ['query',")):
            switcher.on("answer")(batch)
        with pytest.raises(KeyError, match="no column 'key' in the batch"):
            switcher.on("query", keys="key")(batch)
    with pytest.raises(ValueError, match=re.escape("pass a value for some of the columns ['query'], as in p={'query'")):
        switcher.on("query", p={"passage": 1})
    with pytest.raises(
        ValueError,
        match=re.escape(
            "languages is ['de']; pass a value for some of the columns ['query'], as in languages={'query': ['de']}"
        ),
    ):
        switcher.on("query", languages=["de"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"unknown option 'key'; did you mean 'keys'\?"):
        switcher.on("query", key="id")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("it must map some of the columns ['query'] to new names")):
        switcher.on("query", into={"passage": "new"})
    with pytest.raises(TypeError, match=re.escape("into is 'new'; pass the new name of each column: {'query': ")):
        switcher.on("query", into="new")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each switched column needs another name"):
        switcher.on("query", "passage", into={"query": "passage"})
    with pytest.raises(ValueError, match="pass a CodeSwitcher for each column"):
        switch_columns({})
    with pytest.raises(TypeError, match=re.escape("switchers['query'] is str; pass a CodeSwitcher for each column")):
        switch_columns({"query": "de"})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({"text": "one text"}, "column 'text' is one text, not a list; map with batched=True"),
        ({"text": ["a", 1]}, "column 'text': row 1 holds int; pass str, lists of str, or None"),
        ({"text": ["a", [["b"]]]}, "column 'text': row 1 holds list; pass str, lists of str, or None"),
        ({"text": [{"a": 1}]}, "column 'text': row 0 holds dict"),
        (pa.table({"text": [1]}), "column 'text': column has type int64"),
        (pa.table({"text": [[["a"]]]}), "column 'text': column has type list<"),
        (pd.DataFrame({"text": [1.5]}), "column 'text': column has type double"),
        (pl.DataFrame({"text": [{"a": 1}]}), "column 'text': column has type struct<"),
        (["a"], "batch is list; pass a dict of lists, a pyarrow Table"),
    ],
)
def test_columns_of_other_things(batch: Any, message: str) -> None:
    """Wrong and nested types are errors that name column and row."""
    with pytest.raises(TypeError, match=re.escape(message)):
        CodeSwitcher(LEXICON).on("text")(batch)


@pytest.mark.parametrize(
    "make", [pa.table, lambda columns: pa.RecordBatch.from_pydict(dict(columns)), pd.DataFrame, pl.DataFrame, dict]
)
def test_frames_are_not_texts(make: Any) -> None:
    """A table or a frame given as texts is an error that points to `on` and `apply_arrow`; no name is switched."""
    switcher = CodeSwitcher(LEXICON, p=1)
    frame = make({"house": ["the house"], "id": [1]})
    calls = (switcher.apply, switcher.trace, lambda texts: switcher.apply_spans(texts, [[], []]), LEXICON.coverage)
    message = "switch columns with switcher.on('house')(texts), or one column of a table or frame with switcher.apply_"
    for call in calls:
        with pytest.raises(TypeError, match=re.escape(message)):
            call(frame)


def test_columns_of_different_lengths() -> None:
    """Columns with different numbers of rows are an error, with and without keys."""
    switcher = CodeSwitcher(LEXICON).on("query", "passage")
    for indices in (None, [0, 1]):
        with pytest.raises(ValueError, match="column 'passage' has 1 rows, and 'query' has 2"):
            switcher({"query": ["a", "b"], "passage": ["c"]}, indices)


def test_wrong_number_of_keys() -> None:
    """Indices must be as many as rows, and a column of keys must have no holes."""
    with pytest.raises(ValueError, match="column 'query': keys has 1 elements, texts has 2"):
        CodeSwitcher(LEXICON).on("query")(BATCH, [0])
    hook = CodeSwitcher(LEXICON).on("text", keys="id")
    for column in (pa.array([1, None, None]), pa.chunked_array([["x"], [None, None]]), pa.nulls(3)):
        nulls = column.null_count
        with pytest.raises(
            ValueError, match=rf"column 'id' has no key in {nulls} of 3 rows of the batch, row {3 - nulls}"
        ):
            hook(pa.table({"text": ["a", "b", "c"], "id": column}))
    with pytest.raises(TypeError, match="column 'text': keys has elements of types"):
        hook({"text": ["a", "b"], "id": [1, None]})


def _undecodable(text: str) -> list[tuple[int, int]]:
    raise UnicodeDecodeError("utf-8", text.encode(), 0, 1, "no words")


def test_errors_of_a_tokenizer_name_the_column() -> None:
    """An error whose class takes other arguments than a message is raised as one that does."""
    switcher = CodeSwitcher(LEXICON, tokenizer=SpanTokenizer(_undecodable))
    with pytest.raises(ValueError, match=r"^column 'text': 'utf-8' codec can't decode .*: no words") as caught:
        switcher.on("text")({"text": ["a house"]})
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)
    with pytest.raises(ValueError, match=r"^columns 'tokens' and 'tags': 'utf-8' codec can't decode"):
        switcher.on_tokens("tokens", "tags")({"tokens": [["a", "house"]], "tags": [["O", "O"]]})


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize("into", ["self", "exprs"])
def test_columns_of_any_name(make: Any, into: str) -> None:
    """A column may have the name of an argument of pandas or polars."""
    frame = make({"self": ["a house"], "id": [1]})
    switched = CodeSwitcher(LEXICON, ["de"], p=1).on("self", into={"self": into})(frame)
    assert list(switched[into]) == list(make({into: ["a Haus"]})[into])
    assert list(frame["self"]) == list(make({"self": ["a house"]})["self"])


def test_prepared_hooks_give_the_same() -> None:
    """Preparing changes nothing but when the work is done."""
    hook = CodeSwitcher(LEXICON).on("query")
    assert isinstance(hook, ColumnSwitcher)
    hook.prepare()
    assert hook(BATCH, [1, 2]) == CodeSwitcher(LEXICON).on("query")(BATCH, [1, 2])


def test_keys_are_named_and_rows_are_columns() -> None:
    """Keys that are not a column's name, and a list of rows, are errors that say how to pass them."""
    switcher = CodeSwitcher(Lexicon.starter())
    with pytest.raises(TypeError, match="keys is range; pass the name of the column"):
        switcher.on("query", keys=range(2))  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match=r"batch is list; .*for a list of dicts pass \{name: \[row\[name\] for row in rows\]\}"
    ):
        switcher.on("query")([{"query": "house"}])  # type: ignore[call-overload]
