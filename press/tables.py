"""What is gathered over all pages: the map of the chapters and the table of the claims, as Markdown."""

import posixpath
import re
from pathlib import Path

import yaml

from press.edition import Edition
from press.pages import Page


class _AnyTag(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags name Python objects that are of no concern here."""


_AnyTag.add_multi_constructor("", lambda loader, suffix, node: None)


def chapters(edition: Edition, page: Page) -> str:
    """The parts and their chapters in the order of the nav, each with its question."""
    config = yaml.load((edition.root / "mkdocs.yml").read_text(encoding="utf-8"), _AnyTag)
    questions = {p.path: str(p.meta["question"]) for p in edition.pages if "question" in p.meta}
    lines: list[str] = []
    for part, files in _parts(config["nav"]):
        rows = []
        for title, file in files:
            question = questions.get(f"docs/{file}") or _lab_question(edition.root / "docs" / file)
            if question:
                rows.append(f"-   [{title or _title(edition, file)}]({_link(page, file)}) {question}")
        if rows:
            lines += [f"### {part}" if part else "", "", *rows, "{: .chapters }", ""]
    return "\n".join(lines)


def _parts(nav: list) -> list[tuple[str, list[tuple[str, str]]]]:
    """(part, [(title, file)]) for each section of the nav; single pages stand in a part without a name."""
    parts: list[tuple[str, list[tuple[str, str]]]] = []
    for item in nav:
        title, value = next(iter(item.items())) if isinstance(item, dict) else ("", item)
        if isinstance(value, list):
            rows = [next(iter(i.items())) if isinstance(i, dict) else ("", i) for i in value]
            parts.append((title, [row for row in rows if isinstance(row[1], str)]))
        elif parts and not parts[-1][0]:
            parts[-1][1].append((title, value))
        else:
            parts.append(("", [(title, value)]))
    return parts


def _title(edition: Edition, file: str) -> str:
    page = next((p for p in edition.pages if p.path == f"docs/{file}"), None)
    lines = page.lines if page else (edition.root / "docs" / file).read_text(encoding="utf-8").splitlines()
    return next((m[1] for line in lines if (m := re.match(r"#?\s*# (.+)", line))), file)


def _lab_question(file: Path) -> str | None:
    if file.suffix != ".py" or not file.exists():
        return None
    match = re.search(r"^# +question: *[\"']?(.+?)[\"']?$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else None


def _link(page: Page, file: str) -> str:
    return posixpath.relpath(f"docs/{file}", posixpath.dirname(page.path))


def claims(edition: Edition, page: Page) -> str:
    """All claims in the order of their ids: what is claimed, what was measured, the verdict, and where."""
    found = [(claim, home) for home in edition.pages for claim in home.claims]
    found.sort(key=lambda pair: [int(n) if n.isdigit() else n for n in pair[0].id.split(".")])
    rows = ["| Id | Claim | Measured | Verdict |", "| --- | --- | --- | --- |"]
    for claim, home in found:
        link = f"[{claim.id}]({_link(page, home.path.removeprefix('docs/'))}#{claim_anchor(claim.id)})"
        cells = [edition.fill(home, claim.fields[name]) for name in ("claim", "measured", "verdict")]
        rows.append(f"| {link} | " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def claim_anchor(claim_id: str) -> str:
    return "claim-" + claim_id.lower().replace(".", "-")
