"""The journal on paper: a document that a printer or a PDF file takes."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from PySide6.QtGui import QFont, QTextDocument

from hmi.domain.language import tr
from hmi.panes.alarms.journal import Paper

POINTS = 7


def document_of(paper: Paper) -> QTextDocument:
    """Return the journal as a document, its table's heads on every page. On the GUI thread; at most 5,000 rows."""
    printed = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    heads = "".join(f"<th align='left'>{escape(tr(head))}</th>" for head in paper.heads)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>" for cells in paper.rows)
    cut = tr("Only the newest {count:,} rows are printed.").format(count=len(paper.rows)) if paper.is_cut else ""
    document = QTextDocument()
    font = QFont("sans-serif")
    font.setPointSize(POINTS)
    document.setDefaultFont(font)
    document.setHtml(
        f"<h2>{escape(paper.title)}</h2><p>{escape(paper.asked)}<br>"
        f"{escape(tr('Printed {time}').format(time=printed))} {escape(cut)}</p>"
        "<table width='100%' border='0.5' cellspacing='0' cellpadding='2' style='border-collapse:collapse'>"
        f"<thead><tr>{heads}</tr></thead>{rows}</table>"
    )
    return document
