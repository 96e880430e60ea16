"""``python -m benchmarks.image_text``: measure whether code-switched captions help image-text retrieval."""

from __future__ import annotations

import sys

from benchmarks.common import training_command

if __name__ == "__main__":
    question = "Do code-switched captions help image-text retrieval across languages?"
    sys.exit(training_command.main("image_text", question, smoke_minutes=2))
