"""Word vectors from raw text, for languages that have none."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from ..._io.progress import progress_bar
from ..._io.streams import open_unpacked, read_texts
from ...engine.packing import Ints, pack
from ...engine.words import Words
from ...errors import LexiconError
from ...switching.options import whole_number
from ...text.tokenizers import WordTokenizer, words_of
from ..batches import text_batches
from .gensim_import import require_gensim
from .vectors import Vectors

_LONGEST_SENTENCE = 10_000
"""gensim passes over the words of a text behind so many."""
_BUCKETS = 1 << 18
"""Rows for character n-grams. fastText has 2,000,000, most of which a small corpus leaves empty: 2 GiB for nothing."""


def train_vectors(
    texts: Iterable[str] | str | Path,
    dimensions: int = 100,
    epochs: int = 10,
    window: int = 5,
    min_count: int = 5,
    seed: int = 0,
    progress: bool = True,
) -> Vectors:
    """Train vectors on text: skip-gram with negative sampling and character n-grams of 3 to 6 (fastText, by gensim).

    The words are those of `WordTokenizer`, case folded (Bojanowski et al., "Enriching word vectors with subword
    information", TACL 5, 2017). The defaults are for some millions of words: twice fastText's epochs, its dimensions.
    One thread trains, so that on one machine, with the same versions of gensim and NumPy, the same seed and texts give
    the same vectors; other processors may round otherwise.

    Parameters
    ----------
    texts : iterable of str, str or Path
        Sentences, paragraphs or documents, which are read once and kept as four bytes a word; or the path of a UTF-8
        file with a text a line, packed or not.
    dimensions : int, default 100
        More need more text.
    epochs : int, default 10
        Passes through the texts. The smaller the corpus, the more help.
    window : int, default 5
        Words to either side that are predicted, at most.
    min_count : int, default 5
        Words that occur less often get no vector.
    seed : int, default 0
        From 0 to 2**32 - 1.
    progress : bool, default True
        Show progress on standard error, if that is a terminal.

    Returns
    -------
    Vectors
        The most frequent word first; of words that are equally frequent the one that comes first in the texts.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    TypeError
        If `texts` or one of them has another type.
    LexiconError
        If fewer than two words occur `min_count` times, or a line is no UTF-8.
    """
    require_gensim("training word vectors")
    from gensim import __version__
    from gensim.models import FastText

    settings = {
        "dimensions": whole_number("dimensions", dimensions, 1, 1 << 16),
        "epochs": whole_number("epochs", epochs, 1, 1 << 31),
        "window": whole_number("window", window, 1, 1 << 16),
        "min_count": whole_number("min_count", min_count, 1, 1 << 31),
        "seed": whole_number("seed", seed, 0, 1 << 32),
    }
    corpus = _NumberedCorpus(texts, progress)
    frequencies = corpus.frequencies(min_count)
    if len(frequencies) < 2:
        raise LexiconError(
            f"texts has {corpus.num_words:,} words, of which {len(frequencies)} occur min_count={min_count} times or "
            "more; training needs 2: give more text, or a smaller min_count"
        )
    model = FastText(
        vector_size=dimensions,
        window=window,
        min_count=min_count,
        epochs=epochs,
        seed=seed,
        sg=1,
        workers=1,
        bucket=_BUCKETS,
    )
    model.build_vocab_from_freq(frequencies, corpus_count=len(corpus))
    with progress_bar(epochs * corpus.num_words, "training", " words", progress) as corpus.bar:
        model.train(corpus, total_examples=len(corpus), total_words=corpus.num_words, epochs=epochs)
    order = [model.wv.key_to_index[word] for word in frequencies]
    record = {"method": f"FastText skip-gram (gensim {__version__})", **settings, "running_words": corpus.num_words}
    return Vectors(tuple(frequencies), model.wv.vectors[order], record)


class _NumberedCorpus:
    """Texts as numbers of words; iterating yields them as lists of words, as gensim wants them."""

    def __init__(self, texts: Iterable[str] | str | Path, progress: bool) -> None:
        self.bar: Any = None
        """What is told of the words that were trained on."""
        self._numbers = array("i")
        self._ends = array("q")
        index: defaultdict[bytes, int] = defaultdict(count().__next__)
        with progress_bar(None, "reading texts", " texts", progress) as bar:
            for first, batch in _batches(texts):
                packed = pack(batch, first)
                self._add(words_of(packed, WordTokenizer()), index, packed.starts)
                bar.update(len(batch))
        self._words = [word.decode() for word in index]

    def _add(self, words: Words, index: dict[bytes, int], starts: Ints) -> None:
        """Take the words of some texts that begin at byte offsets `starts`."""
        data, places = words.buffer.tobytes(), words.offsets.tolist()
        spans = zip(places, (words.offsets + words.lengths).tolist(), strict=True)
        reached = len(self._numbers)
        self._numbers.extend([index[data[start:end]] for start, end in spans])
        for end in (reached + np.searchsorted(words.starts, starts[1:])).tolist():
            while end > reached:
                reached = min(end, reached + _LONGEST_SENTENCE)
                self._ends.append(reached)

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[list[str]]:
        words, first = self._words, 0
        for end in self._ends:
            yield [words[number] for number in self._numbers[first:end]]
            self.bar.update(end - first)
            first = end

    @property
    def num_words(self) -> int:
        """Number of running words."""
        return len(self._numbers)

    def frequencies(self, least: int) -> dict[str, int]:
        """How often each word occurs that does so often enough, the most frequent first."""
        counts = np.bincount(np.frombuffer(self._numbers, dtype=np.intc), minlength=len(self._words))
        order = np.argsort(-counts, kind="stable")
        return {self._words[number]: int(counts[number]) for number in order.tolist() if counts[number] >= least}


def _batches(texts: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield batches of texts, those of a file too, each with the number of its first text."""
    texts = _lines(Path(texts)) if isinstance(texts, (str, Path)) else texts
    return text_batches(texts, "an iterable of str, or the path of a text file")


def _lines(path: Path) -> Iterator[str]:
    if path.is_dir() or not path.exists():
        raise FileNotFoundError(f"texts is {str(path)!r}, which is no file; pass a text file, or a list of str")
    with open_unpacked(path) as stream:
        for block in read_texts(stream, str(path)):
            yield from block.text.split("\n")
