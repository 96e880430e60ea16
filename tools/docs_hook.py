"""A hook of MkDocs: links out of docs/ work on the site as they do in the repository.

Pages link to files of the repository by relative paths, such as ``../benchmarks/retrieval/README.md``. On the site,
pictures are copied to ``repository/``, and other links lead to the repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"\]\(\.\./([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pictures outside docs/ that pages show."""
    for page in files.documentation_pages():
        for path, _ in _LINK.findall(page.content_string):
            if path.endswith(".png") and files.get_file_from_path(f"repository/{path}") is None:
                files.append(File.generated(config, f"repository/{path}", abs_src_path=str(ROOT / path)))


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Replace links to files outside docs/."""

    def replaced(link: re.Match[str]) -> str:
        path, anchor = link[1], link[2] or ""
        if not (ROOT / path).exists():
            raise PluginError(f"{page.file.src_uri} links to ../{path}, which does not exist")
        if path.endswith(".png"):
            return f"](repository/{path})"
        return f"]({config.extra['repository']}/{'tree' if (ROOT / path).is_dir() else 'blob'}/main/{path}{anchor})"

    return _LINK.sub(replaced, markdown)
