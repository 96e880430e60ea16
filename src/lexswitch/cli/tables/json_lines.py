"""JSON lines tables."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...errors import LexiconError
from .base import SwitchColumns, TableBlock, switch_batch
from .json_members import JsonMember, apply_changes, changes_of, check_cell, find_members
from .text import TextTable

_NAMED_KEYS = 20


@dataclass(frozen=True)
class JsonLinesTable(TextTable):
    """A JSON object per line; a blank line is a row without cells. A cell is a text, null, or a list of both."""

    def switched(self, text: str, block: TableBlock, switch: SwitchColumns) -> list[str]:
        lines = text.split("\n")
        rows = [self._members(line, block.start.line + number) for number, line in enumerate(lines)]
        batch = {name: [row[name].value if row else None for row in rows] for name in self.columns}
        switched = switch_batch(switch, batch, self.name, block)
        for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
            changes = [
                change
                for name in (self.columns if row else ())
                if (new := switched[name][number]) != row[name].value
                for change in changes_of(line, row[name], new)
            ]
            if changes:
                lines[number] = apply_changes(line, changes)
        return lines

    def _members(self, line: str, number: int) -> dict[str, JsonMember]:
        """Return the members of a line that are switched; none of a blank line."""
        if not line.strip(" \t\r"):
            return {}
        try:
            found = find_members(line, self.columns)
            for name in self.columns:
                if name not in found:
                    raise LexiconError(f"no column {name!r}; the line has {_keys(line)}")
                check_cell(name, found[name].value)
        except json.JSONDecodeError as error:
            raise LexiconError(
                f"{self.name}:{number}: not JSON ({error.msg} at column {error.colno}); correct the line"
            ) from None
        except (ValueError, RecursionError) as error:
            raise LexiconError(f"{self.name}:{number}: {error}; correct the line") from None
        return found


def _keys(line: str) -> str:
    """Return the keys of a line for messages."""
    keys = list(json.loads(line, parse_int=len))
    more = f" and {len(keys) - _NAMED_KEYS} others" if len(keys) > _NAMED_KEYS else ""
    return (", ".join(map(repr, keys[:_NAMED_KEYS])) or "no columns") + more
