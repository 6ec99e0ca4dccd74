"""A handover as it is printed and kept in a file: as a page of HTML, and as plain text; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from hmi.domain.language import tr
from hmi.panes.shift_log.sections import Section


@dataclass(frozen=True, slots=True)
class Paper:
    """lines: below the title, such as who printed it. draft: what is to be handed over and was not saved yet."""

    title: str
    lines: Sequence[str]
    sections: Sequence[Section]
    draft: str = ""


def html_of(paper: Paper) -> str:
    """Return a page that a browser shows and a printer's document takes."""
    parts = [f"<h2>{escape(paper.title)}</h2>", f"<p>{'<br>'.join(escape(line) for line in paper.lines)}</p>"]
    if paper.draft:
        parts.append(f"<h3>{escape(_draft_title())}</h3><p>{_broken(paper.draft)}</p>")
    parts += [_html_section(section) for section in paper.sections]
    head = f"<meta charset='utf-8'><title>{escape(paper.title)}</title>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(parts)}</body></html>"


def text_of(paper: Paper) -> str:
    """Return plain text, a row a line."""
    lines = [paper.title, "=" * len(paper.title), *paper.lines]
    if paper.draft:
        lines += [*_headed(_draft_title()), paper.draft]
    for section in paper.sections:
        lines += _headed(section.title)
        lines += ["- " + " | ".join(cell.replace("\n", "; ") for cell in row.cells if cell) for row in section.rows]
        lines += [line for line in (section.more, section.empty if not section.rows else "") if line]
    return "\n".join(lines) + "\n"


def _html_section(section: Section) -> str:
    title = f"<h3>{escape(section.title)}</h3>"
    if not section.rows:
        return title + f"<p>{escape(section.empty)}</p>"
    heads = "".join(f"<th align='left'>{escape(head)}</th>" for head, _ in section.heads)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_broken(cell)}</td>" for cell in row.cells) + "</tr>" for row in section.rows
    )
    table = (
        "<table width='100%' border='0.5' cellspacing='0' cellpadding='3' style='border-collapse:collapse'>"
        f"<thead><tr>{heads}</tr></thead>{rows}</table>"
    )
    return title + table + (f"<p>{escape(section.more)}</p>" if section.more else "")


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _headed(title: str) -> list[str]:
    return ["", title, "-" * len(title)]


def _draft_title() -> str:
    return tr("To the next shift (not saved yet)")
