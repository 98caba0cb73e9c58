"""Files in the layout of MICS6: SYNTHETIC DATA — not findings.

No country, no real household or child: the files show that the study reads the layout, links it and reports it. One
effect is planted: a parent abroad raises functional difficulty and child labour.
"""

from .answers import Sizes
from .write import FILE_NAMES, build_files, write_twin

__all__ = ["FILE_NAMES", "Sizes", "build_files", "write_twin"]
