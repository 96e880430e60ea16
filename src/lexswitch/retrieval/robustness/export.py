"""Switched sets for others: a folder in the layout of BEIR and MTEB, with a card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from ..._io.checksums import file_sha256
from ..._io.folders import check_new_folder, new_folder
from ..._io.progress import progress_bar
from ...lexicon import Lexicon
from ...version import VERSION
from .beir import CARD, CORPUS, HEADER, QRELS, QUERIES, write_lines
from .card import UNKNOWN, card
from .conditions import DEFAULT_P, Condition, Languages, Side, plan
from .coverage_check import coverage, warn_if_low
from .data import RetrievalData, as_data
from .documents import Documents, FileDocuments, SwitchedDocuments, blocks

METADATA = "stress.json"
SPLIT = "test"
_BLOCK = 1000


def make_stress_set(
    dataset: RetrievalData | str | Path | Mapping[str, Any],
    folder: str | Path,
    lexicon: Lexicon,
    languages: Languages,
    p: float | Iterable[float] = DEFAULT_P,
    *,
    side: Side = "query",
    seeds: Iterable[int] = (0,),
    licence: str = "",
    force: bool = False,
    progress: bool = True,
    **options: Any,
) -> Path:
    """Write switched queries in the layout of BEIR and MTEB, so that other tools can use them.

    The folder has the data as they are (``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``), and a file for each
    condition, such as ``queries-de-p0.5.jsonl``. ``README.md`` is a card with licences and signatures, and makes the
    folder a data set of Hugging Face with the subsets of MTEB. ``stress.json`` has the same for programs. The folder
    is written atomically.

    Parameters
    ----------
    dataset, lexicon, languages, p, side, seeds, progress, options
        As for `stress`.
    folder : str or Path
        A new folder.
    licence : str, optional
        Licence of the data, such as ``"cc-by-sa-4.0"``. Default is that of `dataset`.
    force : bool, default False
        Replace a folder that this function wrote before.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder exists, unless `force` is true and this function wrote it.
    FileNotFoundError
        If `dataset` is a folder without a file that it needs.
    TypeError, ValueError
        If an argument is not valid, or a file of `dataset` changed after it was read.
    """
    if not isinstance(folder, (str, PathLike)):
        raise TypeError(f"folder is {type(folder).__name__}; pass the path of a new folder, after the data")
    path, data = Path(folder), as_data(dataset)
    conditions = plan(lexicon, languages, p, side, seeds, **options)
    check_new_folder(path, METADATA, force)
    shares = coverage(data, lexicon, side)
    warn_if_low(shares, lexicon)
    count = sum(_texts_of(condition, data) for condition in conditions)
    with new_folder(path) as new, progress_bar(count, "stress make", "text", progress) as bar:
        _write_qrels(new / QRELS, data)
        entries = [_write_condition(new, data, condition, bar.update) for condition in conditions]
        about = {
            "version": VERSION,
            "name": data.name,
            "licence": licence or data.licence or UNKNOWN,
            "side": side,
            "source_language": lexicon.source,
            "lexicon": {"signature": lexicon.signature, "provenance": list(lexicon.provenance)},
            "coverage": shares,
            "queries": len(data.queries),
            "documents": len(data.documents.ids),
            "conditions": entries,
        }
        (new / METADATA).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (new / CARD).write_text(card(about), encoding="utf-8", newline="\n")
    return path


def _texts_of(condition: Condition, data: RetrievalData) -> int:
    """Return the number of texts that are written for a condition."""
    documents = condition.switcher is None or condition.document_switcher is not None
    return len(data.queries) + documents * len(data.documents.ids)


def _write_condition(folder: Path, data: RetrievalData, condition: Condition, update: Any) -> dict[str, Any]:
    """Write the texts of a condition, and return what the card says of it."""
    ending = "" if condition.switcher is None else f"-{condition.name}"
    queries, corpus = _with_ending(QUERIES, ending), CORPUS
    changed = 0

    def switched() -> Iterator[dict[str, str]]:
        nonlocal changed
        ids, texts, switcher = list(data.queries), list(data.queries.values()), condition.query_switcher
        for rows in blocks(len(ids), _BLOCK):
            part = slice(rows.start, rows.stop)
            new = texts[part] if switcher is None else switcher.apply(texts[part], keys=ids[part])
            changed += sum(one != other for one, other in zip(new, texts[part], strict=True))
            yield from ({"_id": number, "text": text} for number, text in zip(ids[part], new, strict=True))

    write_lines(folder / queries, switched(), update)
    if condition.switcher is None:
        _write_corpus(folder / corpus, data.documents, data.languages, update)
    elif condition.document_switcher is not None:
        corpus = _with_ending(CORPUS, ending)
        documents = SwitchedDocuments(data.documents, condition.document_switcher)
        _write_corpus(folder / corpus, documents, data.languages, update)
    return {
        "name": condition.name,
        "languages": condition.language.split("+") if condition.language else [],
        "p": condition.p,
        "seed": condition.seed,
        "signature": condition.signature,
        "queries": queries,
        "corpus": corpus,
        "sha256": file_sha256(folder / queries),
        "changed": changed,
    }


def _write_corpus(path: Path, documents: Documents, languages: list[str] | None, update: Any) -> None:
    """Write documents with their languages; a corpus that is in a file is copied as it is."""
    if isinstance(documents, FileDocuments):
        documents.copy(path)
        update(len(documents.ids))
        return
    texts = (
        {"_id": documents.ids[row], "title": "", "text": text} | ({"language": languages[row]} if languages else {})
        for rows in blocks(len(documents.ids), _BLOCK)
        for row, text in zip(rows, documents.texts(rows), strict=True)
    )
    write_lines(path, texts, update)


def _write_qrels(folder: Path, data: RetrievalData) -> None:
    """Write judgements twice: BEIR reads the table, and data sets of Hugging Face the JSON lines."""
    folder.mkdir()
    rows = [(query, document, grade) for query in data.queries for document, grade in data.relevant[query].items()]
    table = "".join("\t".join(map(str, row)) + "\n" for row in (HEADER, *rows))
    (folder / f"{SPLIT}.tsv").write_text(table, encoding="utf-8", newline="\n")
    write_lines(folder / f"{SPLIT}.jsonl", (dict(zip(HEADER, row, strict=True)) for row in rows))


def _with_ending(name: str, ending: str) -> str:
    stem, _, suffix = name.partition(".")
    return f"{stem}{ending}.{suffix}"
