"""The blocks of the guide to the indicators run."""

import doctest

from conftest import ROOT

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def test_blocks_of_the_guide_run():
    path = ROOT / "docs" / "indicators.md"
    failed, tried = doctest.testfile(str(path), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert tried >= 15
    assert failed == 0


def test_the_guide_names_every_scorer():
    import migration_effects as me

    text = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    functions = [name for name in me.indicators.__all__ if name.islower()]
    assert [name for name in functions if f"`{name}`" not in text and f"{name}(" not in text] == []
