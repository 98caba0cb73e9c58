"""From the public-use extract to two frames: all persons, and the children under 18 among them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import migration_effects as me

CHILD = "under 18"
ABSENT = "no parent present"


def prepare(files: Mapping[str, me.SurveyFile], study: me.Study) -> me.Prepared:
    """Return the frames ``persons`` and ``children`` of the National Health Interview Survey 2003.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        With the unit ``persons``.
    study : Study
        Names and labels.

    Returns
    -------
    Prepared
        Names and labels of the codebook; yes/no variables 1 and 0; blanks missing and counted.

    Raises
    ------
    CodebookError
        For columns or codes the codebook does not have, all of them at once.
    StudyError
        For row numbers that occur twice.
    """
    raw = files["persons"].frame
    book = study.codebook.of("persons")
    book.check(raw)
    persons = pd.DataFrame({variable.name: _labelled(raw[variable.source], variable) for variable in book})
    twice = int(persons["person"].duplicated().sum())
    if twice:
        raise me.StudyError(
            f"{files['persons'].path_name}: {twice} row numbers (ID) occur twice. Get a fresh copy."
        )
    persons["no_parent"] = (persons["parents"] == ABSENT).astype(float).where(persons["parents"].notna())
    children = persons[persons["age_group"] == CHILD].drop(columns="activity").reset_index(drop=True)
    return me.Prepared({"persons": persons, "children": children}, _audit(persons), _flow(persons, children))


def design(unit: str, frames: Mapping[str, pd.DataFrame], study: me.Study) -> me.SurveyDesign | None:
    """Return the children as a domain of all persons, so that every stratum and PSU stays in the variance.

    Parameters
    ----------
    unit : str
        ``persons`` or ``children``.
    frames : mapping of str to DataFrame
        The prepared frames.
    study : Study
        Whose columns serve all persons.

    Returns
    -------
    SurveyDesign or None
        None for ``persons``: their design columns say everything.
    """
    return study.design("persons").where(f"age_group == '{CHILD}'") if unit == "children" else None


def _labelled(column: pd.Series, variable: me.Variable) -> pd.Series:
    """Return a raw column with the labels of its codes, or 1 and 0 for yes and no."""
    if variable.kind == "yesno":
        yes, no = variable.values
        return column.map({yes: 1.0, no: 0.0})
    if variable.kind == "categorical":
        labels = {code: texts["en"] for code, texts in variable.values.items()}
        return column.map(labels).astype(pd.CategoricalDtype(list(labels.values()), ordered=True))
    return column


def _audit(persons: pd.DataFrame) -> pd.DataFrame:
    """Return the number of blank answers per variable."""
    adults = persons["age_group"] != CHILD
    blank = {name: int((persons[name].isna() & (adults | (name != "activity"))).sum()) for name in persons}
    rows = [
        ("blank", "persons", name, count, "left out of estimates that use it", "no code in the file says why")
        for name, count in blank.items()
        if count
    ]
    return pd.DataFrame(rows, columns=["check", "file", "variable", "count", "action", "detail"])


def _flow(persons: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Return the sample flow from all persons to children whose living arrangement is known."""
    known = int(children["parents"].notna().sum())
    absent = int(children["no_parent"].sum())
    steps = [
        ("persons", "in the extract", len(persons), 0),
        ("children", "under 18", len(children), len(persons) - len(children)),
        ("children", "living arrangement known", known, len(children) - known),
        ("children", "no parent in the household", absent, known - absent),
    ]
    return pd.DataFrame(steps, columns=["unit", "criterion", "kept", "dropped"])
