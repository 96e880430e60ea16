"""Lexicons from the titles of Wikipedia and the names in Wikidata."""

from .cleaning import Cleaner
from .dumps import open_dump
from .entity import Entity, Name
from .inducer import TitleInducer
from .linguatools import LinguatoolsTitles
from .sql_dump import SqlDump
from .title_source import Part, TitleSource, TitlesWarning
from .vocabulary import Vocabulary
from .wikidata_api import WikidataApi
from .wikidata_dump import WikidataDump
from .wikidata_query import WikidataQuery

__all__ = [
    "Cleaner",
    "Entity",
    "LinguatoolsTitles",
    "Name",
    "Part",
    "SqlDump",
    "TitleInducer",
    "TitleSource",
    "TitlesWarning",
    "Vocabulary",
    "WikidataApi",
    "WikidataDump",
    "WikidataQuery",
    "open_dump",
]
