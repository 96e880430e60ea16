"""The registry of formats."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from lexswitch import Lexicon, formats
from lexswitch.formats import FORMATS, WRITERS


def test_every_format_is_registered() -> None:
    """Each module with a FORMAT is in the registry, under the name that the format has."""
    folder = Path(formats.__file__).parent
    modules = [path.stem for path in folder.glob("*.py") if "\nFORMAT = Format(" in path.read_text("utf-8")]
    for name in modules:
        format = importlib.import_module(f"{formats.__name__}.{name}").FORMAT
        assert FORMATS.get(format.name) is format, f"add {name}.FORMAT to FORMATS in formats/registry.py"
    assert len(FORMATS) == len(modules)
    assert all(format.name == name for name, format in FORMATS.items())


def test_writers_write_what_formats_read(tmp_path: Path) -> None:
    """A file with a writer's suffix is read back by the format that owns the writer."""
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus"), ("car", "Auto")]})
    owners = {format.writer.name: name for name, format in FORMATS.items() if format.writer}
    assert owners.keys() == WRITERS.keys()
    for writer in WRITERS.values():
        path = tmp_path / f"pairs{writer.suffix}"
        lexicon.export(path)
        again = Lexicon.read(path, "en", "de")
        assert again.provenance[0]["format"] == owners[writer.name]
        assert set(again.pairs()) == set(lexicon.pairs())


def test_class_names_are_unique() -> None:
    """No two classes of formats, sources and streams share a name."""
    root = Path(formats.__file__).parent.parent
    files = [*root.glob("formats/*.py"), *root.glob("sources/*.py"), root / "_io/streams.py"]
    trees = [ast.parse(path.read_text("utf-8")) for path in files]
    names = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert len(names) == len(set(names))
