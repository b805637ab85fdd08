"""The library: what snippets/ defines, what each definition needs, and the closure of a set of names."""

import ast
import builtins
import symtable
import sys
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from press.problems import PressError, Problem

BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Definition:
    """A function, class or constant of snippets/, with the lines of comment right above it."""

    name: str
    path: str
    line: int
    text: str
    needs: frozenset[str]


@dataclass(frozen=True)
class External:
    """A name bound by an import from outside snippets/."""

    name: str
    module: str
    member: str | None

    @property
    def root(self) -> str:
        return self.module.split(".")[0]


@dataclass
class Module:
    path: str
    definitions: dict[str, Definition] = field(default_factory=dict)
    externals: dict[str, External] = field(default_factory=dict)
    internals: dict[str, str] = field(default_factory=dict)  # name → module it comes from


@dataclass(frozen=True)
class Closure:
    """All that some names need: definitions in an order that runs, imports, and the names these rely on."""

    definitions: tuple[Definition, ...]
    externals: tuple[External, ...]
    builtins: frozenset[str]


@dataclass(frozen=True)
class Library:
    modules: dict[str, Module]  # in an order in which each imports only earlier ones

    def find(self, module: str, name: str) -> Definition | None:
        known = self.modules.get(module)
        return known.definitions.get(name) if known else None

    def closure(self, wanted: list[tuple[str, str]]) -> Closure:
        """What (module, name) pairs need, themselves included."""
        found: dict[str, tuple[str, Definition]] = {}
        externals: dict[str, External] = {}
        used_builtins: set[str] = set()
        waiting = list(wanted)
        while waiting:
            module_name, name = waiting.pop()
            if name in found:
                continue
            module = self.modules[module_name]
            definition = module.definitions[name]
            found[name] = module_name, definition
            for need in definition.needs:
                if need in module.definitions:
                    waiting.append((module_name, need))
                elif need in module.internals:
                    waiting.append((module.internals[need], need))
                elif need in module.externals:
                    externals[need] = module.externals[need]
                else:
                    used_builtins.add(need)
        order = {name: i for i, name in enumerate(self.modules)}
        ordered = sorted(found.values(), key=lambda pair: (order[pair[0]], pair[1].line))
        return Closure(
            tuple(definition for _, definition in ordered),
            tuple(sorted(externals.values(), key=lambda e: e.name)),
            frozenset(used_builtins),
        )


def load_library(root: Path) -> Library:
    """Reads snippets/*.py under `root`.

    Raises: PressError with every breach of the rules that make inlining sound.
    """
    problems: list[Problem] = []
    modules: dict[str, Module] = {}
    for file in sorted((root / "snippets").glob("*.py")):
        name = "snippets" if file.stem == "__init__" else f"snippets.{file.stem}"
        modules[name] = _read_module(file, file.relative_to(root).as_posix(), problems)
    _check_names(modules, problems)
    if problems:
        raise PressError(*problems)
    return Library({name: modules[name] for name in _in_order(modules)})


def _read_module(file: Path, path: str, problems: list[Problem]) -> Module:
    text = file.read_text(encoding="utf-8")
    module = Module(path)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        problems.append(Problem(path, error.lineno or 1, f"SyntaxError: {error.msg}", "mend the syntax"))
        return module
    lines = text.splitlines()
    for index, node in enumerate(tree.body):
        match node:
            case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                pass
            case ast.Import() | ast.ImportFrom():
                _read_import(module, node, problems)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                _define(module, name, node, lines, problems)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                _define(module, name, node, lines, problems)
            case _:
                what = "snippets hold only imports, definitions and constants"
                problems.append(Problem(path, node.lineno, what, "move this line into a function or a page"))
    return module


def snippet_import_fault(node: ast.Import | ast.ImportFrom) -> str | None:
    """Why an import from snippets cannot be inlined, or None."""
    if isinstance(node, ast.Import):
        if any(alias.name.split(".")[0] == "snippets" for alias in node.names):
            return "imports a module of snippets whole"
        return None
    if node.level:
        return "imports relatively"
    if (node.module or "").split(".")[0] == "snippets":
        if any(alias.name == "*" for alias in node.names):
            return "imports * from snippets"
        if any(alias.asname for alias in node.names):
            return "renames what it imports from snippets"
    return None


