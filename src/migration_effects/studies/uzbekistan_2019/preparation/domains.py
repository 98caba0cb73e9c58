"""Six domains of well-being: means of components standardised on the comparison group, higher is better."""

from __future__ import annotations

import numpy as np
import pandas as pd

SAFETY = ("sf_home", "sf_school", "sf_street")
# Domain -> component -> sign that makes higher better.
COMPONENTS: dict[str, dict[str, int]] = {
    "dom_edu": {"k_missed": -1, "k_mark": 1, "attends": 1},
    "dom_health": {"k_health": -1, "fg_n": 1, "ac_unmet": -1},
    "dom_house": {"wealth": 1, "fies_raw": -1},
    "dom_prot": {"kd_hit": -1, "safety": -1, "ch_hours": -1},
    "dom_comm": {"nobody": -1, "rel_carer": -1},
    "dom_emo": {"emotional_score": -1, "conduct_score": -1, "k_hope": 1},
}


def domains(children: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the six domain scores of adolescents.

    Each component is centred on the weighted mean of the comparison group and divided by its weighted standard
    deviation there; the score is the mean of the components answered.

    Parameters
    ----------
    children : DataFrame
        Adolescents with scores, the answers of their caregiver, ``any_parent_away`` and ``w_child``.
    codes : DataFrame
        Codes of file 04 with missing ones blank, same rows.

    Returns
    -------
    DataFrame
        One column per domain; missing where no component is known.
    """
    ordinal = codes[["k_health", "rel_carer", "k_hope"]].assign(safety=codes[list(SAFETY)].mean(axis=1))
    values = children.drop(columns=list(ordinal), errors="ignore").join(ordinal)
    comparison, weights = children["any_parent_away"].eq(0), children["w_child"]
    return pd.DataFrame(
        {
            domain: pd.concat(
                [sign * standardised(values[name], comparison, weights) for name, sign in parts.items()],
                axis=1,
            ).mean(axis=1)
            for domain, parts in COMPONENTS.items()
        }
    )


def standardised(values: pd.Series, comparison: pd.Series, weights: pd.Series) -> pd.Series:
    """Return values in standard deviations of the comparison group from its mean."""
    known = comparison & values.notna()
    share = weights[known] / weights[known].sum()
    centre = float((share * values[known]).sum())
    spread = float(np.sqrt((share * (values[known] - centre) ** 2).sum()))
    return (values - centre) / spread
