"""Merging by votes: curated lexicons first, then frequency; translations that equal their term are dropped."""

from __future__ import annotations

import re
import sys
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from lexswitch import Lexicon, LexiconError

from ..strategies import pair_tables, vocabularies

tables = vocabularies().flatmap(pair_tables)
CURATED = [{"name": "mine", "curated": True}]
FILE = [{"name": "a file"}]


def lexicon(*pairs: Any, provenance: Any = FILE, language: str = "de") -> Lexicon:
    return Lexicon.from_pairs({language: pairs}, provenance=provenance)


def translations(of: Lexicon, term: str, language: str = "de") -> list[str]:
    return [candidate.translation for candidate in of[term][language]]


# -- translations that equal their term -------------------------------------------------------------------------------


def test_copies_are_dropped_and_counted() -> None:
    """Copies from sources that are not curated are dropped and counted in the provenance; another case is no copy."""
    merged = lexicon(("Zyx", "Zyx"), ("Zyx", "Haus"), ("qrs", "qrs"), ("radio", "Radio")).merge(lexicon(("zyx", "zyx")))
    assert list(merged.pairs()) == [("radio", "de", "Radio", 1.0), ("Zyx", "de", "Haus", 1.0)]
    assert merged.provenance == (*FILE, {"name": "merge", "dropped": {"identical": 3}})


def test_copies_of_one_lexicon() -> None:
    """A lexicon that is merged with nothing loses its copies too, as in a build from one file."""
    assert translations(lexicon(("zyx", "zyx"), ("zyx", "Haus")).merge(), "zyx") == ["Haus"]


def test_confirmed_copies_stay() -> None:
    """Copies of curated lexicons stay, and those of other lexicons that a curated one or the starter lexicon has."""
    curated = lexicon(("zyx", "zyx"), provenance=CURATED)
    other = lexicon(
        ("zyx", "zyx"), ("zyx", "Haus"), ("warm", "warm"), ("hand", "hand"), ("hand", "Hand"), ("qrs", "qrs")
    )
    merged = curated.merge(other)
    assert merged["zyx"]["de"] == [("zyx", 20.0), ("Haus", 1.0)]  # two votes
    assert translations(merged, "warm") == ["warm"]
    assert translations(merged, "hand") == ["Hand"]
    assert "qrs" not in merged
    assert merged.provenance[-1] == {"name": "merge", "dropped": {"identical": 2}}


def test_a_copy_is_confirmed_in_its_language_only() -> None:
    """A curated copy into one language does not confirm that into another."""
    curated = lexicon(("zyx", "zyx"), provenance=CURATED)
    other = Lexicon.from_pairs({"de": [("zyx", "zyx")], "fr": [("zyx", "zyx"), ("zyx", "maison")]}, provenance=FILE)
    assert translations(curated.merge(other), "zyx", "fr") == ["maison"]


def test_pairs_of_the_caller_stay() -> None:
    """Pairs without provenance, which the caller passed, are not dropped; nor are any with another `combine`."""
    own = lexicon(("zyx", "zyx"), provenance=())
    assert own.merge(own) == own.merge(combine="sum").merge(own, combine="sum")
    assert lexicon(("zyx", "zyx")).merge(combine="max").provenance == tuple(FILE)


def test_only_copies() -> None:
    """If no pair is left, the error names the option that keeps them."""
    copies = lexicon(("zyx", "zyx"), ("qrs", "qrs"))
    with pytest.raises(LexiconError, match=r"each of the 2 pairs translates a term by itself.*combine='max'"):
        copies.merge()


# -- order ------------------------------------------------------------------------------------------------------------


def test_great_weights_do_not_outrank_curated_ones() -> None:
    """Weights such as counts are scaled down to at most 1 beside a curated lexicon; their ratios stay."""
    counts = lexicon(("bank", "Ufer", 900.0), ("bank", "Damm", 90.0))
    merged = counts.merge(lexicon(("bank", "Geldhaus", 0.3), provenance=CURATED))
    assert merged["bank"]["de"] == [("Geldhaus", 3.0), ("Ufer", 1.0), ("Damm", 0.1)]


@pytest.mark.parametrize("provenance", [(), CURATED])
def test_own_words_come_first(provenance: Any) -> None:
    """The caller's own pairs outweigh the starter lexicon and files that agree with it, in any order."""
    own = lexicon(("bank", "Geldhaus"), ("door", "Pforte", 0.5), provenance=provenance)
    starter, file = Lexicon.starter().select("de"), lexicon(("bank", "Bank"), ("bank", "Damm"), ("door", "Tür"))
    for lexicons in permutations([own, starter, file]):
        merged = lexicons[0].merge(*lexicons[1:])
        assert merged["bank"]["de"] == [("Geldhaus", 100.0), ("Bank", 20.0), ("Ufer", 3.0), ("Damm", 1.0)]
        assert translations(merged, "door") == ["Pforte", "Tür"]
    for pair in ((own, starter), (starter, own)):
        assert pair[0].merge(pair[1])["bank"]["de"] == [("Geldhaus", 10.0), ("Bank", 1.0), ("Ufer", 0.3)]
    by_text = own.merge(starter, file, texts={"de": {"bank": 900.0, "damm": 1.0}})
    assert translations(by_text, "bank") == ["Geldhaus", "Bank", "Ufer", "Damm"]


def test_a_merged_lexicon_keeps_its_place() -> None:
    """What was merged from own pairs and the starter lexicon comes before files; own copies confirm those of files."""
    own, file = lexicon(("bank", "Geldhaus"), ("zyx", "zyx"), provenance=()), lexicon(("bank", "Damm"), ("zyx", "zyx"))
    merged = own.merge(Lexicon.starter().select("de")).merge(file)
    assert translations(merged, "bank") == ["Geldhaus", "Bank", "Ufer", "Damm"]
    assert own.merge(file)["zyx"]["de"] == [("zyx", 20.0)]


