"""Notebooks: a chapter's text and programs as one .ipynb that runs from top to bottom."""

import json

from press.edition import Edition, Entry
from press.library import import_lines
from press.pages import CLAIM_FIELDS, Page
from press.programs import Part, bound_names, own_lines


def notebook(edition: Edition, page: Page) -> str:
    """Prose as text cells; each program's lines, before them what they need and no cell above has defined."""
    cells: list[dict] = []
    entries = {entry.block.fence.start: entry for entry in edition.entries_of(page) if entry.block}
    exercises = {exercise.fence.start: exercise for exercise in page.exercises}
    claims = {claim.fence.start: claim for claim in page.claims}
    defined: dict[str, str] = {}
    owner: dict[str, Part] = {}
    at = page.body
    for fence in page.fences:
        _add_text(cells, edition.fill(page, "\n".join(page.lines[at : fence.start])))
        at = fence.end
        if fence.start in entries:
            _add_program(cells, entries[fence.start], defined, owner)
        elif fence.start in exercises:
            exercise = exercises[fence.start]
            stub = edition.entries[page.path][exercise.id]
            _add_code(cells, stub.program.text)
            _forget(defined, stub.program.text)
            for name in bound_names(stub.program.text):
                owner.pop(name, None)
        elif fence.start in claims:
            fields = {name: edition.fill(page, claims[fence.start].fields[name]) for name in CLAIM_FIELDS}
            _add_text(cells, _claim_text(fields))
        elif fence.kind == "figure":
            caption = next(b for b in page.blocks if b.figure is fence)
            words = edition.entries[page.path][caption.id].figure.get("caption", "")
            _add_text(cells, f"*{edition.fill(page, words)}*")
    _add_text(cells, edition.fill(page, "\n".join(page.lines[at:])))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _add_text(cells: list[dict], text: str) -> None:
    if text.strip():
        cells.append({"cell_type": "markdown", "metadata": {}, "source": text.strip().splitlines(keepends=True)})


def _add_code(cells: list[dict], text: str) -> None:
    if text.strip():
        cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        cells.append(cell | {"source": text.strip().splitlines(keepends=True)})


def _add_program(cells: list[dict], entry: Entry, defined: dict[str, str], owner: dict[str, Part]) -> None:
    """Cells with definitions that are new or were overwritten, with what is continued if it was, and with own lines."""
    closure = entry.program.closure
    needed = [definition for definition in closure.definitions if defined.get(definition.name) != definition.text]
    if needed:
        imports = "\n".join(import_lines(list(closure.externals)))
        _add_code(cells, "\n\n\n".join([imports, *(definition.text for definition in needed)]))
        defined.update((definition.name, definition.text) for definition in needed)
    *above, last = entry.parts
    meant = {name: part for part in above for name in bound_names(part.text)}
    overwritten = any(owner.get(name) != part for name, part in meant.items())
    for part in [*above, last] if overwritten else [last]:
        _add_code(cells, own_lines(part.text))
        _forget(defined, part.text)
        owner.update(dict.fromkeys(bound_names(part.text), part))


def _forget(defined: dict[str, str], text: str) -> None:
    """A cell that binds a name takes it from what the cells above defined."""
    for name in bound_names(text):
        defined.pop(name, None)


def _claim_text(fields: dict[str, str]) -> str:
    return (
        f"> **Claim {fields['id']}: {fields['verdict']}.** {fields['claim']}\n>\n"
        f"> **Experiment.** {fields['experiment']}\n>\n"
        f"> **Measured.** {fields['measured']}\n>\n> {fields['because']}"
    )
