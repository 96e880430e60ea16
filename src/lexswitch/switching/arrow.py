"""Columns of strings in Arrow buffers, also from pandas and polars.

The engine reads and writes buffers; no Python strings are made. pyarrow is imported when a function is called.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from ..engine.packing import PADDING, Ints, Packed

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = Any

Strings: TypeAlias = "pa.Array | pa.ChunkedArray"

#: Takes blocks of a batch with their rows, and the number of all rows; returns the switched blocks.
BlockSwitch: TypeAlias = Callable[[Iterator[tuple[range, Packed]], int], Iterator[Packed]]

#: Takes the address of the UTF-8 of all strings, and their offsets; returns the bytes of both for the switched strings.
WholeSwitch: TypeAlias = Callable[[int, Ints], "tuple[bytearray, bytes] | None"]

# Bytes per block: small enough for the cache of a processor, large enough that the cost of calls is negligible.
_BLOCK = 1 << 19


def map_strings(column: Any, switch: BlockSwitch, compiled: WholeSwitch | None = None) -> Any:
    """Apply `switch` to a column of strings; return the same kind of column.

    `compiled` is tried first. It may return None.

    A column without values is returned unchanged, since a batch in which all texts are missing may have any type.
    """
    array = as_arrow(column)
    if not _has_values(array):
        return column
    if not is_text(array.type):
        raise TypeError(f"column has type {array.type}; pass strings, or switch columns of lists with switcher.on(...)")
    whole = _concatenated(array)
    if compiled is not None and (result := _switched_whole(whole, compiled)) is not None:
        return as_kind(column, _joined([result], whole, array))
    large = whole.cast(_pyarrow().large_string())
    blocks = ((rows, pack_strings(large[rows.start : rows.stop], rows.start)) for rows in _blocks(large))
    return as_kind(column, _joined([unpack_strings(packed) for packed in switch(blocks, len(large))], large, array))


def _switched_whole(strings: pa.Array, compiled: WholeSwitch) -> pa.Array | None:
    """Switch strings with the compiled engine; None if it refuses. pyarrow's casts would take as long as switching."""
    arrow, types = _pyarrow(), _pyarrow().types
    if not (types.is_string(strings.type) or types.is_large_string(strings.type)):
        strings = strings.cast(arrow.large_string())
    rows = _valid_rows(strings)  # must live as long as its address is used
    if (switched := compiled(*_buffers(rows))) is None:
        return None
    data, offsets = switched
    ends = np.frombuffer(offsets, dtype=np.int64)
    if types.is_string(strings.type) and ends[-1] <= np.iinfo(np.int32).max:
        return arrow.StringArray.from_buffers(len(rows), arrow.py_buffer(ends.astype(np.int32)), arrow.py_buffer(data))
    return arrow.LargeStringArray.from_buffers(len(rows), arrow.py_buffer(offsets), arrow.py_buffer(data))


def is_text(type: pa.DataType) -> bool:
    """Return whether a type is a string in one of Arrow's layouts, or a dictionary of strings."""
    types = _pyarrow().types
    if types.is_dictionary(type):
        type = type.value_type
    is_view = getattr(types, "is_string_view", None)  # pyarrow 15 has no views
    return bool(types.is_string(type) or types.is_large_string(type) or (is_view and is_view(type)))


def _has_values(column: Strings) -> bool:
    """Return whether any value is not null, also in lists."""
    types = _pyarrow().types
    if column.null_count == len(column):
        return False
    if types.is_list(column.type) or types.is_large_list(column.type):
        return any(_has_values(chunk.flatten()) for chunk in _chunks(column))
    return True


def _chunks(column: Strings) -> list[pa.Array]:
    return column.chunks if isinstance(column, _pyarrow().ChunkedArray) else [column]


def _valid_rows(strings: pa.Array, first_row: int = 0) -> pa.Array:
    """Return an array of valid strings in which nulls are empty."""
    try:
        strings.validate(full=True)
    except _pyarrow().ArrowInvalid as error:
        raise ValueError(
            f"rows from {first_row} on are not valid strings: {error}; convert the column to UTF-8"
        ) from None
    return strings.fill_null("") if strings.null_count else strings


def _buffers(strings: pa.StringArray | pa.LargeStringArray) -> tuple[int, Ints]:
    """Return the address of the UTF-8 of strings, and their offsets."""
    _, offsets, data = strings.buffers()
    every = np.frombuffer(offsets, dtype=np.int32 if _pyarrow().types.is_string(strings.type) else np.int64)
    used = every[strings.offset : strings.offset + len(strings) + 1]
    return 0 if data is None else data.address, used.astype(np.int64, copy=False)


