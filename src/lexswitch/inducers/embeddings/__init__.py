"""Lexicons from word vectors, with the methods of MUSE and VecMap."""

from .alignment import Aligned, Aligner, NoAlignment, Procrustes
from .calibration import calibrate
from .inducer import EmbeddingInducer, InductionWarning
from .quality import quality_table
from .retrieval import Retrieval, Retrieved, retrieve
from .seeds import Seeds
from .training import train_vectors
from .vecmap import VecMap
from .vectors import Vectors, VectorsWarning

__all__ = [
    "Aligned",
    "Aligner",
    "EmbeddingInducer",
    "InductionWarning",
    "NoAlignment",
    "Procrustes",
    "Retrieval",
    "Retrieved",
    "Seeds",
    "VecMap",
    "Vectors",
    "VectorsWarning",
    "calibrate",
    "quality_table",
    "retrieve",
    "train_vectors",
]
