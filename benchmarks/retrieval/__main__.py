"""``python -m benchmarks.retrieval``: measure whether code-switched training helps retrieval across languages."""

from __future__ import annotations

import sys

from benchmarks.common import training_command

if __name__ == "__main__":
    question = "Does training on code-switched text help retrieval across languages?"
    sys.exit(training_command.main("retrieval", question, smoke_minutes=3))
