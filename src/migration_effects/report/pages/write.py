"""The pages about the data on disk, beside the report."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from migration_effects.report.pages.codebook_page import codebook_html, codebook_xlsx
from migration_effects.report.pages.quality_page import quality_html
from migration_effects.report.pages.words import LANGUAGES
from migration_effects.study.study import SYNTHETIC_MARK, Study

FOLDER = "data"


def write_pages(study: Study, root: Path) -> list[Path]:
    """Write the codebook in every language and the page on data quality.

    Parameters
    ----------
    study : Study
        With prepared frames.
    root : Path
        The project.

    Returns
    -------
    list of Path
        Files in ``reports/<study>/data``, replaced as a whole; names carry SYNTHETIC for synthetic data.
    """
    tail, mark = ("_SYNTHETIC", SYNTHETIC_MARK) if study.synthetic else ("", "")
    pages: dict[str, str | bytes] = {f"{study.id}_data_quality{tail}.html": quality_html(study)}
    for language in LANGUAGES:
        title = study.title.get(language, study.id)
        stem = f"{study.id}_codebook_{language}{tail}"
        pages[f"{stem}.html"] = codebook_html(study.codebook, title, language, mark=mark)
        pages[f"{stem}.xlsx"] = codebook_xlsx(study.codebook, title, language, mark=mark)
    target = root / "reports" / study.id / FOLDER
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".data-"))
    aside.chmod(0o755)
    try:
        for name, content in pages.items():
            (aside / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        shutil.rmtree(target, ignore_errors=True)
        aside.replace(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return [target / name for name in sorted(pages)]
