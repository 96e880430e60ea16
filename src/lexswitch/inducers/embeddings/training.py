"""Trains word vectors on raw text, for languages without published vectors."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from ..._io.progress import progress_bar
from ..._io.streams import open_unpacked, read_texts
from ...checks import whole_number
from ...engine.packing import Ints, pack
from ...engine.words import Words
from ...errors import LexiconError
from ...text.tokenizers import WordTokenizer, words_of
from ..batches import text_batches
from .arrays import Floats32
from .gensim_import import require_gensim
from .vectors import Vectors

_LONGEST_SENTENCE = 10_000
"""Maximum number of words of a sentence: gensim ignores the rest of longer ones."""
_BUCKETS = 1 << 18
"""Rows for character n-grams. fastText has 2,000,000; a small corpus leaves most of their 2 GiB empty."""


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

    The method is that of Bojanowski et al. ("Enriching word vectors with subword information", TACL 5, 2017). The words
    are those of `WordTokenizer`, case folded. The defaults are for some millions of words: the dimensions of fastText,
    and twice its epochs. One thread trains. So on one machine, with the same versions of gensim and NumPy, the same
    seed and texts give the same vectors; other processors may round differently.

    Parameters
    ----------
    texts : iterable of str, str or Path
        Sentences, paragraphs or documents, or the path of a UTF-8 file with one text per line, compressed or not. They
        are read once, and take four bytes of memory per word.
    dimensions : int, default 100
        Length of the vectors; longer ones need more text.
    epochs : int, default 10
        Number of passes through the texts; a small corpus needs more of them.
    window : int, default 5
        Maximum number of words to predict on either side.
    min_count : int, default 5
        Minimum number of occurrences of a word with a vector.
    seed : int, default 0
        Random seed, from 0 to 2**32 - 1.
    progress : bool, default True
        Whether to show progress on standard error, if that is a terminal.

    Returns
    -------
    Vectors
        The most frequent word first; equally frequent words are in the order of their first occurrence.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ImportError
        If gensim is not installed.
    TypeError
        If `texts` or one of them has another type.
    LexiconError
        If fewer than two words occur `min_count` times, or a line is not UTF-8.
    """
    require_gensim("training word vectors")
    from gensim import __version__

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
            "more; training needs 2: pass more text, or a smaller min_count"
        )
    matrix = _train(corpus, frequencies, settings, progress)
    record = {"method": f"FastText skip-gram (gensim {__version__})", **settings, "running_words": corpus.num_words}
    return Vectors(tuple(frequencies), matrix, record)


def _train(
    corpus: _NumberedCorpus, frequencies: Mapping[str, int], settings: Mapping[str, int], progress: bool
) -> Floats32:
    """Return the vectors of the words in `frequencies`."""
    from gensim.models import FastText

    epochs = settings["epochs"]
    model = FastText(
        vector_size=settings["dimensions"],
        window=settings["window"],
        min_count=settings["min_count"],
        epochs=epochs,
        seed=settings["seed"],
        sg=1,
        workers=1,
        bucket=_BUCKETS,
    )
    model.build_vocab_from_freq(frequencies, corpus_count=len(corpus))
    with progress_bar(epochs * corpus.num_words, "training", " words", progress) as corpus.bar:
        model.train(corpus, total_examples=len(corpus), total_words=corpus.num_words, epochs=epochs)
    rows: Floats32 = model.wv.vectors[[model.wv.key_to_index[word] for word in frequencies]]
    return rows


class _NumberedCorpus:
    """Texts as word numbers; iterating yields lists of words, as gensim expects."""

    def __init__(self, texts: Iterable[str] | str | Path, progress: bool) -> None:
        self.bar: Any = None
        """Progress bar that counts the words of an iteration."""
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
        """Add the words of texts that begin at byte offsets `starts`."""
        data = words.buffer.tobytes()
        spans = zip(words.offsets.tolist(), (words.offsets + words.lengths).tolist(), strict=True)
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
        """Return the number of occurrences of each word with at least `least`, the most frequent word first."""
        counts = np.bincount(np.frombuffer(self._numbers, dtype=np.intc), minlength=len(self._words))
        order = np.argsort(-counts, kind="stable")
        return {self._words[number]: int(counts[number]) for number in order.tolist() if counts[number] >= least}


def _batches(texts: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield batches of texts, those of a file too, each with the number of its first text."""
    texts = _lines(Path(texts)) if isinstance(texts, (str, Path)) else texts
    return text_batches(texts, "an iterable of str, or the path of a text file")


def _lines(path: Path) -> Iterator[str]:
    if path.is_dir() or not path.exists():
        raise FileNotFoundError(f"texts is {str(path)!r}, which is not a file; pass a text file, or a list of str")
    with open_unpacked(path) as stream:
        for block in read_texts(stream, str(path)):
            yield from block.text.split("\n")
