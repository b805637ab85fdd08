"""Programs: a block's lines, with what they import from snippets/ put before them, so that they run alone."""

import ast
import symtable
from dataclasses import dataclass
from functools import lru_cache

from press.library import (
    BUILTINS,
    IMPORT_BY_NAME,
    Closure,
    External,
    Library,
    externals_of,
    import_lines,
    snippet_import_fault,
)
from press.problems import PressError, Problem

Origin = tuple[str, int]


@dataclass(frozen=True)
class Part:
    """Some lines of a page, and where they stand there."""

    text: str
    path: str
    line: int  # of the first line of text


@dataclass(frozen=True)
class Program:
    text: str
    origins: tuple[Origin, ...]  # for each line of text, where it was written
    closure: Closure

    def origin(self, line: int) -> Origin:
        return self.origins[min(max(line, 1), len(self.origins)) - 1]


@dataclass(frozen=True)
class _Cut:
    """A part taken apart: its imports, and the lines that stay."""

    wanted: list[tuple[str, str]]
    externals: list[External]
    lines: list[tuple[str, int]]
    bound: dict[str, int]  # name → the first line that binds it
    imported: list[tuple[External, int]]


def assemble(library: Library, parts: list[Part]) -> Program:
    """The program of some parts of a page, each continuing the one before.

    Raises: PressError naming the line in the page.
    """
    cuts = [_cut(library, part) for part in parts]
    wanted = [pair for cut in cuts for pair in cut.wanted]
    closure = library.closure(wanted)
    for part, cut in zip(parts, cuts):
        _check_bindings(part, cut, closure)
    if len(parts) == 1 and not closure.definitions:
        (part,) = parts
        lines = part.text.splitlines()
        return Program(part.text, tuple((part.path, part.line + i) for i in range(len(lines))), closure)
    return _join(parts, cuts, closure)


def show(library: Library, names: list[tuple[str, str]]) -> tuple[str, Program]:
    """The visible text of some definitions, and the program that holds them with all they need."""
    shown = "\n\n\n".join(library.find(module, name).text for module, name in names)
    return shown, _join([], [], library.closure(names))


def own_lines(text: str) -> str:
    """A block's lines without what it imports from snippets/."""
    tree = ast.parse(text)
    gone = {n for node in tree.body if _from_snippets(node) for n in range(node.lineno, node.end_lineno + 1)}
    return "\n".join(line for n, line in enumerate(text.splitlines(), 1) if n not in gone).strip()


def bound_names(text: str) -> set[str]:
    """The global names that a piece of code binds, other than by imports."""
    table = symtable.symtable(text, "<text>", "exec")
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_namespace()}


def _cut(library: Library, part: Part) -> _Cut:
    tree = _parse(part)
    imports = _imports(part.text)
    for node in imports:
        if fault := snippet_import_fault(node):
            raise _problem(part, node.lineno, fault, IMPORT_BY_NAME)
        if _from_snippets(node) and node not in tree.body:
            raise _problem(part, node.lineno, "imports from snippets inside a block of code", "import at the top")
    wanted, hoisted, removed = [], [], set()
    leading = True
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and (leading or _from_snippets(node)):
            if _from_snippets(node):
                wanted += _wanted(library, part, node)
            else:
                hoisted += externals_of(node)
            removed |= set(range(node.lineno, node.end_lineno + 1))
        else:
            leading = False
            if node.lineno in removed:
                raise _problem(part, node.lineno, "an import shares its line", "give the import a line of its own")
    return _Cut(
        wanted,
        hoisted,
        _strip([(line, n) for n, line in enumerate(part.text.splitlines(), 1) if n not in removed]),
        _bindings(part.text),
        [(e, node.lineno) for node in imports if not _from_snippets(node) for e in externals_of(node)],
    )


def _parse(part: Part) -> ast.Module:
    try:
        return _tree(part.text)
    except SyntaxError as error:
        raise _problem(part, error.lineno or 1, f"SyntaxError: {error.msg}", "mend the syntax") from None


def _from_snippets(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "snippets"


def _wanted(library: Library, part: Part, node: ast.ImportFrom) -> list[tuple[str, str]]:
    pairs = [(node.module, alias.name) for alias in node.names]
    for module, name in pairs:
        if not library.find(module, name):
            home = next((m for m in library.modules if library.find(m, name)), None)
            mend = f"it is in {home}" if home else "mend the name, or define it there"
            raise _problem(part, node.lineno, f"{module} does not define {name}", mend)
    return pairs


# A block that others continue is taken apart for each of them, so what depends on its text alone is kept.
@lru_cache(maxsize=4096)
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


@lru_cache(maxsize=4096)
def _imports(text: str) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(_tree(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]


@lru_cache(maxsize=4096)
def _bindings(text: str) -> dict[str, int]:
    """The global names that some code binds, each with a line that does."""
    lines: dict[str, int] = {}
    for node in ast.walk(_tree(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            lines.setdefault(node.id, node.lineno)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            lines.setdefault(node.name, node.lineno)
    return {name: lines.get(name, 1) for name in bound_names(text)}


def _check_bindings(part: Part, cut: _Cut, closure: Closure) -> None:
    inlined = {definition.name for definition in closure.definitions}
    imported = {external.name: external for external in closure.externals}
    relied_on = {*imported, *(closure.builtins & BUILTINS)}
    for name, line in cut.bound.items():
        if name in inlined:
            raise _problem(part, line, f"assigns to {name}, which comes from snippets", "take another name")
        if name in relied_on:
            raise _problem(part, line, f"assigns to {name}, on which inlined code relies", "take another name")
    for external, line in cut.imported:
        clash = external.name in inlined or external.name in closure.builtins & BUILTINS
        if clash or imported.get(external.name, external) != external:
            what = f"imports {external.name}, which means something else in inlined code"
            raise _problem(part, line, what, "take another name")


def _join(parts: list[Part], cuts: list[_Cut], closure: Closure) -> Program:
    lines: list[tuple[str, Origin]] = []
    here = (parts[0].path, parts[0].line) if parts else (closure.definitions[0].path, closure.definitions[0].line)

    def gap(size: int) -> None:
        lines.extend([("", here)] * (size if lines else 0))

    externals = [*closure.externals, *(external for cut in cuts for external in cut.externals)]
    lines += [(line, here) for line in import_lines(externals)]
    for definition in closure.definitions:
        gap(2)
        lines += [(line, (definition.path, definition.line + i)) for i, line in enumerate(definition.text.splitlines())]
    for part, cut in zip(parts, cuts):
        if cut.lines:
            inside = bool(lines) and lines[-1][0].startswith(" ")
            gap(2 if inside or cut.lines[0][0].startswith(("def ", "class ", "@")) else 1)
            lines += [(line, (part.path, part.line + number - 1)) for line, number in cut.lines]
    return Program("\n".join(line for line, _ in lines), tuple(origin for _, origin in lines), closure)


def _strip(lines: list[tuple[str, int]]) -> list[tuple[str, int]]:
    while lines and not lines[0][0].strip():
        lines = lines[1:]
    while lines and not lines[-1][0].strip():
        lines = lines[:-1]
    return lines


def _problem(part: Part, line: int, what: str, mend: str) -> PressError:
    return PressError(Problem(part.path, part.line + line - 1, what, mend))
