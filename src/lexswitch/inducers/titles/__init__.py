"""Lexicons from the titles of Wikipedia and Wikidata."""

from .base import Part, TitlesWarning, TitleSource
from .cleaning import Cleaner, Name, Thing
from .inducer import TitleInducer
from .vocabulary import Vocabulary
from .wikidata_dump import WikidataDump

__all__ = ["Cleaner", "Name", "Part", "Thing", "TitleInducer", "TitleSource", "TitlesWarning", "Vocabulary", "WikidataDump"]
