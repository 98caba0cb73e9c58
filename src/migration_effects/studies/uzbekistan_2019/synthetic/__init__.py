"""The synthetic twin of the Uzbekistan study: SYNTHETIC DATA — not findings.

Five SPSS files with the structure of the survey, calibrated to official margins and national surveys and to nothing
the study found. Every difference between children left behind and others is planted; the truth is written aside.
"""

from .build import Twin, build_twin, clean_twin, make_settings
from .write import write_twin

__all__ = ["Twin", "build_twin", "clean_twin", "make_settings", "write_twin"]
