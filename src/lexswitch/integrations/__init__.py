"""Connections to training libraries: one module per library, imported only on request."""
