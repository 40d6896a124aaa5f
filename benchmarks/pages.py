"""Pages that several measurements write, a section each."""

from __future__ import annotations

from pathlib import Path


def write_section(page: Path, heading: str, text: str, others: tuple[str, ...] = ()) -> None:
    """Put a section into a page, in the place of the one with its heading, else at the end.

    Args:
        page: a Markdown file; it may be missing.
        heading: the section's first line.
        text: what follows it.
        others: first lines of the page's other sections, with which this one ends.
    """
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in page.read_text("utf-8").splitlines() if page.exists() else []:
        if line in (heading, *others):
            current = sections.setdefault(line, [])
        current.append(line)
    sections[heading] = [heading, "", *text.strip().splitlines()]
    whole = ["\n".join(lines).strip() for lines in sections.values()]
    page.write_text("\n\n".join(whole) + "\n", encoding="utf-8")