def pack_strings(strings: pa.LargeStringArray, first_row: int = 0) -> Packed:
    """Return an array of strings as a packed batch; nulls become empty rows."""
    arrow = _pyarrow()
    rows = _valid_rows(strings, first_row)
    edge = arrow.array([""], rows.type)
    padding = arrow.array([""] * (PADDING + 1), rows.type)  # each adds one NUL
    rows = arrow.concat_arrays([edge, rows, padding])
    row = arrow.LargeListArray.from_arrays([0, len(rows)], rows)
    joined = arrow.compute.binary_join(row, arrow.scalar("\0", rows.type)).buffers()[2]
    lengths = np.diff(np.frombuffer(rows.buffers()[1], dtype=np.int64)[: len(rows) + 1])[1 : -PADDING - 1]
    return Packed(np.frombuffer(joined, dtype=np.uint8), np.append(0, np.cumsum(lengths + 1)) + 1)


def unpack_strings(packed: Packed) -> pa.LargeStringArray:
    """Return the rows of a packed batch as an array of strings."""
    arrow = _pyarrow()
    offsets, data = arrow.py_buffer(packed.starts.astype(np.int64)), arrow.py_buffer(packed.buffer)
    rows = arrow.LargeBinaryArray.from_buffers(arrow.large_binary(), len(packed), [None, offsets, data])
    # Each row ends with a NUL, which is cut off.
    return arrow.compute.binary_slice(rows, 0, -1).view(arrow.large_string())


def _blocks(strings: pa.LargeStringArray) -> Iterator[range]:
    """Yield ranges of rows of about `_BLOCK` bytes."""
    if not len(strings):
        return
    offsets = np.frombuffer(strings.buffers()[1], dtype=np.int64)[strings.offset :][: len(strings) + 1]
    ends = offsets[1:] + np.arange(1, len(strings) + 1)
    last = 0
    while last < len(strings):
        first = last
        done = int(ends[last - 1]) if last else int(offsets[0])
        last = max(first + 1, int(np.searchsorted(ends, done + _BLOCK)))
        yield range(first, last)


def _joined(blocks: list[pa.Array], strings: pa.Array, column: Strings) -> Strings:
    """Join blocks to a column with the type, chunks and nulls of the original."""
    arrow = _pyarrow()
    result = arrow.concat_arrays(blocks) if len(blocks) > 1 else next(iter(blocks), strings)  # it copies even one
    if strings.null_count:
        result = arrow.compute.if_else(strings.is_valid(), result, arrow.scalar(None, result.type))
    try:
        result = _cast(result, column.type)
    except arrow.ArrowInvalid as error:
        raise ValueError(
            f"the switched texts do not fit into type {column.type}: {error}; cast the column to large_string"
        ) from None
    if isinstance(column, arrow.ChunkedArray):
        return arrow.chunked_array(_cut(result, [len(chunk) for chunk in column.chunks]), column.type)
    return result


def _cast(strings: pa.Array, type: pa.DataType) -> pa.Array:
    """Cast strings to another layout; to a dictionary step by step, since pyarrow 15 has no such cast."""
    arrow = _pyarrow()
    if strings.type == type:
        return strings
    if not arrow.types.is_dictionary(type):
        return strings.cast(type)
    encoded = strings.cast(type.value_type).dictionary_encode()
    indices = encoded.indices.cast(type.index_type)
    return arrow.DictionaryArray.from_arrays(indices, encoded.dictionary, ordered=type.ordered)


def _cut(array: pa.Array, lengths: list[int]) -> list[pa.Array]:
    starts = np.cumsum([0, *lengths]).tolist()
    return [array.slice(start, length) for start, length in zip(starts, lengths, strict=False)]


def _concatenated(column: Strings) -> pa.Array:
    arrow = _pyarrow()
    if isinstance(column, arrow.ChunkedArray):
        if column.num_chunks == 1:
            return column.chunk(0)
        # First cast to 64-bit offsets: all chunks together may exceed 32 bits.
        chunks = column.chunks if not is_text(column.type) else column.cast(arrow.large_string()).chunks
        return arrow.concat_arrays(chunks) if chunks else arrow.array([], column.type)
    return column


