"""The quality of the data on one page: files, sample flow, what cleaning found, missing answers, age heaping."""

from __future__ import annotations

import pandas as pd

from migration_effects.cleaning.heaping import LAST, age_heaping
from migration_effects.report.pages.page import html_page, html_table
from migration_effects.study.study import SYNTHETIC_MARK, Study
from migration_effects.study.summary import audit_summary

AGE = "age"
NO_FINDINGS = "Nothing was found."


def quality_html(study: Study) -> str:
    """Return the page on the quality of a study's data.

    Parameters
    ----------
    study : Study
        With prepared frames.

    Returns
    -------
    str
        HTML in English; counts only, never a record.
    """
    frames = {unit: study.frame(unit) for unit in study.units if unit not in ("audit", "flow")}
    sections = [
        ("Raw files", _files(study)),
        ("Sample flow", _flow(study.flow)),
        ("Findings in short", _findings(study.audit)),
        ("Missing values of the analysis frames", _missing(study, frames)),
        ("Age heaping", _ages(frames)),
        ("Every finding", _audit(study.audit)),
    ]
    mark = SYNTHETIC_MARK if study.synthetic else ""
    return html_page(f"Data quality: {study.title.get('en', study.id)}", sections, language="en", mark=mark)


def _files(study: Study) -> str:
    """Return the raw files that were read."""
    raw = study.raw[["unit", "name", "rows", "columns", "sha256"]]
    return html_table(raw, heads=["Unit", "File", "Rows", "Columns", "SHA-256"])


def _flow(flow: pd.DataFrame) -> str:
    """Return the sample flow with the share of the rows before that each criterion keeps."""
    before = flow["kept"] + flow["dropped"]
    table = flow.assign(share=(flow["kept"] / before.where(before > 0)).astype(float))
    heads = ["Unit", "Criterion", "Kept", "Left out", "Kept of those before"]
    return html_table(table[["unit", "criterion", "kept", "dropped", "share"]], heads=heads, bar="share")


def _findings(audit: pd.DataFrame) -> str:
    """Return the findings by check and file."""
    heads = ["Check", "File", "Variables", "Values"]
    return html_table(audit_summary(audit), heads=heads, empty=NO_FINDINGS)


def _missing(study: Study, frames: dict[str, pd.DataFrame]) -> str:
    """Return how many values of each variable are missing, most first, variables without gaps left out."""
    rows = []
    for unit, frame in frames.items():
        counts = frame.isna().sum()
        for name, count in counts[counts > 0].sort_values(ascending=False, kind="stable").items():
            label = study.codebook.label(str(name), "en") if name in study.codebook else ""
            rows.append((unit, str(name), label, int(count), count / len(frame)))
    table = pd.DataFrame(rows, columns=["unit", "name", "label", "missing", "share"])
    about = '<p class="about">Not asked, refused, unknown and blank together; the findings below give the reasons.</p>'
    heads = ["Frame", "Variable", "Label", "Missing", "Share"]
    return about + html_table(table, heads=heads, empty="No value is missing.", bar="share")


def _ages(frames: dict[str, pd.DataFrame]) -> str:
    """Return Whipple's and Myers' index of frames that hold ages of adults."""
    rows = []
    for unit, frame in frames.items():
        for name in frame.columns:
            column = frame[name]
            if (
                str(name).lower().endswith(AGE)
                and pd.api.types.is_numeric_dtype(column)
                and column.max() >= LAST
            ):
                whole = column.where(column.mod(1).eq(0))
                found = age_heaping(whole)
                rows.append((unit, str(name), found.n, found.whipple, found.myers))
    table = pd.DataFrame(rows, columns=["unit", "name", "n", "whipple", "myers"])
    about = (
        '<p class="about">Unweighted, for frames with persons up to 62 in a column whose name ends in age. '
        "Whipple: 100 without preference for ages ending in 0 or 5, 500 with nothing else. "
        "Myers: 0 without preference, 90 with one digit only.</p>"
    )
    heads = ["Frame", "Variable", "Persons", "Whipple's index", "Myers' index"]
    return about + html_table(table, heads=heads, empty="No frame holds ages of adults.")


def _audit(audit: pd.DataFrame) -> str:
    """Return all findings."""
    heads = ["Check", "File", "Variable", "Count", "Action", "Detail"]
    return html_table(audit.fillna({"detail": ""}), heads=heads, empty=NO_FINDINGS)
