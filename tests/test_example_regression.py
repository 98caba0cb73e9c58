"""The example notebook of regression runs and shows what its text says."""

import json

import numpy as np
import pytest

from conftest import ROOT

PATH = ROOT / "notebooks" / "examples" / "regression.ipynb"


@pytest.fixture(scope="module")
def space():
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PATH.parent)
        for cell in json.loads(PATH.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), PATH.name, "exec"), found)
    return found


def test_it_is_short():
    cells = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
    assert len(cells) < 15


def test_every_part_has_its_result(space):
    wald, ratio = space["tests"]
    assert (wald.df1, wald.df2) == (2, 8)
    assert abs(np.log(ratio.p_value / wald.p_value)) < 2
    assert "unconditional" in space["effects"].notes[-1]
    assert space["exposed"].n[0] < space["effects"].n[0]
    assert 0 < space["alike"].values[-1] < 1
    assert "Anderson-Rubin" in space["instrumented"].notes[-1]
    assert len(space["copies"]) == 20
    assert (space["pooled"].df < space["design"].df).all()


def test_romano_wolf_loses_less_than_holm(space):
    """The outcomes are correlated; allow the error of the draws."""
    found = {method: estimate.table["p_adjusted"] for method, estimate in space["adjusted"].items()}
    assert (found["romano-wolf"] <= found["holm"] + 0.01).all()


def test_table_and_chart_hold_the_numbers_of_the_models(space):
    text = space["table"].to_markdown()
    assert "ref." in text
    assert "R²" in text
    cell, _ = space["chart"].cell("meals", space["chart"].data().columns[0].key)
    assert cell.value == pytest.approx(
        space["models"]["All"].table.set_index("term").loc["meals", "estimate"]
    )
