"""The registry of formats: a new format is one module with a `FORMAT` and one entry here."""

from __future__ import annotations

from . import (
    apertium,
    cedict,
    dictd,
    edict,
    gatitos,
    jmdict,
    jsonl,
    moses,
    mueller,
    muse,
    panlex,
    stardict,
    table,
    tei,
    wiktextract,
)
from .base import Format, Writer

#: The formats by name, in the order in which detection tries them.
FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        stardict.FORMAT,
        dictd.FORMAT,
        mueller.FORMAT,
        tei.FORMAT,
        jmdict.FORMAT,
        apertium.FORMAT,
        cedict.FORMAT,
        edict.FORMAT,
        panlex.FORMAT,
        wiktextract.FORMAT,
        gatitos.FORMAT,
        jsonl.FORMAT,
        moses.FORMAT,
        table.FORMAT,
        muse.FORMAT,
    )
}

#: The writers by name.
WRITERS: dict[str, Writer] = {format.writer.name: format.writer for format in FORMATS.values() if format.writer}
