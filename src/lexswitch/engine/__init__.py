"""The hot path: arrays in, arrays out. It imports NumPy and nothing else.

Names of integer arrays:

- *offsets*, *starts* and *ends* count bytes in a buffer;
- *rows* are numbers of texts in a batch, or of terms in a lexicon;
- *positions* are indices into any other array, such as the words of a batch;
- *nodes* are nodes of the trie of terms.
"""
