"""Splits Markdown into sentences. Code, links' addresses and quoted samples do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Samples of other texts, between marks that benchmarks write.
_SAMPLES = re.compile(r"(?s)<!-- (sentences|paragraphs) -->.*?<!-- end of \1 -->")
_CODE = re.compile(r"(?ms)^(`{3,}).*?^\1$|^(?: {4}(?![-*\d]).*\n)+")
_COMMENT = re.compile(r"(?s)<!--.*?-->|^---\n.*?\n---\n")
_PICTURE = re.compile(r"!\[([^]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)|<(https?:[^>]*)>")
_INLINE_CODE = re.compile(r"(`+)(?!`).+?\1", re.DOTALL)
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*] |\d+\. |\||#|>|:::|!!!))")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|vs|cf|al|etc|No)\.(?=\s)")
_END = re.compile(r"(?<=[.!?])[\"')*_]*\s+(?=[\"'(*_]*[A-Z0-9`])")


def blocks(markdown: str) -> Iterator[str]:
    """Yield paragraphs, items of lists, headings and cells of tables, without markup."""
    text = _COMMENT.sub("", _SAMPLES.sub("", markdown))
    text = _INLINE_CODE.sub("Code", _CODE.sub("\n\n", text))
    text = _LINK.sub(lambda link: link[1] or "address", _PICTURE.sub(r"\1", text))
    for block in _BLOCK.split(text):
        for part in block.split("|") if block.lstrip().startswith("|") else [block]:
            plain = re.sub(r"^\s*(?:[-*] |\d+\. |#+ |> ?|::: \S+|!!! \w+)", "", part)
            if plain.strip():
                yield " ".join(plain.split())


def sentences(markdown: str) -> Iterator[str]:
    """Yield the sentences of a page."""
    for block in blocks(markdown):
        yield from _END.split(_ABBREVIATION.sub(r"\1", block))


def words(sentence: str) -> list[str]:
    """Return the words of a sentence. Numbers count, signs do not."""
    return [word for word in sentence.split() if re.search(r"\w", word)]
