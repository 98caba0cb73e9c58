"""Plain formulas are built without the formula engine: its own matrix is the oracle."""

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

import migration_effects as me
from migration_effects.regression.formulas import matrix_of, model_frame
from migration_effects.regression.plain import plain_matrix

N = 60


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(20190)
    return pd.DataFrame(
        {
            "score": rng.normal(size=N),
            "age": rng.integers(11, 18, N),
            "size of household": rng.integers(3, 9, N).astype(np.float32),
            "away": pd.Categorical(
                rng.choice(["none", "father", "both"], N), categories=["none", "father", "mother", "both"]
            ),
            "wealth": pd.Categorical(rng.integers(1, 6, N), ordered=True),
            "share": pd.Categorical(rng.choice([0.5, 1.0, 2.25], N)),
            "girl": rng.random(N) < 0.5,
            "name": rng.choice(["a", "b"], N),
            "same": pd.Categorical(["x"] * N),
        }
    )


PLAIN = [
    "score ~ age",
    "age ~ score + away",
    "score ~ away + age + wealth + `size of household` + share",
    "score ~ wealth + 1",
    "score ~ age + away - age",
    "score ~ 1",
]


@pytest.mark.parametrize("formula", PLAIN)
@pytest.mark.parametrize("part", ["all", "some"])
def test_the_matrix_is_that_of_the_engine(data, formula, part):
    rows = np.ones(N, dtype=bool) if part == "all" else np.arange(N) % 3 > 0
    plain = plain_matrix(Formula(formula), data, rows)
    used = data.loc[rows].reset_index(drop=True)
    for name in ("away", "wealth", "share"):
        used[name] = used[name].cat.remove_unused_categories()
    engine = Formula(formula).get_model_matrix(used, output="numpy")
    assert plain is not None
    np.testing.assert_array_equal(plain.matrix, np.asarray(engine.rhs, dtype=float))
    np.testing.assert_array_equal(plain.outcome, np.asarray(engine.lhs, dtype=float)[:, 0])
    spec = engine.rhs.model_spec
    assert plain.columns == tuple(spec.column_names)
    assert plain.terms == {str(term): tuple(where) for term, where in spec.term_indices.items()}

    model = model_frame(formula, data, rows, extra=[])
    assert model.spec is None
    assert model.variables == tuple(sorted(map(str, spec.required_variables)))
    assert tuple(model.recipe.column_names) == plain.columns
    if model.variables:
        np.testing.assert_array_equal(matrix_of(model.recipe, model.variables, used), plain.matrix)


@pytest.mark.parametrize(
    "formula",
    [
        "score ~ age:away", "score ~ age * away", "score ~ 0 + age", "score ~ C(age)", "np.log(age) ~ score",
        "score ~ np.sqrt(age)", "score ~ girl", "score ~ name", "score ~ same", "away ~ age", "score + age ~ wealth",
    ],
)  # fmt: skip
def test_everything_else_is_left_to_the_engine(data, formula):
    assert plain_matrix(Formula(formula), data, np.ones(N, dtype=bool)) is None


def test_both_ways_give_one_fit_with_missing_values_and_levels_out_of_use(data):
    holed = data.assign(weight=1.0 + np.arange(N) % 3, psu=np.arange(N) // 4)
    holed.loc[[3, 8], "score"] = np.nan
    holed.loc[5, "away"] = np.nan
    design = me.SurveyDesign(holed, weights="weight", psu="psu")
    plain = me.regress("score ~ age + away", design)
    engine = me.regress("score ~ I(age) + C(away)", design)
    assert plain.model.spec is None
    assert engine.model.spec is not None
    # The same columns in the same order, hence the same arithmetic.
    np.testing.assert_array_equal(plain.table["estimate"], engine.table["estimate"])
    np.testing.assert_array_equal(plain.table["std_error"], engine.table["std_error"])
    assert plain.notes == engine.notes
    assert "3 rows without a value of a model variable are left out." in plain.notes
    assert "No row in use has away = mother." in plain.notes
