"""Lexicons from word vectors, in the manner of MUSE and VecMap."""
