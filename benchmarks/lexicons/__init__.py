"""Lexicons read, built, saved, loaded, shared, killed and joined: how fast, how small, how safe, how good."""
