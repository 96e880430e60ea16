"""Reports of what was switched: counts that can be added up, figures, tables and plots."""

from .comparison import Comparison, compare
from .recorder import Recorder
from .report import Report

__all__ = ["Comparison", "Recorder", "Report", "compare"]
