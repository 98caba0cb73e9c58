"""Make text from data safe to print: no control characters, no direction overrides."""

from __future__ import annotations

import re

# C0 and C1 controls except tab and newline, and the bidirectional overrides that can reorder what a reader sees.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Return text without control characters and direction overrides.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Printable text; tab and newline stay.

    Examples
    --------
    >>> plain("a\x00b\u202ec")
    'abc'
    """
    return _UNSAFE.sub("", text)
