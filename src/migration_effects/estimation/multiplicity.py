"""Several hypotheses of one family: adjusted p-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.stacking import estimate_list, side_by_side, stack
from migration_effects.numerics.multiple_tests import (
    benjamini_hochberg,
    holm,
    sharpened_q,
    step_down_max,
)

Array = NDArray[np.float64]
Adjustment = Literal["holm", "fdr", "sharpened", "romano-wolf"]
DRAWS = 10_000
WORDS = {
    "holm": "Holm: family-wise error",
    "fdr": "Benjamini-Hochberg: false discovery rate",
    "sharpened": "sharpened two-stage q-values (Benjamini, Krieger and Yekutieli 2006)",
    "romano-wolf": f"Romano-Wolf step-down, {DRAWS:,} draws of multivariate t: family-wise error",
}


def adjust(
    estimates: Estimate | Sequence[Estimate], *, method: Adjustment = "romano-wolf", seed: int = 0
) -> Estimate:
    """Adjust the p-values of a family of hypotheses, each "this term is 0".

    Parameters
    ----------
    estimates : Estimate or sequence of Estimate
        All terms together are the family, so give effects and contrasts, not whole regressions with intercept and
        controls: ``fit.contrast("away")``.
    method : {"holm", "fdr", "sharpened", "romano-wolf"}
        "holm" and "romano-wolf" control the chance of any false rejection; the latter uses the joint covariance of
        the estimates and so loses less power when they are correlated. "fdr" and "sharpened" control the share of
        false ones among the rejections.
    seed : int
        Of the draws of "romano-wolf": multivariate t with the correlation of the joint covariance and the design's
        degrees of freedom (Romano and Wolf 2005, *Econometrica* 73:1237; 2016, *Statistics & Probability Letters*
        113:38).

    Returns
    -------
    Estimate
        The terms with column ``p_adjusted`` appended to `table`; intervals stay those of single terms.

    Raises
    ------
    SpecificationError
        Unknown method, estimates without a joint covariance for "romano-wolf", or no p-value at all.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 3.0, 5.0], "y": [-2.0, 2.0, 5.0, 1.0]})
    >>> design = me.SurveyDesign(data)
    >>> family = me.adjust([me.mean("x", design), me.mean("y", design)], method="holm")
    >>> family.table[["term", "p_value", "p_adjusted"]].round(3)
      term  p_value  p_adjusted
    0    x    0.049       0.097
    1    y    0.375       0.375
    """
    if method not in WORDS:
        raise SpecificationError(f"method={method!r} is unknown. Allowed: {', '.join(WORDS)}.")
    parts = [estimates] if isinstance(estimates, Estimate) else estimate_list(estimates, "adjust")
    if not parts:
        raise SpecificationError("me.adjust needs at least one Estimate.")
    family = _family(parts, method)
    p = family.table["p_value"].to_numpy(dtype=np.float64)
    known = np.isfinite(p) & (family.std_error > 0)
    # Where the sampling is unknown no p-value exists, and the estimates say so.
    unsampled = all(part.unknown_sampling for part in parts)
    if not known.any() and not unsampled:
        raise SpecificationError(
            "No term has a p-value: the design has no degrees of freedom, or every standard error is 0."
        )
    adjusted = np.full(len(p), np.nan)
    if known.any():
        adjusted[known] = _adjusted(family, p, known, method, seed)
    extra = pd.DataFrame({"p_adjusted": adjusted})
    if family.extra is not None:
        extra = pd.concat([family.extra.reset_index(drop=True), extra], axis=1)
    unknown = [term for term, has in zip(family.terms, known, strict=True) if not has]
    notes = (
        (f"{', '.join(unknown)}: no p-value, so not among the hypotheses adjusted for.",)
        if unknown and not unsampled
        else ()
    )
    says = f"p_adjusted counts {int(known.sum())} hypotheses, {WORDS[method]}."
    return replace(family, extra=extra, notes=(*family.notes, *notes, says))


def _family(parts: Sequence[Estimate], method: str) -> Estimate:
    """Join the estimates; only Romano-Wolf needs their joint covariance."""
    if len(parts) == 1:
        return parts[0]
    return stack(parts) if method == "romano-wolf" else side_by_side(parts)


def _adjusted(family: Estimate, p: Array, known: NDArray[np.bool_], method: str, seed: int) -> Array:
    """Return the adjusted p-values of the terms that have one."""
    if method == "holm":
        return holm(p[known])
    if method == "fdr":
        return benjamini_hochberg(p[known])
    if method == "sharpened":
        return sharpened_q(p[known])
    errors = family.std_error[known]
    correlation = family.covariance[np.ix_(known, known)] / np.outer(errors, errors)
    if not np.isfinite(correlation).all():
        raise SpecificationError(
            "The joint covariance of these estimates is not known, so there is no Romano-Wolf adjustment. Estimate "
            "them from one design and stack before pooling, or use method='holm'."
        )
    statistics = family.values[known] / errors
    return step_down_max(statistics, correlation, family.df[known], DRAWS, seed)
