"""Pages can be read and pasted: short lines of code, figures from results, links that lead somewhere."""

from __future__ import annotations

import codeop
import re
from pathlib import Path

import pytest

from lexswitch import Lexicon
from lexswitch.cli import main

from .test_readme import PAGES, ROOT

WIDTH = 88
_FENCE = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_FIGURE = re.compile(r"(?<![\d.\w])[+-]?\.\d{2,3}(?![\d.\w])|\b\d[\d,.]*(?= (?:x|M words|million words)\b)")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
# Pages whose figures come from the benchmarks.
MEASURED = ["README.md", "index.md", "results.md", "evidence.md", "presets.md", "limitations.md"]


def _ids(page: Path) -> str:
    return page.name


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_code_fits_the_page(page: Path) -> None:
    """No line of code or output is longer than 88 characters."""
    lines = [line for _, code in _FENCE.findall(_text(page)) for line in code.splitlines()]
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_code_can_be_pasted(page: Path) -> None:
    """A plain Python shell takes the code line by line: a blank line follows each block."""
    for kind, code in _FENCE.findall(_text(page)):
        if kind in ("python", "py"):
            assert _left_over(code) == [], page.name


def _left_over(code: str) -> list[str]:
    """Return the lines that a shell has not run after the last one and one more blank line."""
    entered: list[str] = []
    for line in [*code.splitlines(), ""]:
        entered.append(line)
        try:
            if codeop.compile_command("\n".join(entered), symbol="single"):
                entered = []
        except SyntaxError as error:
            raise SyntaxError(f"{error}, in\n{chr(10).join(entered)}") from None
    return entered if any(map(str.strip, entered)) else []


def test_a_missing_blank_line_is_found() -> None:
    """The check refuses a statement that directly follows a block."""
    assert _left_over("for x in y:\n    x\n# output\n\nz\n") == []
    with pytest.raises(SyntaxError):
        _left_over("for x in y:\n    x\nz\n")


def test_readme_is_short() -> None:
    """The README has at most 200 lines."""
    assert len(_text(ROOT / "README.md").splitlines()) <= 200


@pytest.mark.parametrize("name", MEASURED)
def test_figures_come_from_benchmarks(name: str) -> None:
    """Each measured figure is in the README of a benchmark; other tests compare these with the results files."""
    page = ROOT / name if name == "README.md" else ROOT / "docs" / name
    known = {figure for path in ROOT.glob("benchmarks/**/README.md") for figure in _figures(_text(path))}
    found = _figures(_FENCE.sub("", _text(page)))
    assert found
    assert sorted(found - known) == []


def _figures(text: str) -> set[str]:
    return {figure.lstrip("+") for figure in _FIGURE.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_links_lead_to_files(page: Path) -> None:
    """Each relative link leads to a file of the repository. The strict build of the site also checks anchors."""
    targets = [page.parent / target for target in _LINK.findall(_FENCE.sub("", _text(page)))]
    assert [str(target) for target in targets if not target.exists()] == []


def test_navigation_has_all_pages() -> None:
    """The site's navigation has each page once."""
    pages = re.findall(r"^ +- .*: ([\w-]+\.md)$", _text(ROOT / "mkdocs.yml"), re.MULTILINE)
    assert sorted(pages) == sorted(page.name for page in PAGES if page.parent.name == "docs")


def test_home_has_all_pages() -> None:
    """The first page has a link to each other page."""
    linked = set(re.findall(r"\]\(([\w-]+\.md)[)#]", _text(ROOT / "docs" / "index.md")))
    assert {page.name for page in PAGES if page.parent.name == "docs"} - linked == {"index.md"}


def test_pictures_are_small() -> None:
    """No picture of the documentation has more than 150 KB."""
    assert [path.name for path in (ROOT / "docs").glob("*.png") if path.stat().st_size > 150_000] == []


def test_remedy_for_swapped_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both remedies of the FAQ make a lexicon from English out of a file that begins with German."""
    (tmp_path / "en-de.txt").write_text("Haus\thouse\nTür\tdoor\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    item = " ".join(
        re.findall(r"(?s)3\. \*\*The columns of the dictionary are swapped.*?(?=\n4\.)", _text(ROOT / "docs/faq.md"))
    )
    expression, command = re.search(r"`(Lexicon\.read[^`]*)`", item), re.search(r"`lexswitch ([^`]*)`", item)
    assert expression
    assert command
    assert eval(expression[1], {"Lexicon": Lexicon})["house"] == {"de": [("Haus", 1.0)]}  # noqa: S307 - as a reader pastes it
    assert main([*command[1].split(), "--quiet"]) == 0
    assert Lexicon.load("PATH")["house"] == {"de": [("Haus", 1.0)]}
