"""Parsing of many decimal numbers at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.inducers.embeddings.decimals import PADDING, parse_decimals

_DIGITS = st.text("0123456789", min_size=1, max_size=24)
PLAIN = st.builds("{}{}.{}".format, st.sampled_from(["", "-"]), st.sampled_from("0123456789"), _DIGITS)
NUMBERS = st.floats(-1, 1, width=32)
SPELLINGS = st.one_of(
    PLAIN,
    st.builds(lambda value, digits: f"{value:.{digits}f}", NUMBERS, st.integers(0, 24)),
    st.builds(lambda value, digits: f"{value:.{digits}g}", NUMBERS, st.integers(1, 18)),
    NUMBERS.map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["-0.0", "0", "-1", "5.", ".5", "+0.5", "12.5", "1e-5", "-", "-.", ".", "--0.5", "0..5", "0,5"]),
    st.text("0123456789.-+eE:/\x00\x80\xff", min_size=1, max_size=30),
)


def parse(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    encoded = [text.encode("latin-1") for text in texts]
    buffer = np.frombuffer(b"x" * PADDING + b" ".join(encoded) + b"x" * PADDING, dtype=np.uint8)
    ends = PADDING - 1 + np.cumsum([len(each) + 1 for each in encoded])
    return parse_decimals(buffer, ends - [len(each) for each in encoded], ends)


@given(st.lists(SPELLINGS, min_size=1, max_size=20))
def test_numbers_are_those_of_python(texts: list[str]) -> None:
    """Parsed numbers have the same float32 as in Python, including the sign of zero."""
    values, good = parse(texts)
    for text, value in zip(np.array(texts, dtype=object)[good], values[good], strict=True):
        assert np.float32(value).tobytes() == np.float32(float(text)).tobytes(), text


@given(st.lists(PLAIN, min_size=1, max_size=20))
def test_usual_numbers_are_read(texts: list[str]) -> None:
    """All numbers with up to 15 decimals are parsed."""
    _, good = parse([text[:17] for text in texts])
    assert good.all()


@given(st.floats(0.0625, 1, width=32), st.integers(0, 2**32))
def test_numbers_near_the_middle_of_two(value: float, bits: int) -> None:
    """Decimals near the middle of two float32 are rounded as in Python."""
    middle = (float(np.float32(value)) + float(np.nextafter(np.float32(value), np.float32(2)))) / 2
    texts = [f"{middle:.{digits}f}" for digits in range(6, 23)]
    texts += [f"{middle * (1 + (bits - 2**31) * 2**-83):.{digits}f}" for digits in range(14, 23)]
    values, good = parse(texts)
    expected = np.array([float(text) for text in texts]).astype(np.float32)
    np.testing.assert_array_equal(values.astype(np.float32)[good], expected[good])


def test_floats_written_whole_are_read() -> None:
    """Most float32 with the seventeen digits of a float64 are parsed."""
    texts = [f"{value!r}" for value in np.random.default_rng(0).normal(0, 0.1, 1000).astype(np.float32).tolist()]
    values, good = parse(texts)
    assert good.mean() > 0.95
    expected = np.array([float(text) for text in texts])
    np.testing.assert_array_equal(values.astype(np.float32)[good], expected.astype(np.float32)[good])


def test_no_numbers() -> None:
    """An empty input gives an empty result."""
    values, good = parse_decimals(np.zeros(2 * PADDING, dtype=np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert values.shape == good.shape == (0,)
