"""Three languages: complete catalogues, the study's texts, numbers by locale, nothing silently left in English."""

import importlib.util
import tomllib

import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from conftest import ROOT
from migration_effects.errors import SpecificationError, StudyError
from migration_effects.report import catalogue
from migration_effects.report.catalogue import placeholders, read_catalogue
from migration_effects.report.labels import Labels
from migration_effects.report.messages import gathering, messages
from migration_effects.report.presentation import present
from migration_effects.report.remarks import SENTENCES, remark_text
from migration_effects.report.render.assemble import translation_faults
from migration_effects.report.render.facts import study_facts
from migration_effects.report.style import FONTS
from migration_effects.report.texts import FILE, read_texts
from report_toy import regions, small_table

LANGUAGES = ("ru", "uz")
STUDIES = ROOT / "src" / "migration_effects" / "studies"


def tool():
    spec = importlib.util.spec_from_file_location(
        "update_catalogues", ROOT / "tools" / "update_catalogues.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_hold_exactly_the_messages_of_the_package(language):
    assert sorted(read_catalogue(language)) == tool().source_messages()
    path = catalogue.catalogue_file(language)
    assert path.read_text(encoding="utf-8") == tool().updated(language)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('#, fuzzy\nmsgid "Total"\nmsgstr "Всего"', "'Total' is fuzzy"),
        ('msgid "Table {number}"\nmsgstr "Таблица {no}"', "different placeholders"),
    ],
)
def test_unsound_catalogues_are_refused(entry, message, tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    path = catalogue.catalogue_file("ru")
    path.parent.mkdir(parents=True)
    path.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{entry}\n', encoding="utf-8"
    )
    read_catalogue.cache_clear()
    with pytest.raises(SpecificationError, match=message):
        read_catalogue("ru")
    read_catalogue.cache_clear()


def test_a_missing_translation_stops_or_is_gathered_with_all_others():
    with pytest.raises(SpecificationError, match=r"'A note\.' has no translation into 'ru'.*texts\.csv"):
        Labels(messages("ru")).text("A note.")
    with gathering() as missing:
        table = small_table(notes=["A note.", "Another."])
        assert present(table, "uz").notes == ("A note.", "Another.")
    assert list(missing) == [table.population, "A note.", "Another."]


def test_texts_of_a_study_are_read_with_all_faults_at_once(tmp_path):
    assert read_texts(tmp_path) == {}
    (tmp_path / FILE).write_text("en,ru,uz,status\nBoys,Мальчики,,draft\n", encoding="utf-8")
    assert read_texts(tmp_path) == {"ru": {"Boys": "Мальчики"}, "uz": {}}
    (tmp_path / FILE).write_text(
        "en,ru,uz,status\nBoys,а,б,final\nBoys,а,б,draft\n,а,б,draft\n", encoding="utf-8"
    )
    with pytest.raises(StudyError, match=r"3 faults(.|\n)*'final'(.|\n)*repeats 'Boys'(.|\n)*no English"):
        read_texts(tmp_path)


@pytest.mark.parametrize(
    ("language", "number", "count"),
    [("en", "−12.3", "1,016"), ("ru", "−12,3", "1\xa0016"), ("uz", "−12,3", "1\xa0016")],
)
def test_numbers_follow_the_locale(language, number, count):
    words = present(small_table(population=""), language)
    assert words.numbers.number(-12.34, 1) == number
    assert words.numbers.count(1016) == count


def test_remarks_print_labels_in_every_language():
    labels = Labels(messages("ru"), regions())
    book = regions()
    for name in ("region", "hit"):
        book[name].label["ru"] = f"русское {name}"
    for labels_of_code in book["region"].values.values():
        labels_of_code["ru"] = "область"
    labels = Labels(messages("ru"), book)
    remarks = (
        "1016 rows without a value of hit are left out.",
        "12 rows without a value of hit are left out.",
        "No row in use has region = Khorezm.",
        "3 rows without a value of a model variable are left out.",
    )
    assert remark_text(remarks, labels) == (
        "Исключены строки без значения: русское hit 1\xa0016. Нет наблюдений: русское region, область. "
        "Исключены строки без значения переменной модели: 3."
    )
    for sentence, message in SENTENCES.items():
        assert placeholders(sentence) == placeholders(message)


def texts_of(study, language):
    """Return everything that a study prints in a language."""
    folder = STUDIES / study
    definition = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    yield definition["title"][language]
    for exhibit in definition["exhibit"]:
        yield exhibit["title"][language]
    for file in ("codebook.csv", "values.csv"):
        yield from pd.read_csv(folder / file, dtype=str)[f"label_{language}"].dropna()
    yield from read_texts(folder).get(language, {}).values()
    for path in sorted((folder / "text" / language).glob("*.md")):
        yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_character_is_in_the_vendored_font(language):
    known = set(TTFont(FONTS / "SourceSansPro-Regular.ttf").getBestCmap())
    texts = [text for study in ("uzbekistan_2019", "nhis_2003") for text in texts_of(study, language)]
    if language != "en":
        texts += read_catalogue(language).values()
    lacking = {c for text in texts for c in text if ord(c) not in known and c != "\n"}
    assert lacking == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_uzbek_and_russian_keep_to_their_letters(language):
    texts = [t for study in ("uzbekistan_2019", "nhis_2003") for t in texts_of(study, language)]
    texts += read_catalogue(language).values()
    if language == "uz":
        wrong = [t for t in texts if any(c in t for c in "'`‘’") or any("\u0400" <= c <= "\u04ff" for c in t)]
        assert wrong == []
    else:
        assert [t for t in texts if any(c in t for c in "ʻʼ")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["uzbekistan_2019", "nhis_2003"])
def test_titles_and_chapters_are_translated(study, language):
    assert translation_faults(study_facts(study), language) == []
