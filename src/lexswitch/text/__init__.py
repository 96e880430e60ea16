"""Text: tokenizers, protected spans, languages and inflection."""
