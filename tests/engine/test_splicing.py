"""Splicing: alternating kept runs and replacements of any size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.packing import pack
from lexswitch.engine.splicing import splice, take

sizes = st.integers(0, 4) | st.integers(0, 20)
plans = st.lists(st.tuples(sizes, sizes, sizes.filter(bool)), min_size=1, max_size=40)


@given(plans, st.integers(0, 3))
def test_pieces_of_any_size(plan: list[tuple[int, int, int]], rest: int) -> None:
    """Each span is replaced: heads of eight bytes that spill into later pieces are overwritten in order.

    The assignment in `splice` overlaps, and the last value must win with every NumPy.
    """
    text, expected, spans, replacements = "", "", [], []
    for number, (kept, old, new) in enumerate(plan):
        text += "k" * kept
        expected += "k" * kept + chr(97 + number % 26) * new
        spans.append((1 + len(text), 1 + len(text) + old))
        text += "o" * old
        replacements.append(chr(97 + number % 26) * new)
    packed, source = pack([text + "r" * rest]), pack(replacements)
    starts, ends = np.array(spans, dtype=np.int64).T
    spliced = splice(packed, starts, ends, source.buffer, source.starts[:-1], source.lengths)
    assert spliced.packed.unpack() == [expected + "r" * rest]
    found = [
        spliced.packed.buffer[at : at + size].tobytes().decode()
        for at, size in zip(spliced.starts.tolist(), source.lengths.tolist(), strict=True)
    ]
    assert found == replacements


@given(st.lists(st.text("ab", max_size=20), min_size=1, max_size=20), st.data())
def test_take_rows_of_any_size(texts: list[str], data: st.DataObject) -> None:
    """Rows are taken in any order, some several times."""
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=30))
    assert take(pack(texts), np.array(rows, dtype=np.int64)).unpack() == [texts[row] for row in rows]
