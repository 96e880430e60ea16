"""Training rows for distillation: a student learns the vectors of a teacher from switched versions of its texts.

References
----------
Reimers & Gurevych (2020): Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation. EMNLP.
https://arxiv.org/abs/2004.09813
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..checks import Texts, as_texts, whole_number
from ..switching.columns import ColumnSwitcher
from ..switching.switcher import CodeSwitcher
from .model_outputs import check_vectors

_TEXT, _LABEL = "text", "label"


@dataclass(frozen=True)
class Distillation:
    """Makes rows for a student that learns the vectors of a teacher from texts and their switched versions.

    The teacher is trained on the source language. Switched versions take the place of translations in the method of
    Reimers & Gurevych (2020). The columns are those that the ``MSELoss`` of sentence-transformers expects.

    Attributes
    ----------
    switcher : CodeSwitcher
    versions : int, default 2
        Number of switched versions of each text. They draw independently, so those of a short text can be equal. A
        batch holds ``versions + 1`` texts per row.

    Raises
    ------
    TypeError, ValueError
        If `switcher` is not a CodeSwitcher, or `versions` is not a whole number from 1.
    """

    switcher: CodeSwitcher
    versions: int = 2

    def __post_init__(self) -> None:
        if not isinstance(self.switcher, CodeSwitcher):
            raise TypeError(
                f"switcher is {type(self.switcher).__name__}; pass a CodeSwitcher, such as the attribute query or "
                "document of a RetrievalSwitcher"
            )
        object.__setattr__(self, "versions", whole_number("versions", self.versions, 1, 2**16))

    def columns(self, texts: Texts, encode: Callable[[list[str]], Any]) -> dict[str, Any]:
        """Return the columns of a data set; `column_switcher` then switches some of them.

        Parameters
        ----------
        texts : iterable of str
            In the source language: queries, documents or both.
        encode : callable
            Maps a list of texts to the vectors of the teacher, an array or tensor of shape (texts, dimensions). An
            example is the method ``encode`` of a ``SentenceTransformer``.

        Returns
        -------
        dict
            ``text``, a list of str; ``switched_1``, ``switched_2`` and so on, the same texts before they are switched;
            ``label``, the vectors as an array of float32.

        Raises
        ------
        TypeError
            If `encode` is a model instead of its method.
        ValueError
            If there is no text, or `encode` does not return one vector of finite numbers per text.
        """
        if hasattr(encode, "encode") or not callable(encode):
            raise TypeError(f"encode is {type(encode).__name__}; pass the teacher's method, such as teacher.encode")
        batch = as_texts(texts)
        if not batch:
            raise ValueError("texts is empty; pass at least one text")
        return {
            **dict.fromkeys([_TEXT, *self._switched], batch),
            _LABEL: check_vectors("encode", encode(batch), len(batch)),
        }

    @property
    def column_switcher(self) -> ColumnSwitcher:
        """Switches the columns ``switched_1``, ``switched_2`` and so on; pass it to `transform_dataset`.

        The key of a row is its text, so the draws do not depend on the order of the rows. ``switched_1`` equals
        ``switcher.apply(texts, epoch=epoch)``.
        """
        # With the text as key each column has its own draws. Without keys, equal columns are switched alike.
        return self.switcher.on(*self._switched, keys=_TEXT)

    @property
    def _switched(self) -> list[str]:
        return [f"switched_{number}" for number in range(1, self.versions + 1)]