class Lists(NamedTuple):
    """A column of lists of strings, flattened."""

    strings: pa.Array
    rows: Ints
    """Row of each string, ..."""
    positions: Ints
    """... and its position in the list."""
    lists: pa.Array

    @classmethod
    def of(cls, column: Strings) -> Lists | None:
        """Return the flattened column, or None if it does not have lists of strings."""
        types = _pyarrow().types
        listed = types.is_list(column.type) or types.is_large_list(column.type)
        if not listed or not is_text(column.type.value_type):
            return None
        lists = _concatenated(column)
        lengths = _pyarrow().compute.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
        rows = np.repeat(np.arange(len(lists)), lengths)
        return cls(
            lists.flatten(), rows, np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths), lists
        )

    def restored(self, strings: pa.Array) -> pa.Array:
        """Return the lists with other strings."""
        counts = np.bincount(self.rows, minlength=len(self.lists))
        offsets = np.append(0, np.cumsum(counts)).astype(
            np.int64 if _pyarrow().types.is_large_list(self.lists.type) else np.int32
        )
        mask = self.lists.is_null() if self.lists.null_count else None
        return type(self.lists).from_arrays(_pyarrow().array(offsets), strings, type=self.lists.type, mask=mask)


# -- columns and frames of any kind ------------------------------------------------------------------------------------


def as_arrow(column: Any) -> Strings:
    """Return a column of pyarrow, pandas or polars as a pyarrow column."""
    arrow = _pyarrow()
    if isinstance(column, (arrow.Array, arrow.ChunkedArray)):
        return column
    if _is("pandas", "Series", column):
        try:
            return arrow.array(column, from_pandas=True)
        except (arrow.ArrowInvalid, arrow.ArrowTypeError) as error:
            raise TypeError(f"the Series has other values than text: {error}; pass a Series of str") from None
    if _is("polars", "Series", column):
        return column.to_arrow()
    raise TypeError(
        f"column is {type(column).__name__}; pass a pyarrow array or a pandas or polars Series, or a list to apply(...)"
    )


def as_kind(column: Any, result: Strings) -> Any:
    """Return a pyarrow column as the kind of `column`, with its type, name and index."""
    if _is("pandas", "Series", column):
        values, dtype = _pandas_values(column, result)
        return type(column)(values, index=column.index, name=column.name, dtype=dtype)
    if _is("polars", "Series", column):
        return type(column)(column.name, result)
    return result


def _pandas_values(column: Any, result: Strings) -> tuple[Any, Any]:
    """Return the values of a Series, and a dtype that can hold them: that of `column` if possible."""
    if _is_string_dtype(column.dtype):
        return result, column.dtype
    values = result.to_pylist()
    if str(column.dtype) == "category":
        return values, "category"  # categories of the switched texts, without order
    for row in column.isna().to_numpy().nonzero()[0].tolist():
        values[row] = column.iloc[row]  # keep None, NaN and NA
    return values, object


def _is_string_dtype(dtype: Any) -> bool:
    return str(dtype) == "str" or "string" in str(dtype)


def column_names(frame: Any) -> list[str]:
    """Return the names of the columns of a table or frame."""
    if _is("pyarrow", "Table", frame) or _is("pyarrow", "RecordBatch", frame):
        return list(frame.schema.names)
    if _is("pandas", "DataFrame", frame) or _is("polars", "DataFrame", frame):
        return list(frame.columns)
    rows = "; for a list of dicts pass {name: [row[name] for row in rows]}" if isinstance(frame, list) else ""
    raise TypeError(
        f"batch is {type(frame).__name__}; pass a dict of lists, a pyarrow Table or RecordBatch, or a DataFrame of "
        f"pandas or polars{rows}"
    )


def with_columns(frame: Any, columns: Mapping[str, Any]) -> Any:
    """Return a table or frame with some columns replaced or added."""
    if _is("pandas", "DataFrame", frame):
        copied = frame.assign()  # no names as arguments: a column may be called "self"
        for name, column in columns.items():
            copied[name] = column
        return copied
    if _is("polars", "DataFrame", frame):
        return frame.with_columns([column.alias(name) for name, column in columns.items()])
    # Built from arrays, since a RecordBatch of pyarrow 15 has no set_column.
    arrays, schema = list(frame.columns), frame.schema
    for name, column in columns.items():
        at = schema.get_field_index(name)
        if at < 0:
            arrays.append(column)
            schema = schema.append(_pyarrow().field(name, column.type))
        else:
            arrays[at] = column
    return type(frame).from_arrays(arrays, schema=schema)


def _is(package: str, name: str, value: object) -> bool:
    """Return whether a value is an instance of a class, without importing its package."""
    return package in sys.modules and isinstance(value, getattr(sys.modules[package], name))


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.compute
    except ImportError:
        raise ImportError('columns of Arrow, pandas and polars need pyarrow; pip install "lexswitch[arrow]"') from None
    return pyarrow
