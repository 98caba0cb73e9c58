"""From ``[release]`` of study.toml to a Publication, with every fault at once."""

from __future__ import annotations

import datetime
import re

from migration_effects.study.publication import Publication, Review
from migration_effects.study.toml_file import Reader

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar, written year-month-day.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        False for days that do not exist.

    Examples
    --------
    >>> is_date("2027-12-31"), is_date("2027-02-30"), is_date("31.12.2027")
    (True, False, False)
    """
    try:
        return bool(ISO_DATE.fullmatch(text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def read_publication(table: object, exhibits: list[str], faults: list[str]) -> Publication:
    """Read ``[release]``.

    Parameters
    ----------
    table : object
        What stands in study.toml; None where nothing does.
    exhibits : list of str
        Ids of the declared exhibits.
    faults : list of str
        Faults are appended here.

    Returns
    -------
    Publication
        Empty without the table.
    """
    if table is None:
        return Publication()
    reader = Reader(table, "[release]", faults)
    outer = reader.value("overrides", dict, "a table of exhibit = reason", required=False) or {}
    reasons = Reader(outer, "[release.overrides]", faults)
    overrides = {name: reasons.text(name) for name in outer}
    for name in overrides:
        if name not in exhibits:
            reasons.fault(f"names the exhibit {name!r}, which is not declared.")
    entries = reader.value("reviews", list, "a list of tables", required=False) or []
    reviews = [_review(Reader(e, f"[[release.reviews]] {i}", faults)) for i, e in enumerate(entries, start=1)]
    reader.finish()
    return Publication(overrides, tuple(reviews))


def _review(reader: Reader) -> Review:
    """Return one signature."""
    review = Review(reader.text("name"), reader.text("date"), reader.text("content"))
    if review.date and not is_date(review.date):
        reader.fault(f"date {review.date!r} must be a date such as 2027-12-31.")
    reader.finish()
    return review
