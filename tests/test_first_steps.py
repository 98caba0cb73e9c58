"""What somebody meets who does not know the package: first mistakes, reprs, and an install without the report."""

import subprocess
import sys

import pandas as pd
import pytest

import migration_effects as me
from law_samples import sample

DATA = sample(5, strata=3, psus=4, size=120)
DESIGN = me.SurveyDesign(DATA, weights="w", psu="psu", strata="stratum")
COMMAS = DATA.assign(w=DATA["w"].astype(str).str.replace(".", ","))
POINTS = DATA.assign(w=DATA["w"].astype(str))

MISTAKES = {
    "weights with decimal commas": (
        lambda: me.SurveyDesign(COMMAS, weights="w"),
        r"'w' is .* needs numbers .* read the file with decimal=\",\"",
    ),
    "weights as text": (
        lambda: me.SurveyDesign(POINTS, weights="w"),
        r"numbers written as text: convert it with pd\.to_numeric",
    ),
    "a mean of words": (lambda: me.mean("sex", DESIGN), r"share of each category use me\.proportion"),
    "assignment for comparison": (lambda: DESIGN.where("sex = 'girl'"), r"Write == to compare"),
    "a family of other packages": (lambda: me.regress("z ~ x", DESIGN, family="logit"), r"mean 'binomial'\?"),
    "a family mistyped": (lambda: me.regress("z ~ x", DESIGN, family="binomal"), r"mean 'binomial'\?"),
    "a formula mistyped": (lambda: me.regress("y ~ awway", DESIGN), r"do not exist: 'awway'\. Did you mean 'away'\?$"),
    "strata to be crossed": (
        lambda: me.SurveyDesign(DATA, weights="w", psu="psu", strata=["stratum", "sex"]),
        r"2 columns for 1 stage of sampling.*groupby\(\['stratum', 'sex'\]",
    ),
    "items as a list": (
        lambda: me.indicators.who5(DATA, ["x", "y"]),
        r"who5: items is list; a map of items to columns is needed, such as \{'1': 'column'\}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_first_mistakes_are_answered_with_what_to_do(mistake):
    call, message = MISTAKES[mistake]
    with pytest.raises(me.MigrationEffectsError, match=message):
        call()


def test_a_file_that_is_not_there_is_answered_with_the_nearest_name(tmp_path, monkeypatch):
    (tmp_path / "children.sav").write_bytes(b"$FL2")
    with pytest.raises(
        me.DataFileError, match=rf"in the folder '{tmp_path.name}'\. Did you mean 'children\.sav'"
    ):
        me.read_survey(tmp_path / "childern.sav")
    with pytest.raises(me.DataFileError, match="the folder 'raw': there is no such folder either"):
        me.read_survey(tmp_path / "raw" / "children.sav")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(me.DataFileError, match="no such file in the working directory"):
        me.read_survey("childern.sav")


def test_a_codebook_shows_itself_in_a_screenful(tmp_path):
    frame = pd.DataFrame({f"v{i}": [1.0, 2.0] for i in range(30)})
    me.write_survey(frame, tmp_path / "wide.csv")
    lines = repr(me.read_survey(tmp_path / "wide.csv").codebook).splitlines()
    assert lines[0] == "Codebook: 30 variables of wide"
    assert lines[1].startswith("  v0 (")
    assert lines[-1] == "  … and 18 more"


# The path finder does not find the packages of the report, as in an install without them.
BARE = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
ABSENT = {"babel", "typst", "docx", "jinja2", "nbclient", "xlsxwriter", "markdown_it"}
PathFinder.find_spec = lambda name, *rest: None if name.split(".")[0] in ABSENT else find(name, *rest)
"""


def run_bare(code, folder):
    command = [sys.executable, "-W", "error", "-c", BARE + code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)


def test_an_install_without_the_report_says_what_is_missing(tmp_path):
    code = "from migration_effects.cli import main\nsys.exit(main(['report']))"
    done = run_bare(code, tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "MissingPackageError" in done.stderr
    assert '"migration-effects[report]"' in done.stderr


def test_help_and_completion_offer_what_an_install_without_the_report_has(tmp_path):
    code = (
        "import migration_effects as me, pydoc\n"
        "names = dir(me)\n"
        "assert 'mean' in names and 'Table' not in names and 'importlib' not in names, names\n"
        "[getattr(me, name) for name in names]\n"
        "assert 'SurveyDesign' in pydoc.plain(pydoc.render_doc(me))\n"
        "try:\n    me.Table\n"
        "except ImportError as error:\n    assert 'pip install' in str(error), error\n"
        "else:\n    raise AssertionError('Table without its packages')\n"
    )
    done = run_bare(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_completion_offers_the_public_names_only():
    assert set(me.__all__) <= set(dir(me))
    assert not {name for name in dir(me) if not name.startswith("_")} - set(me.__all__)
