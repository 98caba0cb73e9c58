"""Families and links by name."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod import families
from statsmodels.genmod.families import links

from migration_effects.errors import SpecificationError, nearest
from migration_effects.numerics.glm import Family

Array = NDArray[np.float64]
FamilyName = Literal["gaussian", "binomial", "poisson", "negative_binomial", "ordinal", "multinomial"]
LinkName = Literal["identity", "logit", "probit", "cloglog", "log"]

FAMILIES = {"gaussian": families.Gaussian, "binomial": families.Binomial, "poisson": families.Poisson}
LINKS = {
    "identity": links.Identity,
    "logit": links.Logit,
    "probit": links.Probit,
    "cloglog": links.CLogLog,
    "log": links.Log,
}
DEFAULT_LINK = {"gaussian": "identity", "binomial": "logit", "poisson": "log"}
ALLOWED_LINKS = {
    "gaussian": ("identity", "log"),
    "binomial": ("logit", "probit", "cloglog", "log", "identity"),
    "poisson": ("log", "identity"),
}


# What other packages call these families; only the error message knows them.
ELSEWHERE = {
    **dict.fromkeys(("normal", "linear", "ols", "identity"), "gaussian"),
    **dict.fromkeys(("logit", "logistic", "bernoulli", "quasibinomial", "probit"), "binomial"),
    **dict.fromkeys(("log", "count", "quasipoisson"), "poisson"),
    **dict.fromkeys(("negbin", "nbreg", "nb"), "negative_binomial"),
    **dict.fromkeys(("ologit", "polr", "cumulative"), "ordinal"),
    **dict.fromkeys(("mlogit", "multinom", "categorical"), "multinomial"),
}
FIXED_LINK = {"negative_binomial": "log", "ordinal": "logit", "multinomial": "logit"}


def checked_link(family: str, link: str | None) -> str:
    """Return the link of a family, the usual one unless said.

    Parameters
    ----------
    family : str
    link : str, optional

    Returns
    -------
    str

    Raises
    ------
    SpecificationError
        Unknown family, or a link that does not go with it.
    """
    known = [*FAMILIES, *FIXED_LINK]
    if family not in known:
        meant = ELSEWHERE.get(str(family).lower())
        hint = f" Did you mean {meant!r}?" if meant else nearest(family, known)
        raise SpecificationError(f"family={family!r} is unknown. Allowed: {', '.join(known)}.{hint}")
    allowed = ALLOWED_LINKS.get(family) or (FIXED_LINK[family],)
    chosen = link or DEFAULT_LINK.get(family) or FIXED_LINK[family]
    if chosen not in allowed:
        raise SpecificationError(
            f"link={link!r} does not go with family={family!r}. Allowed: {', '.join(allowed)}."
        )
    return chosen


def family_of(name: str, link: str | None) -> tuple[Family, str]:
    """Return a family with its link.

    Parameters
    ----------
    name : {"gaussian", "binomial", "poisson"}
    link : str, optional
        The canonical link unless said.

    Returns
    -------
    family : statsmodels family
    link : str

    Raises
    ------
    SpecificationError
        Unknown family, or a link that does not go with it.
    """
    chosen = checked_link(name, link)
    return FAMILIES[name](LINKS[chosen]()), chosen


def is_canonical(family: Family) -> bool:
    """Return whether the link is the family's canonical one.

    Parameters
    ----------
    family : statsmodels family

    Returns
    -------
    bool
    """
    return any(
        type(family) is FAMILIES[name] and type(family.link) is LINKS[link]
        for name, link in DEFAULT_LINK.items()
    )


def check_outcome(y: Array, family: str, name: str) -> None:
    """Raise unless the outcome is possible under the family.

    Parameters
    ----------
    y : ndarray, shape (m,)
    family : str
    name : str
        For the message.

    Raises
    ------
    SpecificationError
        Values outside the family's range.
    """
    if family == "binomial":
        outside = int(((y < 0) | (y > 1)).sum())
        allowed = "0 to 1 (0/1, or a fraction)"
    elif family in ("poisson", "negative_binomial"):
        outside = int((y < 0).sum())
        allowed = "0 and above"
    else:
        return
    if outside:
        raise SpecificationError(
            f"family={family!r} needs an outcome of {allowed}; {name!r} has {outside} other values. Recode it first."
        )
