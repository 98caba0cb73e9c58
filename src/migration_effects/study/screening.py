"""Raw files pass the screen for personal data before anything is prepared from them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from migration_effects.disclosure import screen
from migration_effects.errors import DisclosureError
from migration_effects.io.codebook import Codebook
from migration_effects.io.survey_file import SurveyFile


def screened(files: Mapping[str, SurveyFile], codebook: Codebook) -> pd.DataFrame:
    """Screen the columns of raw files that the codebook lets in.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        By unit.
    codebook : Codebook
        Names and labels; columns it does not have are never read.

    Returns
    -------
    DataFrame
        ``unit, column, rule, count, detail``.
    """
    parts = []
    for unit, survey in files.items():
        # A study may read names in any case, so they are screened in any case.
        known = {v.source.casefold(): v for v in codebook.of(unit) if v.source}
        variables = {str(c): known[str(c).casefold()] for c in survey.frame if str(c).casefold() in known}
        labels = {s: [*v.label.values(), *_file_labels(survey, s)] for s, v in variables.items()}
        found = screen(survey.frame[list(variables)], labels)
        parts.append(found.assign(unit=unit)[["unit", *found.columns]])
    return pd.concat(parts, ignore_index=True)


def _file_labels(survey: SurveyFile, column: str) -> list[str]:
    """Return the label that stands in the file itself."""
    return list(survey.codebook[column].label.values()) if column in survey.codebook else []


def require_screened(
    files: Mapping[str, SurveyFile], codebook: Codebook, overrides: Mapping[str, str]
) -> None:
    """Stop when a column looks like personal data and study.toml gives no reason to keep it.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        By unit.
    codebook : Codebook
        Names and labels.
    overrides : mapping of str to str
        Column to reason, ``[screen_overrides]`` of study.toml.

    Raises
    ------
    DisclosureError
        Listing columns, rules and counts, never values.
    """
    found = screened(files, codebook)
    found = found[~found["column"].isin(list(overrides))]
    if found.empty:
        return
    lines = "\n".join(
        f"  - {unit}: {column}, {count} rows, by {rule} ({detail})"
        for unit, column, rule, count, detail in found.itertuples(index=False, name=None)
    )
    raise DisclosureError(
        f"{found['column'].nunique()} columns may hold personal data:\n{lines}\n"
        "Remove them from codebook.csv so that they are not read, or give the reason to keep them under "
        "[screen_overrides] of study.toml."
    )
