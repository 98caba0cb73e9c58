"""Comparing the labels that stand in a file with the catalogue of the study."""

from __future__ import annotations

from collections import Counter

from migration_effects.cleaning.audit import Audit
from migration_effects.io.codebook import Codebook
from migration_effects.io.encodings import comparison_key, undo_cp1251
from migration_effects.io.survey_file import SurveyFile
from migration_effects.io.variable import Variable

CHECK = "label"


def compare_labels(survey: SurveyFile, codebook: Codebook, *, file: str) -> Audit:
    """Find labels of a file that are damaged, ambiguous, lacking, or differ from the catalogue.

    Analyses work on codes and print the labels of the catalogue, so nothing depends on the labels found here.

    Parameters
    ----------
    survey : SurveyFile
        As read.
    codebook : Codebook
        The catalogue.
    file : str
        Unit of the file.

    Returns
    -------
    Audit
        One finding per variable and kind; spelling of apostrophes, case and spaces does not count.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> from migration_effects.io.read import read_survey
    >>> from migration_effects.io.write import write_survey
    >>> def book(label):
    ...     return Codebook((Variable("age", "children", "age", "count", label={"en": label}),))
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "children.sav"
    >>> write_survey(pd.DataFrame({"age": [12.0, 13.0]}), path, book("Age of the mother"))
    >>> compare_labels(read_survey(path), book("Age"), file="children").table["detail"].tolist()
    ['differs from the catalogue']
    """
    audit = Audit()
    for variable in codebook.of(file):
        if variable.source in survey.codebook:
            audit += _variable_label(survey.codebook[variable.source], variable, file)
            audit += _value_labels(
                dict(survey.value_labels.get(variable.source, ())), variable, codebook, file
            )
            audit += _declarations(survey.codebook[variable.source], variable, file)
    return audit


def _variable_label(found: Variable, variable: Variable, file: str) -> Audit:
    """Return a finding when the variable label is none of the catalogue's."""
    text = next(iter(found.label.values()), "")
    known = {comparison_key(label) for label in variable.label.values()}
    if not text or comparison_key(text) in known:
        return Audit()
    misread = (undo_cp1251(text) or "") and "UTF-8 read as cp1251"
    detail = misread or "differs from the catalogue"
    return Audit().add(CHECK, file, variable.source, 1, "label of the catalogue used", detail)


def _value_labels(found: dict, variable: Variable, codebook: Codebook, file: str) -> Audit:
    """Return findings on value labels: two codes with one label, codes without, labels of another wording."""
    if not found:
        return Audit()
    audit, source = Audit(), variable.source
    keys = Counter(comparison_key(text) for text in found.values())
    twice = sorted(str(code) for code, text in found.items() if keys[comparison_key(text)] > 1)
    audit = audit.add(
        CHECK, file, source, len(twice), "codes used", f"codes {', '.join(twice)} have one label"
    )
    expected = {code: labels.values() for code, labels in variable.values.items()}
    expected |= {code: codebook.reasons.get(why, {}).values() for code, why in variable.missing.items()}
    bare = [str(code) for code in expected if code not in found]
    audit = audit.add(
        CHECK, file, source, len(bare), "label of the catalogue used", f"no label for {', '.join(bare)}"
    )
    strange = [str(code) for code in found if code not in expected]
    audit = audit.add(
        CHECK, file, source, len(strange), "reported", f"label for unknown {', '.join(strange)}"
    )
    other = [
        str(code)
        for code, text in found.items()
        if expected.get(code) and comparison_key(text) not in {comparison_key(t) for t in expected[code]}
    ]
    detail = f"label of {', '.join(other)} differs from the catalogue"
    return audit.add(CHECK, file, source, len(other), "label of the catalogue used", detail)


def _declarations(found: Variable, variable: Variable, file: str) -> Audit:
    """Return findings on missing codes declared on one side only; files that declare none say nothing."""
    if not found.missing:
        return Audit()
    only_file = [str(code) for code in found.missing if code not in variable.missing]
    only_book = [str(code) for code in variable.missing if code not in found.missing]
    audit = Audit().add(
        "missing codes", file, variable.source, len(only_file), "codebook decides",
        f"{', '.join(only_file)} declared in the file only",
    )  # fmt: skip
    return audit.add(
        "missing codes", file, variable.source, len(only_book), "codebook decides",
        f"{', '.join(only_book)} declared in the codebook only",
    )  # fmt: skip
