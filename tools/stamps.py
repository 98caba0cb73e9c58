"""Rewrite build/<study>/stamps/<group> for each group of inputs whose content changed; print id, order and notebooks.

`stamps.py STUDY LANGUAGES [DATA]`. Standard library only, run with `-S -E`: finding nothing to do must take no time.
A stamp lists names with checksums, so that touched files change nothing and deleted files are noticed.
"""

import csv
import hashlib
import json
import sys
import tomllib
from pathlib import Path

PACKAGE = Path("src/migration_effects")
REPORT = PACKAGE / "report"
# What only the look depends on: a change re-assembles the report and runs no notebook.
LOOK = [
    REPORT / "render",
    REPORT / "charts",
    REPORT / "style.py",
    REPORT / "alt_text.py",
    REPORT / "point_text.py",
    REPORT / "published_marks.py",
    REPORT / "manifest.py",
    REPORT / "verification",
]
STUDIES = PACKAGE / "studies"
TEXTS = "texts.csv"
# Written from a build, and read by none.
REFERENCE = "exhibits_SYNTHETIC.csv"
MAPPING = "mapping.csv"
TITLES = ("title", "label", "definition")
PUBLISHED = "reference/published.csv"
COMPARING = "compare_published("
# Exhibits of the notebook 08, which runs beside 09.
CHAPTER_8 = ("T8.", "F8.")


def study_of(name):
    """Return the study folder and its parsed study.toml."""
    folder = STUDIES / name if (STUDIES / name / "study.toml").is_file() else Path(name)
    if not (folder / "study.toml").is_file():
        known = ", ".join(sorted(p.parent.name for p in STUDIES.glob("*/study.toml")))
        sys.exit(f"STUDY={name} is neither a study nor a folder with study.toml. Studies: {known}.")
    try:
        return folder, tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        sys.exit(f"{folder / 'study.toml'} cannot be read: {error}")


def inside(path, folders):
    return any(folder == path or folder in path.parents for folder in folders)


def source_files(folder):
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]


def without_titles(content):
    """Return parsed TOML without titles and labels, which are read when the report is rendered."""
    if isinstance(content, dict):
        return {k: without_titles(v) for k, v in content.items() if k not in TITLES}
    return [without_titles(v) for v in content] if isinstance(content, list) else content


def titles(content, language):
    """Return the titles and labels of one language, with their place."""
    if isinstance(content, dict):
        found = {k: v.get(language) for k, v in content.items() if k in TITLES and isinstance(v, dict)}
        deeper = {k: titles(v, language) for k, v in content.items() if k not in TITLES}
        return [found, {k: v for k, v in deeper.items() if v}]
    return [titles(v, language) for v in content] if isinstance(content, list) else None


def table(path, keep):
    """Return the columns of a CSV file that `keep` accepts, as text."""
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return json.dumps([{k: v for k, v in row.items() if k and keep(k)} for row in rows])


def mapped_names(raw):
    """Return the mapping beside real files, and the files it reads."""
    path = raw / MAPPING
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {MAPPING, *((row.get("file") or "").strip() for row in csv.DictReader(stream))} - {""}


def order(folder):
    """Return whether 09, which compares entered figures with exhibits, has to wait for those of 08."""
    if not (folder / PUBLISHED).is_file():
        return "beside"
    with (folder / PUBLISHED).open(encoding="utf-8-sig", newline="") as stream:
        entered = [row for row in csv.DictReader(stream) if row.get("value")]
    late = any((row.get("exhibit_id") or "").strip().startswith(CHAPTER_8) for row in entered)
    return "after" if late else "beside"


class Digests:
    """Checksums of files, reused while time and size of a file are the same."""

    def __init__(self, path):
        self.path = path
        self.known = json.loads(path.read_text()) if path.exists() else {}
        self.used = {}

    def of(self, path):
        stat = path.stat()
        key = [stat.st_mtime_ns, stat.st_size]
        entry = self.known.get(str(path))
        if not entry or entry[0] != key:
            entry = [key, hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()]
        self.used[str(path)] = entry
        return entry[1]

    def listing(self, paths):
        return "".join(f"{self.of(path)} {path}\n" for path in paths)

    def save(self):
        if self.used != self.known:
            self.path.write_text(json.dumps(self.used))


def groups(folder, definition, languages, data, digests):
    """Return the content of each stamp."""
    raw = Path(data) if data else Path("data/raw") / definition["id"]
    names = {f["name"] if isinstance(f, dict) else f for f in definition.get("files", {}).values()}
    names |= mapped_names(raw)
    package = [p for p in source_files(PACKAGE) if p.suffix == ".py" and STUDIES not in p.parents]
    look = [p for p in source_files(REPORT) if inside(p, LOOK)]
    tables = ["codebook.csv", "values.csv", "ranges.csv"]
    texts = folder / "text"
    study = [
        p
        for p in source_files(folder)
        if p.name not in ("study.toml", *tables[:2], TEXTS, REFERENCE)
        and texts not in p.parents
        and p != folder / PUBLISHED
    ]
    # Entered figures stand in the pages, and in the notebooks that compare with them; no exhibit depends on them.
    published = [path for path in [folder / PUBLISHED] if path.is_file()]
    notebooks = sorted(Path(definition.get("notebooks", "notebooks")).glob("*.ipynb"))
    neutral = [without_titles(definition)]
    neutral += [
        table(folder / t, lambda c: not c.startswith("label_") or c == "label_en") for t in tables[1:2]
    ]
    neutral += [table(folder / "codebook.csv", lambda c: not c.startswith("label_"))]
    yield (
        "data",
        f"{raw if data else ''}\n" + digests.listing(sorted(raw / n for n in names if (raw / n).is_file())),
    )
    yield "package", digests.listing(p for p in package if not inside(p, LOOK))
    yield "study", json.dumps(neutral, sort_keys=True, default=str) + digests.listing(study)
    yield "render", digests.listing([*look, *published])
    yield "notebooks", digests.listing(notebooks)
    for path in notebooks:
        compares = COMPARING in path.read_text(encoding="utf-8")
        yield f"nb-{path.stem}", digests.listing([path, *(published if compares else [])])
    for language in languages:
        catalogue = PACKAGE / "locale" / language / "LC_MESSAGES"
        own = [table(folder / t, lambda c, suffix=f"label_{language}": c == suffix) for t in tables[:2]]
        if language != "en":
            own.append(table(folder / TEXTS, lambda c, name=language: c in ("en", name)))
        words = json.dumps([titles(definition, language), own], sort_keys=True, default=str)
        yield (
            f"words-{language}",
            words + digests.listing([*source_files(texts / language), *source_files(catalogue)]),
        )


def main(name, languages, data=""):
    folder, definition = study_of(name)
    stamps = Path("build") / definition["id"] / "stamps"
    stamps.mkdir(parents=True, exist_ok=True)
    digests = Digests(stamps / ".cache.json")
    for group, text in groups(folder, definition, languages.split(), data, digests):
        stamp = stamps / group
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != text:
            stamp.write_text(text, encoding="utf-8")
    digests.save()
    notebooks = sorted(Path(definition.get("notebooks", "notebooks")).glob("*.ipynb"))
    print(definition["id"], order(folder), *(path.as_posix() for path in notebooks))


if __name__ == "__main__":
    main(*sys.argv[1:])
