"""The formats that tables and charts share: whatever it is, an exhibit is rendered the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

# Key and label of the one figure of an exhibit that the data cannot fill.
NOT_AVAILABLE = "Not available in the real data"

if TYPE_CHECKING:
    from migration_effects.report.figure import Figure
    from migration_effects.report.table import Table


class Rendered:
    """A specification that can be shown in every format; :class:`Table` and :class:`Figure` are."""

    def to_html(self, language: str = "en") -> str:
        """Return an HTML fragment, everything escaped.

        Parameters
        ----------
        language : str
            ``en``, ``ru``, ``uz`` or ``uz_Cyrl``.

        Returns
        -------
        str
            A ``<section>`` with the exhibit and its notes; a chart with alternative text and data table.
        """
        from migration_effects.report.render.fragment import exhibit_html

        return exhibit_html(cast("Table | Figure", self), language)

    def to_typst(self, language: str = "en") -> str:
        """Return what the typst template reads: JSON, so that no text is ever markup.

        Parameters
        ----------
        language : str
            As for :meth:`to_html`.

        Returns
        -------
        str
            JSON.
        """
        from migration_effects.report.render.pdf import exhibit_json

        return exhibit_json(cast("Table | Figure", self), language)

    def to_docx(self, language: str = "en") -> bytes:
        """Return a document for word processors.

        Parameters
        ----------
        language : str
            As for :meth:`to_html`.

        Returns
        -------
        bytes
            DOCX, the same on every run.
        """
        from migration_effects.report.render.word import exhibit_docx

        return exhibit_docx(cast("Table | Figure", self), language)

    def to_xlsx(self, language: str = "en") -> bytes:
        """Return a workbook with unrounded numbers.

        Parameters
        ----------
        language : str
            As for :meth:`to_html`.

        Returns
        -------
        bytes
            XLSX, the same on every run.
        """
        from migration_effects.report.render.workbook import exhibit_xlsx

        return exhibit_xlsx(cast("Table | Figure", self), language)

    def _repr_html_(self) -> str:
        return self.to_html()
