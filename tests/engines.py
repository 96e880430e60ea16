"""The compiled engine and the NumPy engine in one process, and everything that both must agree on."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

from lexswitch.engine import kernel

from .strategies import Case

ENGINES = ("c", "numpy")
IS_COMPILED = importlib.util.find_spec("lexswitch.engine._kernel") is not None
needs_kernel = pytest.mark.skipif(not IS_COMPILED, reason="lexswitch was installed without a C compiler")


@contextmanager
def engine(name: str) -> Iterator[None]:
    """Use an engine for switchers that are made inside; a used switcher keeps its engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEXSWITCH_BACKEND", name)
        kernel._load.cache_clear()
        assert kernel.backend().name == name
        yield
    kernel._load.cache_clear()


def outcomes(call: Callable[[], Any]) -> list[Any]:
    """What a call returns with each engine, or the type and text of its error."""
    both = []
    for name in ENGINES:
        with engine(name):
            try:
                both.append(call())
            except Exception as error:  # noqa: BLE001  # errors are compared, whatever they are
                both.append((type(error), str(error)))
    return both


def plain_results(case: Case) -> dict[str, Any]:
    """The results of `apply`, `trace` and `apply_arrow`."""
    switcher = case.switcher
    traced = switcher.trace(case.texts, **case.call)
    arrow = switcher.apply_arrow(pa.array(case.texts, pa.string()), **case.call)
    return {
        "apply": switcher.apply(case.texts, **case.call),
        "trace": traced.texts,
        "switches": list(traced.switches),
        "apply_arrow": arrow.to_pylist(),
    }


def labelled_results(case: Case) -> dict[str, Any]:
    """The results of `apply_spans` and `apply_tokens`, with labels that depend on the texts alone."""
    switcher = case.switcher
    spans = [[(len(text) // 3, len(text) - len(text) // 4)] for text in case.texts]
    spanned = switcher.apply_spans(case.texts, spans, **case.call)
    tokens = [text.split() for text in case.texts]
    tags = [[("O", "B-X", "I-X", "I-X", "O")[at % 5] for at in range(len(row))] for row in tokens]
    tagged = switcher.apply_tokens(tokens, tags, inside="whole", **case.call)
    return {
        "apply_spans": (spanned.texts, spanned.spans, list(spanned.switches)),
        "apply_tokens": (tagged.tokens, tagged.tags, tagged.sources),
    }


def differences(case: Case, results: Callable[[Case], dict[str, Any]] = plain_results) -> list[str]:
    """The names of the results that differ between the engines."""
    compiled, reference = outcomes(lambda: results(case))
    if isinstance(compiled, dict) and isinstance(reference, dict):
        return [name for name in reference if compiled[name] != reference[name]]
    return [] if compiled == reference else [f"{compiled!r:.300} and {reference!r:.300}"]
