"""The Uzbekistan codebook: complete, in three languages, within the limits of the SPSS format."""

import ast
import unicodedata
from pathlib import Path

import pytest

from migration_effects.io.codebook import Codebook

FOLDER = Path(__file__).parents[1] / "src" / "migration_effects" / "studies" / "uzbekistan_2019"
LANGUAGES = ("en", "ru", "uz")
SIZES = {"sample": 11, "roster": 22, "caregivers": 85, "migrants": 18, "children": 67}
CONTEXT = {
    "hhtype", "has_adolescent", "has_1_14", "parent_abroad", "parent_ever_abroad", "carer_not_parent",
    "attends", "p_age", "p_attend",
}  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return Codebook.read(FOLDER)


def test_every_raw_variable_is_there_once(book):
    assert {file: len(book.of(file)) for file in SIZES} == SIZES
    assert sum(SIZES.values()) == 203


def test_labels_fit_the_spss_format_in_every_language(book):
    for variable in book:
        for language in LANGUAGES:
            assert 0 < len(variable.label[language].encode()) <= 256, (variable.name, language)
            assert all(len(t.encode()) <= 120 for t in variable.categories(language)), variable.name


def test_labels_are_normalised_and_value_labels_are_distinct(book):
    for variable in book:
        for language in LANGUAGES:
            texts = variable.categories(language)
            assert len(set(texts)) == len(texts), (variable.name, language)
            for text in (*texts, variable.label[language]):
                assert unicodedata.normalize("NFC", text) == text
                assert language != "uz" or not set("'‘’`´") & set(text), text


def test_russian_is_cyrillic_and_uzbek_is_latin(book):
    cyrillic = {v.name for v in book if any("\u0400" <= c <= "\u04ff" for c in v.label["uz"])}
    latin = {v.name for v in book if not any("\u0400" <= c <= "\u04ff" for c in v.label["ru"])}
    assert not cyrillic
    assert not latin


def test_universes_use_columns_of_their_file_or_of_the_context(book):
    for file in SIZES:
        columns = {v.name for v in book.of(file)}
        for variable in book.of(file):
            if variable.asked_of:
                tree = ast.parse(variable.asked_of, mode="eval")
                names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
                assert names <= columns | CONTEXT, (variable.name, names - columns - CONTEXT)


def test_identifiers_and_the_confounders_have_no_missing_codes(book):
    complete = {"hh_id", "region", "resid", "psu", "p_line", "p_sex", "h_edu", "h_ladder5", "k_sex", "k_age"}
    assert not [v.name for v in book if v.name in complete and v.missing]
