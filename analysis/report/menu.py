"""The exporters under the names by which JupyterLab's menu lists them.

The menu shows the registered name, and asks for the export at an address in which a name has letters,
digits and underscores only: ``Junheng_PDF``. On the command line ``junheng-pdf`` goes on.
"""

from __future__ import annotations

from traitlets import default

from .exporters import ReportHTMLExporter, ReportPDFExporter, ReportWordExporter


class _InMenu:
    @default("enabled")
    def _enabled_default(self):
        return True


class MenuHTMLExporter(_InMenu, ReportHTMLExporter):
    """A report notebook as one self-contained web page, for the menu."""


class MenuPDFExporter(_InMenu, ReportPDFExporter):
    """A report notebook as an accessible, archivable PDF, for the menu."""


class MenuWordExporter(_InMenu, ReportWordExporter):
    """A report notebook as a Word document, for the menu."""