def test_a_curated_file(tmp_path: Path) -> None:
    """A file that is read as curated has the caller's own pairs; without that the starter lexicon comes first."""
    (tmp_path / "mine.tsv").write_text("bank\tGeldhaus\n", encoding="utf-8")
    mine = Lexicon.read(tmp_path / "mine.tsv", target="de", curated=True)
    assert mine.provenance[0]["curated"] is True
    assert translations(Lexicon.starter().merge(mine), "bank")[0] == "Geldhaus"
    plain = Lexicon.read(tmp_path / "mine.tsv", target="de")
    assert "curated" not in plain.provenance[0]
    assert translations(plain.merge(Lexicon.starter()), "bank")[0] == "Bank"


def test_votes_and_frequency() -> None:
    """A weight is votes times the square root of the frequency, relative to the best candidate of its term."""
    one = lexicon(("time", "Frist"), ("time", "Zeit"), ("time", "Uhrzeit"))
    two = lexicon(("time", "Uhrzeit"), provenance=[{"name": "other"}])
    merged = one.merge(two, texts={"de": {"frist": 1.0, "zeit": 100.0, "uhrzeit": 4.0}})
    assert translations(merged, "time") == ["Zeit", "Uhrzeit", "Frist"]
    weights = [candidate.weight for candidate in merged["time"]["de"]]
    assert weights == pytest.approx([1.0, 2 * 0.2, 0.1], rel=0.02)  # frequencies are smoothed
    assert merged.provenance[-1] == {"name": "merge", "texts": "de"}


def test_curated_candidates_keep_their_weights() -> None:
    """Rare candidates of a curated lexicon stay first; the others are ranked by frequency."""
    curated = lexicon(("time", "Weile"), ("time", "Zeit", 0.3), provenance=CURATED)
    other = lexicon(("time", "Frist"), ("time", "Uhr"))
    merged = curated.merge(other, texts={"de": {"frist": 1.0, "uhr": 400.0, "zeit": 1e6}})
    assert translations(merged, "time") == ["Weile", "Zeit", "Uhr", "Frist"]
    assert [candidate.weight for candidate in merged["time"]["de"]][:3] == [10.0, 3.0, 1.0]


@given(tables, tables)
def test_texts_change_only_the_order(one: Any, two: Any) -> None:
    """Frequencies change neither the pairs nor the weights of curated ones, and never put others before them."""
    curated, other = Lexicon.from_pairs(one, provenance=CURATED), Lexicon.from_pairs(two, provenance=FILE)
    language = next(iter(two))
    plain, ranked = curated.merge(other), curated.merge(other, texts={language: ["x y", "y z y"]})
    assert {pair[:3] for pair in ranked.pairs()} == {pair[:3] for pair in plain.pairs()}
    weights = {pair[:3]: pair[3] for pair in plain.pairs()}
    listed = {pair[:3] for pair in curated.merge(curated, combine="max").pairs()}
    for term, code, translation, weight in ranked.pairs():
        pair = term, code, translation
        assert weight <= weights[pair]
        assert pair not in listed or weight == weights[pair]


def test_other_ways_to_combine() -> None:
    """With another `combine` every candidate is ranked by frequency."""
    curated = lexicon(("time", "Weile"), provenance=CURATED)
    merged = curated.merge(lexicon(("time", "Zeit")), combine="max", texts={"de": {"zeit": 100.0, "weile": 1.0}})
    assert translations(merged, "time") == ["Zeit", "Weile"]


def test_only_curated_lexicons() -> None:
    """If all lexicons are curated, all candidates are ranked by frequency."""
    curated = lexicon(("time", "Weile"), ("time", "Zeit"), provenance=CURATED)
    assert translations(curated.merge(texts={"de": {"zeit": 9.0, "weile": 1.0}}), "time") == ["Zeit", "Weile"]


# -- wordfreq ---------------------------------------------------------------------------------------------------------

SOME = lexicon(("time", "Frist"), ("time", "Zeit"))


@pytest.mark.slow
def test_wordfreq() -> None:
    """The frequencies of wordfreq rank languages that it has; others keep their order; the version is recorded."""
    wordfreq = pytest.importorskip("wordfreq")
    both = Lexicon.from_pairs({"de": [("time", "Frist"), ("time", "Zeit")], "th": [("time", "b"), ("time", "a")]})
    merged = both.merge(texts="wordfreq")
    assert translations(merged, "time") == ["Zeit", "Frist"]
    assert translations(merged, "time", "th") == ["b", "a"]
    assert re.fullmatch(r"wordfreq \d+\..*", merged.provenance[-1]["texts"])
    assert both.rank(texts="wordfreq") == both.reweight({"de": wordfreq.get_frequency_dict("de")})
    with pytest.raises(
        LexiconError, match=r"wordfreq has no frequencies for \['th'\], only for \['ar', .*pass your own"
    ):
        both.select("th").rank(texts="wordfreq")


def test_wordfreq_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the line that installs it; without the request it is not needed."""
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    assert translations(SOME.merge(), "time") == ["Frist", "Zeit"]
    for rank in (SOME.merge, SOME.rank):
        with pytest.raises(ImportError, match=re.escape('pip install "lexswitch[frequency]"')):
            rank(texts="wordfreq")


def test_bad_texts() -> None:
    """Another string is refused with what is allowed."""
    with pytest.raises(TypeError, match=r"texts is 'frequencies'; pass a mapping from language to texts.*'wordfreq'"):
        SOME.merge(texts="frequencies")  # type: ignore[arg-type]
