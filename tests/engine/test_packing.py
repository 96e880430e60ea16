"""Packing: texts into one buffer and back, and offsets between characters and bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.packing import PADDING, Packed, concatenate, pack, pack_lines

from ..strategies import any_text

lines = st.lists(any_text.map(lambda text: text.replace("\0", "").replace("\n", "")), max_size=6)
batches = st.lists(any_text | st.sampled_from(("", "\0", "\0\0", "a\0", "\U0010ffff")), max_size=6)


@given(batches)
def test_pack_and_unpack(texts: list[str]) -> None:
    """Texts are unpacked unchanged, all together and one by one, with their NULs."""
    packed = pack(texts)
    assert packed.unpack() == texts
    assert len(packed) == len(texts)
    assert [packed[row] for row in range(len(texts))] == texts
    assert packed.is_ascii == all(map(str.isascii, texts))


@given(batches.filter(bool))
def test_layout(texts: list[str]) -> None:
    """The buffer is NUL, rows with a NUL after each, and padding; offsets delimit the rows."""
    packed = pack(texts)
    rows = [text.encode() for text in texts]
    assert packed.data == b"\0" + b"".join(row + b"\0" for row in rows) + bytes(PADDING)
    assert packed.buffer.tobytes() == packed.data
    assert packed.lengths.tolist() == [len(row) for row in rows]
    assert packed.starts.tolist() == [1 + sum(len(row) + 1 for row in rows[:at]) for at in range(len(rows) + 1)]


@given(batches)
def test_offsets(texts: list[str]) -> None:
    """Character offsets convert to byte offsets and back."""
    packed = pack(texts)
    points = [(row, at) for row, text in enumerate(texts) for at in range(len(text) + 1)]
    rows, offsets = np.array(points, dtype=np.int64).reshape(-1, 2).T
    in_bytes = packed.to_bytes(rows, offsets)
    expected = [int(packed.starts[row]) + len(texts[row][:at].encode()) for row, at in points]
    assert in_bytes.tolist() == expected
    assert packed.to_characters(rows, in_bytes).tolist() == offsets.tolist()


@given(lines)
def test_lines_are_packed_as_texts_are(texts: list[str]) -> None:
    """Packing the lines of one text equals packing the texts."""
    packed, expected = pack_lines("\n".join(texts), len(texts)), pack(texts)
    assert packed.unpack() == texts
    assert packed.buffer.tobytes() == expected.buffer.tobytes()
    assert packed.starts.tolist() == expected.starts.tolist()
    assert packed.starts.dtype == np.int64


@given(st.lists(batches, max_size=4), st.booleans())
def test_concatenate(parts: list[list[str]], small: bool) -> None:
    """Concatenated batches equal the packed texts of all, also with int32 offsets."""
    packed = [pack(part) for part in parts]
    if small:
        packed = [Packed(part.buffer, part.starts.astype(np.int32)) for part in packed]
    whole, expected = concatenate(packed), pack([text for part in parts for text in part])
    assert whole.unpack() == expected.unpack()
    assert whole.starts.tolist() == expected.starts.tolist()
    assert whole.buffer[: whole.starts[-1]].tobytes() == expected.buffer[: expected.starts[-1]].tobytes()
    assert whole.buffer[whole.starts[-1] :].tobytes() == bytes(PADDING)
    assert whole.starts.dtype == np.int64


@pytest.mark.parametrize("texts", [["fine", "ab\udc80"], ["fine", "ab\ud800cd"], ["fine", "ab\udfff\ud800"]])
def test_lone_surrogates(texts: list[str]) -> None:
    """A lone surrogate is an error that names row, character and remedy."""
    shown = rf"texts\[41\] has a lone surrogate '\\u{ord(texts[1][2]):x}' at character 2, which is not valid"
    with pytest.raises(ValueError, match=shown):
        pack(texts, first_row=40)
