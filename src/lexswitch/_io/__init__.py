"""Files, compressed streams, worker processes and checkpoints; nothing here knows of lexicons."""
