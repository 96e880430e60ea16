"""The data: English question-sentence pairs for training, XQuAD-R for the test, and sentences for mean vectors.

- Du, Shao & Cardie (2017): Learning to Ask. ACL. https://arxiv.org/abs/1705.00106. Pairs from articles of SQuAD 1.1
  that are not in XQuAD. CC BY-SA 4.0.
- Roy et al. (2020): LAReQA. EMNLP. https://arxiv.org/abs/2004.05484. See `benchmarks.common.xquad`.
- Sentences of Tatoeba, as in Artetxe & Schwenk (2019): Massively Multilingual Sentence Embeddings. TACL. CC BY 2.0 FR.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.common import files, xquad
from benchmarks.common.errors import CollectionError

PAIRS = "https://github.com/xinyadu/nqg/tree/master/data/processed"
SENTENCES = "https://github.com/facebookresearch/LASER/tree/main/data/tatoeba/v1"

_FILES = (("questions.txt", "sentences.txt"), ("tgt-test.txt", "src-test.txt"))
"""Names of the files of questions and sentences; the second pair is the published one."""

# the pairs are tokenised as in the Penn Treebank
_BRACKETS = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "-lcb-": "{", "-rcb-": "}"}
_NEGATION = re.compile(r" n ?'t\b")
_CLITIC = re.compile(r" (?='(?:s|re|ve|ll|d|m)\b)")
_BEFORE = re.compile(r" (?=[.,;:?!%)\]}])")
_AFTER = re.compile(r"(?<=[(\[{$£€#]) ")
_OPENING, _CLOSING = re.compile(r"(?:``|(?<=\s)''(?=\s\w)) ?"), re.compile(r" ?''")


class Pair(NamedTuple):
    """An English question and the sentence that answers it."""

    question: str
    sentence: str


@dataclass(frozen=True)
class Source:
    """The folders of the data.

    Attributes
    ----------
    xquad_r : str
        Folder of XQuAD-R: ``en.json``, ``de.json`` ...
    pairs : str
        Folder of ``tgt-test.txt`` (questions) and ``src-test.txt`` (sentences), or of the same as ``questions.txt`` and
        ``sentences.txt``.
    sentences : str
        Folder of ``en.txt``, ``de.txt`` ..., one sentence on each line. Empty: nothing is centred.
    """

    xquad_r: str
    pairs: str
    sentences: str = ""

    def training_pairs(self) -> list[Pair]:
        """Return the training pairs in their order, detokenised.

        Raises
        ------
        CollectionError
            If the files are missing, empty or of different lengths.
        """
        questions, sentences = ([plain(line) for line in _lines(path)] for path in self._pairs())
        if len(questions) != len(sentences):
            names = " and ".join(path.name for path in self._pairs())
            raise CollectionError(
                f"{self.pairs}: {names} have {len(questions)} and {len(sentences)} lines; line n of both must belong "
                f"together; download both from {PAIRS}"
            )
        return [Pair(*pair) for pair in zip(questions, sentences, strict=True) if all(pair)]

    def sentences_of(self, language: str) -> list[str]:
        """Return the sentences whose mean vector stands for a language."""
        path = Path(self.sentences, f"{language}.txt")
        if not path.is_file():
            raise CollectionError(f"{path} does not exist; it must have sentences in {language}, such as {SENTENCES}")
        return _lines(path)

    def digest_of_pairs(self) -> str:
        """Return a digest of the files of training pairs."""
        return files.origin(self._pairs())

    def digest(self) -> str:
        """Return a digest of all files."""
        tested = [xquad.file(language, Path(self.xquad_r)) for language in xquad.LANGUAGES]
        means = [Path(self.sentences, f"{language}.txt") for language in xquad.LANGUAGES] if self.sentences else []
        return files.origin([*self._pairs(), *tested, *means])

    def _pairs(self) -> list[Path]:
        for names in _FILES:
            paths = [Path(self.pairs, name) for name in names]
            if all(path.is_file() for path in paths):
                return paths
        expected = " or ".join(" and ".join(names) for names in _FILES)
        raise CollectionError(f"{self.pairs} lacks the files {expected}; download them from {PAIRS}")


def plain(tokenised: str) -> str:
    """Return a text that was tokenised as in the Penn Treebank as it is written."""
    text = " ".join(_BRACKETS.get(word, word) for word in tokenised.split())
    text = _NEGATION.sub("n't", text)
    text = _CLITIC.sub("", text)
    text = _CLOSING.sub('"', _OPENING.sub('"', text))
    return _AFTER.sub("", _BEFORE.sub("", text))


def _lines(path: Path) -> list[str]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    if not any(lines):
        raise CollectionError(f"{path} is empty; download it again")
    return lines
