"""``python -m benchmarks.xquad_r``: measure code-switched training on a public benchmark."""

from __future__ import annotations

import sys

from benchmarks.common import training_command

if __name__ == "__main__":
    question = "Does code-switched training help on a public benchmark that nobody here wrote?"
    sys.exit(training_command.main("xquad_r", question, smoke_minutes=3))
