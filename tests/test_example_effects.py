"""The example notebook of effects runs and shows what its text says."""

import json

import numpy as np
import pytest

import migration_effects as me
from conftest import ROOT

PATH = ROOT / "notebooks" / "examples" / "effect_of_migration.ipynb"
pytestmark = pytest.mark.filterwarnings("ignore::migration_effects.MigrationEffectsWarning")


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        for cell in json.loads(PATH.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), PATH.name, "exec"), found)
    return found


def test_it_is_short_and_says_that_the_data_are_synthetic():
    cells = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
    assert len(cells) < 15
    assert "SYNTHETIC DATA — not findings" in "".join(cells[0]["source"])


def test_every_step_has_its_result(space):
    assert space["weights"].balance()["smd_after"].abs().max() < 1e-9
    assert space["effects"].terms == tuple(space["outcomes"])
    assert len(space["compared"].terms) == 8
    assert space["by_parent"].terms == tuple(f"{who}:emotional_score" for who in space["parents"])
    assert space["alike"].df1 == 2
    assert (space["family"].table["p_adjusted"] >= space["family"].table["p_value"] - 0.02).all()
    assert {"e_value", "robustness_value_design", "oster_delta"} <= set(space["strength"].table["measure"])
    assert space["through"].terms == ("total", "direct", "indirect")


def test_imputation_brings_back_the_rows_that_were_lost(space):
    pooled, complete = space["pooled"], space["effects"]
    assert pooled.n[0] > complete.n[0]
    assert np.isfinite(pooled.std_error[0])
    assert isinstance(pooled, me.Estimate)
