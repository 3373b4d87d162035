"""What a result depends on, as digests: inputs, plan, code, parameters, environment.

Of the package's files it is what the code that makes it imports. That is read from the source,
nothing is run. A module depends on what it imports anywhere, on modules it names in a text
(``"package.module:function"``, or all below a package where the name is put together), and on files
that are no code and lie in the package: those whose name it mentions, or whose folder. A file that
no module mentions belongs to all.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.inputs import own_code

if TYPE_CHECKING:
    from nbformat import NotebookNode

PACKAGE = own_code.PACKAGE

SETTLED = 2.0
"""Seconds a file must have rested before its digest is remembered by its time stamps."""

_known: dict[tuple[int, ...], str] = {}


def of_bytes(content: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    seen = path.stat()
    mark = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    if mark not in _known:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if time.time() - seen.st_ctime < SETTLED:
            return digest
        _known[mark] = digest
    return _known[mark]


def of_plain(value: Any) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return of_bytes(text.encode())


def of_files(paths: Iterable[Path]) -> str:
    """One digest of the names and contents of several files."""
    return of_plain(sorted((path.name, of_file(path)) for path in paths))


def of_notebook(notebook: NotebookNode) -> str:
    """What is run of a notebook: cells, their text, their tags; not outputs or counts."""
    cells = [
        (cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells
    ]
    return of_plain(cells)


def of_code(paths: Iterable[Path]) -> str:
    """One digest of files of the package, by their places in it."""
    return of_plain([(path.relative_to(PACKAGE).as_posix(), of_file(path)) for path in paths])


def of_package() -> str:
    """All of the package's own files: the same on every machine that makes a batch's reports."""
    return of_code(own_code.package_files(PACKAGE))


def edition() -> str:
    """The package's version, and by eight signs of their digest its files."""
    return f"{version('tingbjerg-eval')} (files {of_package()[:8]})"


@cache
def of_environment() -> str:
    """Python, the machine's kind, and the name and version of everything installed.

    Both stand in the name of each package's folder of metadata; to read all of them would take
    a third of a second.
    """
    places = [Path(entry or ".") for entry in sys.path]
    installed = {found.name for place in places for found in place.glob("*.dist-info")}
    installed |= {found.name for place in places for found in place.glob("*.egg-info")}
    return of_plain([sys.version, platform.system(), platform.machine(), sorted(installed)])


INIT = "__init__"


class Code:
    """The modules and other files of the package that lies at ``folder``."""

    def __init__(self, folder: Path):
        self.folder = folder
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        self.modules = {self._name(path): path for path in paths if path.suffix == ".py"}
        self.others = [path for path in paths if path.suffix not in (".py", ".pyc")]

    def _name(self, path: Path) -> str:
        parts = path.relative_to(self.folder.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == INIT else parts)

    def of_notebook(self, notebook: NotebookNode) -> set[str]:
        """The modules that the cells of ``notebook`` name."""
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        try:
            return self._mentioned(_parsed("\n".join(cells)))
        except SyntaxError:  # what is no plain Python may name anything
            return set(self.modules)

    def files(self, starts: Iterable[str]) -> list[Path]:
        """The files that the modules ``starts`` depend on, themselves among them.

        ``"package.module:function"`` stands for its module; other packages' modules are left out.
        """
        reached = self._reached({start.partition(":")[0] for start in starts})
        texts = set().union(*(self._module(name).texts for name in reached))
        mentioned = [path for path in self.others if self._belongs(path, texts)]
        return sorted([*(self.modules[name] for name in reached), *mentioned])

    def _reached(self, starts: set[str]) -> set[str]:
        reached: set[str] = set()
        waiting = starts & self.modules.keys()
        while waiting:
            name = waiting.pop()
            reached.add(name)
            named = self._mentioned(self._module(name), of=name) | self._above(name)
            waiting |= named - reached
        return reached

    def _above(self, name: str) -> set[str]:
        parts = name.split(".")
        return {".".join(parts[:end]) for end in range(1, len(parts))} & self.modules.keys()

    def _module(self, name: str) -> _Module:
        return _parsed(self.modules[name].read_text(encoding="utf-8"))

    def _mentioned(self, module: _Module, *, of: str = "") -> set[str]:
        named = {text.partition(":")[0] for text in module.texts} | module.imported
        named |= {self._door[name] for name in module.names & self._door.keys()}
        below = {name for start in module.beginnings if start.startswith(f"{self.folder.name}.")
                 for name in self.modules if name.startswith(start)}  # fmt: skip
        inside = {f"{of}.{name}" for name in module.texts}  # a package that loads its parts late
        return (named | below | inside) & self.modules.keys()

    @cached_property
    def _door(self) -> dict[str, str]:
        """The modules behind the names that ``import package as te`` gives as ``te.name``."""
        stub = self.folder / f"{INIT}.pyi"
        if not stub.exists():
            return {}
        imports = [one for one in ast.walk(ast.parse(stub.read_text(encoding="utf-8")))
                   if isinstance(one, ast.ImportFrom)]  # fmt: skip
        return {
            f"{self.folder.name}.{alias.name}": self._behind(one.module or "", alias.name)
            for one in imports for alias in one.names
        }  # fmt: skip

    def _behind(self, module: str, name: str) -> str:
        whole = f"{self.folder.name}.{module}"
        inner = f"{whole}.{name}"
        return inner if inner in self.modules else whole

    def _belongs(self, path: Path, texts: set[str]) -> bool:
        name, folder = path.name, path.parent.name
        if name in self._all_texts and self._times[name] == 1:
            return name in texts
        if folder in self._all_texts:
            return folder in texts or name in texts
        return True

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(path.name for path in self.others)

    @cached_property
    def _all_texts(self) -> set[str]:
        return set().union(*(self._module(name).texts for name in self.modules))


class _Module:
    """What the source of one module says that can lead to another file.

    Attributes
    ----------
    imported
        Names of modules, and of what is imported from them as if it were a module.
    names
        What is taken from a package imported whole: ``"package.name"``.
    texts, beginnings
        Plain texts, and how texts begin that are put together.
    """

    def __init__(self, tree: ast.AST):
        self.imported: set[str] = set()
        self.texts: set[str] = set()
        self.beginnings: set[str] = set()
        aliases: dict[str, str] = {}
        taken: set[tuple[str, str]] = set()
        for node in _at_run_time(tree):
            match node:
                case ast.Constant(value=str(text)):
                    self.texts.add(text)
                case ast.Attribute(value=ast.Name(id=alias), attr=name):
                    taken.add((alias, name))
                case ast.Import(names=names):
                    self.imported |= {one.name for one in names}
                    aliases |= {one.asname or one.name: one.name for one in names}
                case ast.ImportFrom(module=str(module), names=names):
                    self.imported |= {module, *(f"{module}.{one.name}" for one in names)}
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                    self.beginnings.add(text)
        self.names = {f"{aliases[one]}.{name}" for one, name in taken if one in aliases}
        self.names |= self.imported


@cache
def _parsed(source: str) -> _Module:
    return _Module(ast.parse(source))


def _at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
        elif node._fields:  # most nodes are a load or an operator
            waiting += ast.iter_child_nodes(node)