IMPORT_BY_NAME = "import by name: from snippets.perceptron import dense"


def _read_import(module: Module, node: ast.Import | ast.ImportFrom, problems: list[Problem]) -> None:
    if fault := snippet_import_fault(node):
        problems.append(Problem(module.path, node.lineno, fault, IMPORT_BY_NAME))
        return
    if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "snippets":
        module.internals |= {alias.name: node.module for alias in node.names}
    else:
        module.externals |= {external.name: external for external in externals_of(node)}


def externals_of(node: ast.Import | ast.ImportFrom) -> list[External]:
    """The names that an import from outside snippets/ binds."""
    if isinstance(node, ast.ImportFrom):
        return [External(a.asname or a.name, node.module or "", a.name) for a in node.names]
    return [External(a.asname or a.name.split(".")[0], a.name, None) for a in node.names]


def import_lines(externals: list[External]) -> list[str]:
    """Import statements, the standard library first, one line for each module."""
    plain, members = set(), {}
    for external in externals:
        if external.member is None:
            alias = "" if external.name == external.root else f" as {external.name}"
            plain.add(
                (external.root not in sys.stdlib_module_names, external.module, f"import {external.module}{alias}")
            )
        else:
            name = external.member if external.member == external.name else f"{external.member} as {external.name}"
            members.setdefault(external.module, set()).add(name)
    lines = sorted(plain)
    for module, names in members.items():
        third_party = module.split(".")[0] not in sys.stdlib_module_names
        lines.append((third_party, module, f"from {module} import {', '.join(sorted(names))}"))
    lines.sort(key=lambda line: (line[0], line[2].startswith("from"), line[1:]))
    standard = [text for third_party, _, text in lines if not third_party]
    others = [text for third_party, _, text in lines if third_party]
    return [*standard, *([""] if standard and others else []), *others]


def _define(module: Module, name: str, node: ast.stmt, lines: list[str], problems: list[Problem]) -> None:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    text = "\n".join(lines[first - 1 : node.end_lineno])
    if name in module.definitions:
        problems.append(Problem(module.path, node.lineno, f"defines {name} a second time", "give it another name"))
    module.definitions[name] = Definition(name, module.path, first, text, global_names(text))


def global_names(text: str) -> frozenset[str]:
    """The names that a piece of code takes from the global scope and does not bind there itself."""
    top = symtable.symtable(text, "<definition>", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    names = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return frozenset(names - bound)


def _check_names(modules: dict[str, Module], problems: list[Problem]) -> None:
    owners: dict[str, Definition] = {}
    meanings: dict[str, External] = {}
    for module in modules.values():
        for name, definition in module.definitions.items():
            if name in owners:
                what = f"{name} is defined in {owners[name].path} too"
                problems.append(Problem(module.path, definition.line, what, "a name is unique in snippets: rename one"))
            owners.setdefault(name, definition)
        for name, external in module.externals.items():
            if meanings.setdefault(name, external) != external:
                what = f"imports {name} from elsewhere than another module of snippets does"
                problems.append(Problem(module.path, 1, what, "import the same thing under the same name"))
        for name, origin in module.internals.items():
            if origin not in modules or name not in modules[origin].definitions:
                what = f"imports {name}, which {origin} does not define"
                problems.append(Problem(module.path, 1, what, "mend the name or the module"))
        for name in module.externals.keys() & owners.keys():
            what = f"imports {name}, which {owners[name].path} defines"
            problems.append(Problem(module.path, 1, what, "a name is unique in snippets: rename one"))
        known = {*module.definitions, *module.externals, *module.internals, *BUILTINS}
        for definition in module.definitions.values():
            for name in sorted(definition.needs - known):
                what = f"{definition.name} uses {name}, which is not defined"
                problems.append(Problem(module.path, definition.line, what, "import or define it"))


def _in_order(modules: dict[str, Module]) -> list[str]:
    graph = {name: sorted(set(module.internals.values())) for name, module in modules.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " → ".join(error.args[1])
        path = modules[error.args[1][0]].path
        raise PressError(Problem(path, 1, f"imports in a circle: {cycle}", "import only earlier chapters")) from None
