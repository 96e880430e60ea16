"""Capitals of Turkish."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.dotted import write_dotted
from lexswitch.engine.packing import pack

pieces = st.lists(st.tuples(st.text("iıI x"), st.text("iıİIaé", min_size=1), st.sampled_from("01*")), min_size=1)


def capitals(word: str, kind: str) -> str:
    """A word with no capital, a first or only capitals; letters other than i and ı stay."""
    cut = {"0": 0, "1": 1, "*": len(word)}[kind]
    return word[:cut].replace("i", "İ").replace("ı", "I") + word[cut:]


@given(st.lists(pieces, min_size=1, max_size=4))
def test_spans_in_several_texts(rows: list[list[tuple[str, str, str]]]) -> None:
    """Only the chosen letters of the spans change, and growths add up to the new places."""
    texts = ["".join(gap + word for gap, word, _ in row) for row in rows]
    packed = pack(texts)
    spans, kinds = [], ""
    for row, at in zip(rows, packed.starts.tolist(), strict=False):
        for gap, word, kind in row:
            start = at + len(gap.encode())
            at = start + len(word.encode())
            spans.append((start, at))
            kinds += kind
    starts, ends = np.array(spans).T
    titled, shouted = (np.array([n for n, kind in enumerate(kinds) if kind == sign], dtype=np.int64) for sign in "1*")
    written, growth = write_dotted(packed, starts, ends, titled, shouted)
    assert written.unpack() == ["".join(gap + capitals(word, kind) for gap, word, kind in row) for row in rows]
    moved = growth.cumsum() - growth
    found = [
        written.buffer[start:end].tobytes().decode()
        for start, end in zip(starts + moved, ends + moved + growth, strict=True)
    ]
    assert found == [capitals(word, kind) for row in rows for _, word, kind in row]
