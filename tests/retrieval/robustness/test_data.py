"""Retrieval data: in memory, in folders of BEIR, in rows of MTEB, and what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch.retrieval import RetrievalData
from lexswitch.retrieval.robustness.data import as_data

from .collection import DOCUMENTS, QUERIES, RELEVANT, data, write_beir, write_lines

ROWS: dict[str, Any] = {
    "corpus": [{"_id": number, "title": "", "text": text} for number, text in DOCUMENTS.items()],
    "queries": [{"_id": number, "text": text} for number, text in QUERIES.items()],
    "qrels": [
        {"query-id": query, "corpus-id": document, "score": grade}
        for query, of in RELEVANT.items()
        for document, grade in of.items()
    ],
}


def content(read: RetrievalData) -> Any:
    """Return what the data hold."""
    texts = read.documents.texts(range(len(read.documents.ids)))
    return read.queries, dict(zip(read.documents.ids, texts, strict=True)), read.relevant


def test_all_layouts_hold_the_same(tmp_path: Path) -> None:
    """A folder of BEIR, rows of MTEB and triples are read alike; title and text are joined by a blank."""
    triples = [(query, document, grade) for query, of in RELEVANT.items() for document, grade in of.items()]
    expected = (QUERIES, DOCUMENTS, RELEVANT)
    assert content(as_data(str(write_beir(tmp_path / "small")))) == expected
    assert content(as_data(ROWS)) == expected
    assert content(RetrievalData(QUERIES.items(), DOCUMENTS.items(), triples)) == expected
    assert content(as_data(data())) == expected


def test_about_a_folder(tmp_path: Path) -> None:
    """A folder has its own name, the licence of its card, and the number of queries without judgements."""
    folder = write_beir(tmp_path / "small")
    (folder / "README.md").write_text("---\nlicense: cc-by-sa-4.0\n---\n# Small\n", encoding="utf-8")
    read = RetrievalData.read(folder)
    assert (read.name, read.licence, read.left_out) == ("small", "cc-by-sa-4.0", 1)
    assert repr(read) == "<RetrievalData 'small': 5 queries, 5 documents>"


def test_texts_are_read_from_the_file(tmp_path: Path) -> None:
    """Any rows can be read, in any order, without the others."""
    read = RetrievalData.read(write_beir(tmp_path))
    assert read.documents.texts([4, 0]) == [DOCUMENTS["d5"], DOCUMENTS["d1"]]


@pytest.mark.parametrize("same_size", [True, False])
def test_a_corpus_that_changes(tmp_path: Path, same_size: bool) -> None:
    """A corpus that changed after it was read raises an error, since texts would be read at the wrong places."""
    corpus = write_beir(tmp_path) / "corpus.jsonl"
    read = RetrievalData.read(tmp_path)
    before = read.documents.fingerprint
    lines = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    corpus.write_text("".join(reversed(lines)) if same_size else "".join([*lines, "\n"]), encoding="utf-8")
    os.utime(corpus, ns=(0, corpus.stat().st_mtime_ns + 10**9 * same_size))
    with pytest.raises(ValueError, match=r"corpus.jsonl changed after it was read; read the folder again"):
        read.documents.texts([0])
    assert RetrievalData.read(tmp_path).documents.fingerprint != before == read.documents.fingerprint


def test_languages_of_documents(tmp_path: Path) -> None:
    """Documents may have languages, in a column of their own or in their metadata; all must have one."""
    folder = write_beir(tmp_path)
    records = [{"_id": number, "text": text, "metadata": {"language": "en"}} for number, text in DOCUMENTS.items()]
    write_lines(folder / "corpus.jsonl", records)
    assert RetrievalData.read(folder).languages == ["en"] * 5
    for some in ([*records[:2], {"_id": "d3", "text": "x"}], [*({"_id": x, "text": x} for x in "ab"), *records]):
        write_lines(folder / "corpus.jsonl", some)
        with pytest.raises(ValueError, match=r'corpus.jsonl:3: only some documents have a "language"'):
            RetrievalData.read(folder)
        with pytest.raises(ValueError, match=r'corpus\[2\]: only some documents have a "language"'):
            RetrievalData.from_rows(some, ROWS["queries"], ROWS["qrels"])
    assert RetrievalData.from_rows(records, ROWS["queries"], ROWS["qrels"]).languages == ["en"] * 5
    with pytest.raises(ValueError, match=r"document_languages has no language for \['d2'"):
        data(document_languages={"d1": "en", "d2": ""})
    with pytest.raises(TypeError, match=r"document_languages is 'en'; pass {document id: language}"):
        data(document_languages="en")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": "a"}\n{"_id": "d1", "text": "b"}\n',
            r"corpus.jsonl:2: id 'd1' is repeated",
        ),
        ("corpus.jsonl", '{"_id": "d1"\n', r"corpus.jsonl:1: not a line of JSON"),
        ("corpus.jsonl", '["d1"]\n', r"corpus.jsonl:1: .* is not an object"),
        ("corpus.jsonl", '{"text": "a"}\n', r'corpus.jsonl:1: "_id" is None; it must be a string'),
        ("corpus.jsonl", '\n{"_id": "d1"}\n', r"corpus.jsonl:2: \"text\" of 'd1' is None; it must be a string"),
        ("corpus.jsonl", "", r"corpus.jsonl has no document"),
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": "a"}\n',
            r"test.tsv:3: document 'd2' is not in corpus.jsonl; remove the line",
        ),
        ("queries.jsonl", '{"_id": "q1", "text": " "}\n', r"queries.jsonl:1: query 'q1' is empty; remove it"),
        ("queries.jsonl", '{"_id": "q1", "text": "a"}\n' * 2, r"queries.jsonl:2: id 'q1' is repeated"),
        ("queries.jsonl", '{"_id": "q0", "text": "a"}\n' * 2, r"queries.jsonl:2: id 'q0' is repeated"),
        ("queries.jsonl", '{"_id": "q1", "text": "a"}\n', r"test.tsv:3: query 'q2' is not in queries.jsonl"),
        (
            "qrels/test.tsv",
            "query-id\tcorpus-id\tscore\nq1\td1\n",
            r"test.tsv:2: 'q1\\td1'; write query, document and grade",
        ),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td1\t2\n", r"test.tsv:2: query 'q1' and document 'd1' had grade 1 before"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", r"test.tsv has no judgement"),
        ("qrels/test.tsv", "q1\td1\t1\nq2\td2\t0.5\n", r"test.tsv:2: the grade is '0.5'; write a whole number"),
        ("qrels/test.tsv", "q1\td1\t2.5\nq2\td2\t1\n", r"test.tsv:1: the grade is '2.5'; write a whole number"),
        ("qrels/test.tsv", "q1\td1\t\nq2\td2\t1\n", r"test.tsv:1: the grade is ''; write a whole number"),
        ("qrels/test.tsv", "q1\td1\nq2\td2\t1\n", r"test.tsv:1: 'q1\\td1'; write query, document and grade"),
        ("qrels/test.tsv", "q1\td1\t0\nq2\td2\t0\n", r"test.tsv: all grades are 0 or less, so no document is relevant"),
        ("queries.jsonl", "\n", r"queries.jsonl has no query; write lines of JSON"),
    ],
)
def test_damaged_folders(tmp_path: Path, name: str, text: str, message: str) -> None:
    """What is wrong is reported with file and line, and the remedy."""
    folder = write_beir(tmp_path)
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        RetrievalData.read(folder)


def test_missing_files(tmp_path: Path) -> None:
    """A missing folder, file or split is named, with the splits that exist."""
    folder = write_beir(tmp_path / "small")
    with pytest.raises(FileNotFoundError, match=r"test is not a folder; pass one with corpus.jsonl"):
        RetrievalData.read(tmp_path / "test")
    with pytest.raises(FileNotFoundError, match=r"dev.tsv does not exist; .* choose one of the splits test"):
        RetrievalData.read(folder, split="dev")
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"corpus.jsonl does not exist"):
        RetrievalData.read(folder)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([("q1", "a"), ("q1", "b")], DOCUMENTS, RELEVANT), ValueError, r"queries\[1\]: id 'q1' is repeated"),
        ((QUERIES, [("d1", "a"), ("d1", "b")], RELEVANT), ValueError, r"documents\[1\]: id 'd1' is repeated"),
        (
            (QUERIES, {"d1": None}, RELEVANT),
            TypeError,
            r"documents\[0\] is \('d1', None\); pass ids and texts, both str",
        ),
        ((QUERIES, DOCUMENTS, {"q9": {"d1": 1}}), ValueError, r"query 'q9' is not among the queries"),
        ((QUERIES, DOCUMENTS, {"q1": {"d9": 1}}), ValueError, r"query 'q1' judges document 'd9', which is not among"),
        (({"q1": "\n"}, DOCUMENTS, {"q1": {"d1": 1}}), ValueError, r"query 'q1' is empty"),
        ((QUERIES, DOCUMENTS, {}), ValueError, r"relevant has no judgement"),
        ((QUERIES, DOCUMENTS, {"q1": {"d1": 0}}), ValueError, r"relevant: all grades are 0 or less"),
        (
            (QUERIES, DOCUMENTS, {"q1": ["d1"]}),
            TypeError,
            r"relevant\['q1'\] is \['d1'\]; pass a grade for each document",
        ),
        ((QUERIES, DOCUMENTS, 3), TypeError, r"relevant is 3; pass {query id: {document id: grade}}"),
        (
            (QUERIES, DOCUMENTS, [("q1", "d1", 1), ("q1", "d2", 1), ("q1", "d1", 2)]),
            ValueError,
            r"relevant\[2\]: query 'q1' and document 'd1' had grade 1 before; keep one",
        ),
        (
            (QUERIES, DOCUMENTS, [("q1", "d1", True)]),
            TypeError,
            r"relevant\[0\] is \('q1', 'd1', True\); pass \(query id",
        ),
        (
            (QUERIES, DOCUMENTS, [("q1", "d1", 1.9)]),
            TypeError,
            r"relevant\[0\] is \('q1', 'd1', 1.9\); pass \(query id",
        ),
        ((QUERIES, {"": "a"}, RELEVANT), ValueError, r"documents\[0\]: the id is ''; it must be a string that is not"),
        ((3, DOCUMENTS, RELEVANT), TypeError, r"queries is 3; pass {id: text}"),
        (
            (QUERIES, DOCUMENTS, [("q1", "d1")]),
            TypeError,
            r"relevant\[0\] is \('q1', 'd1'\); pass \(query id, document id",
        ),
    ],
)
def test_invalid_data(arguments: Any, error: type[Exception], message: str) -> None:
    """Data in memory are checked alike."""
    with pytest.raises(error, match=message):
        RetrievalData(*arguments)


@pytest.mark.parametrize(
    ("name", "text"),
    [("queries.jsonl", '\n{"_id": "q1", "text": "größer"}\n'), ("qrels/test.tsv", "q1\td1\t1\nä\td1\t1\n")],
)
def test_files_in_another_encoding(tmp_path: Path, name: str, text: str) -> None:
    """The message names the line and the remedy."""
    folder = write_beir(tmp_path)
    (folder / name).write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=rf"{Path(name).name}:2: not UTF-8; save the file in UTF-8"):
        RetrievalData.read(folder)


@pytest.mark.parametrize("header", ["query-id\tcorpus-id\tscore\r\n", "query\tdocument\tgrade\n", ""])
def test_headers_of_judgements(tmp_path: Path, header: str) -> None:
    """The first line may name the columns, in any words, or be a judgement; all kinds of line ends are read."""
    folder = write_beir(tmp_path)
    (folder / "qrels/test.tsv").write_bytes(f"{header}q1\td1\t1.0\r\nq2\td2\t2\n".encode())
    assert RetrievalData.read(folder).relevant == {"q1": {"d1": 1}, "q2": {"d2": 2}}


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("qrels", {"score": 1.9}, r'qrels\[2\]: "score" is 1.9; write a whole number'),
        ("qrels", {"score": True}, r'qrels\[2\]: "score" is True; write a whole number'),
        ("qrels", {"score": None}, r'qrels\[2\]: "score" is None; write a whole number'),
        ("qrels", {"query-id": None}, r'qrels\[2\]: "query-id" is None; it must be a string'),
        ("qrels", {"corpus-id": ""}, r"qrels\[2\]: \"corpus-id\" is ''; it must be a string"),
        ("qrels", {"query-id": "q9"}, r"qrels\[2\]: query 'q9' is not among the queries"),
        ("qrels", {"corpus-id": "d9"}, r"qrels\[2\]: query 'q2' judges document 'd9', which is not among"),
        ("qrels", {"corpus-id": "d2"}, r"qrels\[2\]: query 'q2' and document 'd2' had grade 2 before; keep one"),
        ("corpus", {"_id": "d1"}, r"corpus\[2\]: id 'd1' is repeated; ids must be unique"),
        ("corpus", {"text": None}, r"corpus\[2\]: \"text\" of 'd3' is None; it must be a string"),
        ("queries", {"_id": None}, r'queries\[2\]: "_id" is None; it must be a string'),
    ],
)
def test_wrong_rows(table: str, row: Any, message: str) -> None:
    """What a folder may not have, rows may not have either; the message names the row and the member."""
    rows = {name: list(some) for name, some in ROWS.items()}
    rows[table][2] = {**rows[table][2], **row}
    with pytest.raises(ValueError, match=message):
        RetrievalData.from_rows(**rows)


@pytest.mark.parametrize("name", ["query-id", "corpus-id", "score"])
def test_members_that_are_missing(name: str) -> None:
    """The message names the row, the member, and those that are there."""
    rows = [{("qid" if member == name else member): value for member, value in row.items()} for row in ROWS["qrels"]]
    with pytest.raises(
        ValueError, match=rf"qrels\[0\] has no \"{name}\", only \[.*'qid'.*\]; each row needs query-id, "
    ):
        RetrievalData.from_rows(ROWS["corpus"], ROWS["queries"], rows)


def test_numbers_in_rows() -> None:
    """Ids and grades may be numbers, also those of NumPy."""
    corpus, queries = [{"id": 1, "text": "a house"}], [{"id": 7, "text": "house"}]
    for grade in (1, 1.0, "1", np.int64(1), np.float32(1)):
        qrels = [{"query-id": np.int64(7), "corpus-id": 1, "score": grade}]
        assert RetrievalData.from_rows(corpus, queries, qrels).relevant == {"7": {"1": 1}}


def test_other_data() -> None:
    """Anything else is refused, with what is allowed."""
    with pytest.raises(
        TypeError, match=r"corpus is a dict, not a list of rows; pass RetrievalData\(queries, documents"
    ):
        as_data({"corpus": DOCUMENTS, "queries": QUERIES, "qrels": RELEVANT})
    with pytest.raises(TypeError, match=r"qrels is None; pass a list of rows"):
        as_data({**ROWS, "qrels": None})
    with pytest.raises(TypeError, match=r"corpus\[0\] is 'a house'; pass a list of rows, which are mappings"):
        as_data({**ROWS, "corpus": ["a house"]})
    with pytest.raises(TypeError, match=r"dataset is int; pass a RetrievalData, the path of a BEIR folder"):
        as_data(3)
