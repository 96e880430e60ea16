"""Reports of what was switched: counts that can be added up, figures, tables and plots."""

from .recorder import Recorder
from .report import Report

__all__ = ["Recorder", "Report"]
