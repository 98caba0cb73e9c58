"""The study on real open data: R's survey gives the same numbers, and those published with the data."""

import pandas as pd
import pytest

import migration_effects as me
from migration_effects.study.locate import SHIPPED

KNOWN = pd.read_csv(SHIPPED / "nhis_2003" / "reference" / "known_answers.csv", keep_default_na=False)
# As printed beside the data: value and standard error with their last digit.
PRINTED = {
    ("no_parent", ""): (0.0278277, 0.0031),
    ("uninsured", "a parent present"): (0.09324, 0.00669),
    ("uninsured", "no parent present"): (0.17401, 0.03489),
    ("limited", "a parent present"): (0.06773, 0.00491),
    ("limited", "no parent present"): (0.15733, 0.03716),
    ("logit of uninsured on no_parent + hisp + sex", "no_parent"): (0.583266, 0.256687),
}


@pytest.fixture(scope="module")
def study(nhis_file, tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    (project / "data" / "raw").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        yield me.load_study("nhis_2003", data=nhis_file.parent)


@pytest.fixture(scope="module")
def children(study):
    return study.design("children")


def known(quantity, base):
    rows = KNOWN[(KNOWN["quantity"] == quantity) & (KNOWN["base"] == base)]
    assert len(rows)
    return rows.set_index("level")


def test_counts(study, children):
    assert len(study.frame("persons")) == 21588
    assert len(study.frame("children")) == 5991
    assert study.flow["kept"].tolist() == [21588, 5991, 5990]
    assert (children.n, children.n_psu, children.df) == (5991, 150, 75)


def test_children_without_a_parent(children):
    row = me.mean("no_parent", children).table.iloc[0]
    answer = known("no_parent", "living arrangement known").loc[""]
    assert row["estimate"] == pytest.approx(answer["estimate"], rel=1e-9)
    assert row["std_error"] == pytest.approx(answer["std_error"], rel=1e-9)
    assert row["df"] == answer["df"]
    assert row["n"] == 5990


@pytest.mark.parametrize("outcome", ["uninsured", "limited"])
@pytest.mark.parametrize("base", ["answer known", "uninsured and limited known"])
def test_health_care_by_presence_of_a_parent(children, outcome, base):
    both = children.where("uninsured == uninsured & limited == limited")
    table = me.mean(outcome, children if base == "answer known" else both, by="parents").table.set_index(
        "parents"
    )
    answers = known(outcome, base)
    for level in ("a parent present", "no parent present"):
        row, answer = table.loc[level], answers.loc[level]
        assert row["estimate"] == pytest.approx(answer["estimate"], rel=1e-9)
        assert row["std_error"] == pytest.approx(answer["std_error"], rel=1e-9)
        assert row["df"] == answer["df"]


def test_logit_of_uninsured(children):
    table = me.regress("uninsured ~ no_parent + hisp + sex", children, family="binomial").table.set_index(
        "term"
    )
    answers = known("logit of uninsured on no_parent + hisp + sex", "all answers known")
    assert set(answers.index) == set(table.index)
    for term, answer in answers.iterrows():
        assert table.loc[term, "estimate"] == pytest.approx(answer["estimate"], rel=1e-7)
        assert table.loc[term, "std_error"] == pytest.approx(answer["std_error"], rel=1e-7)
        assert table.loc[term, "df"] == answer["df"]


def test_printed_answers_are_those_of_r():
    exact = KNOWN[KNOWN["base"] != "answer known"].set_index(["quantity", "level"])
    for key, (estimate, std_error) in PRINTED.items():
        assert exact.loc[key, "estimate"] == pytest.approx(estimate, abs=5.1e-6)
        assert exact.loc[key, "std_error"] == pytest.approx(std_error, abs=5.1e-6)


def test_every_blank_is_counted(study):
    persons = study.frame("persons")
    audit = study.audit.set_index("variable")["count"]
    blank = persons.drop(columns="no_parent").isna().sum()
    assert audit.to_dict() == blank[blank > 0].to_dict()


def test_nothing_calls_it_migration(study):
    for exhibit in study.exhibits:
        assert "migra" not in exhibit.title["en"].lower()
    absent = [e.title["en"] for e in study.exhibits if "absence" in e.title["en"]]
    assert all("for any reason" in title for title in absent)


def test_a_changed_extract_is_refused(nhis_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = bytearray(nhis_file.read_bytes())
    content[-1] ^= 1
    (tmp_path / nhis_file.name).write_bytes(bytes(content))
    with pytest.raises(me.DataFileError, match="sha256") as caught:
        me.load_study("nhis_2003", data=tmp_path)
    assert caught.value.reason == "changed"


def test_without_the_file_the_message_says_where_it_is(tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIGRATION_EFFECTS_RAW", raising=False)
    with pytest.raises(me.DataFileError) as caught:
        me.load_study("nhis_2003")
    for part in (
        "National Center for Health Statistics",
        "PracTools",
        "make data STUDY=nhis_2003 FROM=folder",
    ):
        assert part in str(caught.value)
