"""What is estimated from one sample: (estimate, standard error, lower and upper limit) by name."""

import functools

import numpy as np
from scipy import stats

import migration_effects as me

COVARIATES = ["wealth", "urban", "age"]
RIGHT = " + ".join(COVARIATES)
METHODS = {"ipw": "ATT", "overlap": "ATO", "entropy": "ATT"}
FAMILY = {"score": "gaussian", "attends": "binomial", "chores": "poisson"}


@functools.cache
def critical(df):
    return float(stats.t.ppf(0.975, df))


def numbers(estimate, position=0):
    """Return what a row of the table says, without making the table."""
    value, error = float(estimate.values[position]), float(estimate.std_error[position])
    reach = critical(float(estimate.df[position])) * error
    return value, error, value - reach, value + reach


def design_of(frame):
    return me.SurveyDesign(frame, weights="weight", psu="psu")


def models(frame):
    """Return the two regressions of the score."""
    design = design_of(frame)
    return {
        "regression": numbers(me.regress(f"score ~ away + {RIGHT}", design).contrast("away")),
        "within_community": numbers(
            me.regress(f"score ~ away + {RIGHT}", design, fixed_effects="psu").contrast("away")
        ),
    }


def weighted(frame, outcomes=("score",), methods=tuple(METHODS), *, aipw=True, variance="linearised"):
    """Return effects by weighting, and AIPW on the ipw weights."""
    design, found = design_of(frame), {}
    for method in methods:
        weights = me.balance_weights("away", COVARIATES, design, method=method)
        effect = me.effect(list(outcomes), weights, variance=variance)
        for position, outcome in enumerate(outcomes):
            found[method, outcome] = numbers(effect, position)
        if aipw and method == "ipw":
            for outcome in outcomes:
                doubly = me.effect(
                    outcome, weights, adjust=COVARIATES, family=FAMILY[outcome], variance=variance
                )
                found["aipw", outcome] = numbers(doubly)
    return found


def matched(frame, seed):
    """Return matching with its bootstrap."""
    weights = me.balance_weights("away", COVARIATES, design_of(frame), method="matching", seed=seed)
    return numbers(me.effect("score", weights, replicates=100))


def strength(frame):
    """Return the robustness value, the bias that the hidden confounder's own strength predicts, and the true one."""
    design = design_of(frame)
    short = me.regress(f"score ~ away + {RIGHT}", design)
    long = me.regress(f"score ~ away + {RIGHT} + hidden", design)
    table = me.sensitivity(short, exposure="away", benchmark=[]).table.set_index("measure")["value"]
    w = frame["weight"].to_numpy()
    X = np.column_stack([np.ones(len(frame)), frame[COVARIATES]])
    d, u = (left_of(frame[name].to_numpy(float), X, w) for name in ("away", "hidden"))
    y = left_of(frame["score"].to_numpy(), np.column_stack([X, frame["away"]]), w)
    v = left_of(frame["hidden"].to_numpy(), np.column_stack([X, frame["away"]]), w)
    with_exposure, with_outcome = shared(d, u, w), shared(y, v, w)
    f2 = table["partial_r2"] / (1 - table["partial_r2"])
    predicted = abs(short.values[1]) * np.sqrt(with_outcome * with_exposure / (1 - with_exposure) / f2)
    return table["robustness_value"], predicted, short.values[1] - long.values[1]


def left_of(values, X, w):
    """Return residuals of a weighted least-squares fit."""
    root = np.sqrt(w)
    return values - X @ np.linalg.lstsq(X * root[:, None], values * root, rcond=None)[0]


def shared(one, two, w):
    """Return the squared weighted correlation of residuals."""
    return (w @ (one * two)) ** 2 / (w @ one**2) / (w @ two**2)


def family_p_values(frame, outcomes):
    """Return single and Romano-Wolf p-values of a family of outcomes."""
    weights = me.balance_weights("away", COVARIATES, design_of(frame))
    adjusted = me.adjust(me.effect(list(outcomes), weights), method="romano-wolf", seed=1)
    return adjusted.table["p_value"].to_numpy(), adjusted.table["p_adjusted"].to_numpy()


def imputed(frame, seed, m=5):
    """Return the ipw effect after imputation, pooled."""
    copies = me.impute(design_of(frame), "score", predictors=[*COVARIATES, "away"], m=m, seed=seed)
    parts = [me.effect("score", me.balance_weights("away", COVARIATES, copy)) for copy in copies]
    return numbers(me.pool(parts))
