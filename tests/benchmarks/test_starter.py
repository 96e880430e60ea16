"""The record of translations of the starter lexicon that were judged by hand."""

from __future__ import annotations

from benchmarks.starter import judged
from lexswitch._io.data import read_data

HEADER, *ROWS = (line.split("\t") for line in read_data("lexicon", "starter.tsv").splitlines())
CELLS = {row[0]: dict(zip(HEADER, row, strict=True)) for row in ROWS}


def test_samples_have_100_cells_and_every_miss_is_corrected() -> None:
    """Each language has a sample of 100; what is not a miss is acceptable; the lexicon has the corrected cells."""
    found = judged.record()
    assert [each["language"] for each in found["languages"]] == HEADER[1:]
    for each in found["languages"]:
        assert len(each["read"]) == each["judged"] == 100
        assert each["acceptable"] == 100 - len(each["misses"]) >= 95
        for miss in each["misses"]:
            assert each["read"][miss["term"]] == miss["was"] != miss["is"]
            assert CELLS[miss["term"]][each["language"]] == miss["is"]
        assert set(each["kept_with_doubt"]) <= each["read"].keys()


def test_unconfirmed_arabic_pairs() -> None:
    """The reasons add up to the pairs that were read; wrong ones are corrected."""
    found = judged.record()["arabic_unconfirmed"]
    assert len(found["read"]) == found["judged"] == sum(found["reasons"].values()) == 60
    assert found["reasons"]["the entry was wrong"] == len(found["wrong"])
    assert all(CELLS[wrong["term"]]["ar"] == wrong["is"] for wrong in found["wrong"])


def test_tables_have_no_weights() -> None:
    """A cell with several candidates is shown without bars, which would end a cell of the table."""
    table = judged.markdown()
    assert "premium: *premie*, *förstklassig / premie* (other sense)" in table
    assert "=." not in table
