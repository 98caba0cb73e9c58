"""Planted faults of labels, D10 and D11."""

from __future__ import annotations

import dataclasses

import migration_effects as me

from .damage import misread
from .planter import Planter


def log_damaged_labels(planter: Planter) -> None:
    """Log D10 and D11, which :func:`damaged_labels` brings into the files.

    Parameters
    ----------
    planter : Planter
        With the log.
    """
    planter.note(
        "D10", "roster", "", "p_noatt", ("", "codes 3 and 5 share a label", ""), "work on codes, lint warns"
    )
    planter.note(
        "D10", "migrants", "", "m_trips", ("", "code 97 has no label", ""), "work on codes, lint warns"
    )
    planter.note(
        "D11", "children", "", "k_hand", ("", "misread label", ""), "replace from the catalogue, warn"
    )


def damaged_labels(codebook: me.Codebook, language: str) -> me.Codebook:
    """Return a codebook with the label faults D10 and D11, for writing the files.

    Parameters
    ----------
    codebook : Codebook
        The study's codebook.
    language : str
        Language of the labels to be written.

    Returns
    -------
    Codebook
        Two codes of ``p_noatt`` share a label, 97 of ``m_trips`` is neither labelled nor
        declared, the label of ``k_hand`` is misread.
    """
    changed = []
    for variable in codebook:
        if variable.name == "m_trips":
            missing = {code: reason for code, reason in variable.missing.items() if code != 97}
            variable = dataclasses.replace(variable, missing=missing)
        elif variable.name == "p_noatt":
            values = {**variable.values, 5: variable.values[3]}
            variable = dataclasses.replace(variable, values=values)
        elif variable.name == "k_hand":
            # The Russian label, as a program shows it that takes UTF-8 for cp1251.
            label = {**variable.label, language: misread(variable.label["ru"])}
            variable = dataclasses.replace(variable, label=label)
        changed.append(variable)
    return me.Codebook(tuple(changed), codebook.reasons)
