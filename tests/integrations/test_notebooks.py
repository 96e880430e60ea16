"""The notebooks of the examples show real output.

``python tests/integrations/test_notebooks.py`` writes it into them.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.filterwarnings("ignore")

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def executed(path: Path) -> Any:
    """The notebook after a run in the environment of this process, without a network."""
    notebook = nbformat.read(path, as_version=4)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env=environment)
    notebook.metadata["language_info"] = {"name": "python"}  # without the version of this Python
    for cell in code_cells(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]  # warnings of libraries
        for output in cell.outputs:
            if "text/html" in output.get("data", {}):
                del output.data["text/plain"]  # notebooks show the HTML
    return notebook


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell: Any) -> list[str]:
    """The texts of a cell's outputs."""
    return [output.get("text") or str(dict(output.get("data", output))) for output in cell.outputs]


@pytest.mark.slow
@each_notebook
def test_notebook_shows_real_output(path: Path) -> None:
    """Each cell runs and gives what the file shows; figures of a training differ a little between machines."""
    kept = nbformat.read(path, as_version=4)
    for old, new in zip(code_cells(kept), code_cells(executed(path)), strict=True):
        if "varies" not in old.metadata.get("tags", []):
            assert shown(new) == shown(old), old.source
            continue
        texts = ["".join(shown(cell)) for cell in (old, new)]
        before, after = ([float(number) for number in _NUMBER.findall(text)] for text in texts)
        assert _NUMBER.sub("#", texts[1]) == _NUMBER.sub("#", texts[0])
        assert after == pytest.approx(before, abs=0.05)


@each_notebook
def test_notebook_is_tidy(path: Path) -> None:
    """Cells are numbered in order, no warning or path of a machine is kept, and the file is small."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    assert sum(map(len, map(shown, cells))) >= 5
    assert {output.get("name", "stdout") for cell in cells for output in cell.outputs} == {"stdout"}
    assert not re.search(r"(?<![\w.:/<])/(?:home|root|tmp|usr|work|Users)\b", "".join(map(str, map(shown, cells))))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert path.stat().st_size < 300_000


def test_notebooks_are_listed() -> None:
    """The README of the examples links each notebook."""
    assert len(NOTEBOOKS) >= 3
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS if f"({path.name})" not in page] == []


if __name__ == "__main__":
    for path in [EXAMPLES / name for name in sys.argv[1:]] or NOTEBOOKS:
        nbformat.write(executed(path), path)
