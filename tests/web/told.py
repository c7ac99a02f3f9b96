"""What every refusal of the code says, read from its source: clause, reason and next step of each `RuleViolation(…)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

REFUSALS = ("RuleViolation", "RemoteViolation", "Indeterminate")
MARKERS = ("N_", "_")
REFUSED = (("clause", 0), ("reason", 1), ("next_step", 2))
FOUND = (("clause", 4), ("message", 2), ("next_step", 3))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Told:
    """One place. Each field: the texts it can have; `asked` are expressions whose value only the running code knows."""

    place: str
    clause: frozenset[str]
    reason: frozenset[str]
    next_step: frozenset[str]
    asked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Site:
    """A call, the function around it and the module it stands in."""

    module: str
    function: Function | None
    call: ast.Call


class Sources:
    """Every module below a folder; migrations left out."""

    def __init__(self, folder: Path) -> None:
        files = (file for file in sorted(folder.rglob("*.py")) if "migrations" not in file.parts)
        self.trees = {str(file.relative_to(folder)): ast.parse(file.read_text(encoding="utf-8")) for file in files}

    def refusals(self) -> Iterator[Told]:
        """In the order of the files."""
        for site in self.sites:
            if _name(site.call.func) in REFUSALS or self._of_a_subclass(site):
                yield self._told(site, REFUSED)

    def findings(self) -> Iterator[Told]:
        """What the check of form objects to, which a refusal to sign repeats."""
        return (self._told(site, FOUND) for site in self.sites if _name(site.call.func) == "FormFinding")

    @cached_property
    def sites(self) -> list[Site]:
        return [site for module, tree in self.trees.items() for site in _calls(module, tree, None)]

    @cached_property
    def _by_function(self) -> Mapping[str, list[Site]]:
        found: dict[str, list[Site]] = {}
        for site in self.sites:
            found.setdefault(_name(site.call.func), []).append(site)
        return found

    @cached_property
    def _constants(self) -> Mapping[str, ast.expr]:
        """Name → value of what modules assign in capitals; a name with two values would be told wrongly, so it is none."""
        seen: dict[str, list[ast.expr]] = {}
        for node in chain.from_iterable(tree.body for tree in self.trees.values()):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper() and isinstance(value, ast.expr):
                    seen.setdefault(target.id, []).append(value)
        return {name: values[0] for name, values in seen.items() if len({ast.dump(one) for one in values}) == 1}

    def _of_a_subclass(self, site: Site) -> bool:
        """`super().__init__("379/…", …)`: nothing but a refusal begins with a clause."""
        first = site.call.args[0] if site.call.args else None
        is_init = isinstance(site.call.func, ast.Attribute) and site.call.func.attr == "__init__"
        return is_init and isinstance(first, ast.Constant) and "/" in str(first.value)

    def _told(self, site: Site, fields: tuple[tuple[str, int], ...]) -> Told:
        said: list[frozenset[str]] = []
        asked: set[str] = set()
        for name, place in fields:
            given = _argument(site.call, place, name)
            texts = set() if given is None else self._texts(given, site, asked, frozenset())
            said.append(frozenset(texts))
        return Told(f"{site.module}:{site.call.lineno}", *said, asked=frozenset(asked))

    def _texts(self, node: ast.expr, site: Site, asked: set[str], seen: frozenset[str]) -> set[str]:
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in MARKERS:
                return {text}
            case ast.IfExp(body=body, orelse=orelse):
                return self._texts(body, site, asked, seen) | self._texts(orelse, site, asked, seen)
            case ast.Name(id=name):
                return self._named(name, site, asked, seen)
        asked.add(ast.unparse(node))
        return set()

    def _named(self, name: str, site: Site, asked: set[str], seen: frozenset[str]) -> set[str]:
        parameters = [one.arg for one in _parameters(site.function)] if site.function else []
        if site.function is None or name not in parameters or name == "self":
            value = self._constants.get(name)
            if value is None:
                asked.add(name)
                return set()
            return self._texts(value, site, asked, seen)
        key = f"{site.module}:{site.function.name}:{name}"
        if key in seen:
            return set()
        return self._passed(name, site, asked, seen | {key})

    def _passed(self, name: str, site: Site, asked: set[str], seen: frozenset[str]) -> set[str]:
        """What callers give for the parameter, and what it is when they give nothing."""
        assert site.function is not None
        found: set[str] = set()
        default = _default(site.function, name)
        place = [one.arg for one in _parameters(site.function) if one.arg not in ("self", "cls")].index(name)
        callers = [one for one in self._by_function.get(site.function.name, []) if self._may_call(one, site)]
        for caller in callers:
            given = _argument(caller.call, place, name) or default
            if given is not None:
                found |= self._texts(given, caller, asked, seen)
        return found

    @staticmethod
    def _may_call(caller: Site, site: Site) -> bool:
        assert site.function is not None
        return not site.function.name.startswith("_") or caller.module == site.module


def _calls(module: str, node: ast.AST, function: Function | None) -> Iterator[Site]:
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call):
            yield Site(module, inside, child)
        yield from _calls(module, child, inside)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    by_name = next((one.value for one in call.keywords if one.arg == name), None)
    return by_name or (call.args[place] if place < len(call.args) else None)


def _parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _default(function: Function, name: str) -> ast.expr | None:
    places = [*function.args.posonlyargs, *function.args.args]
    given = dict(zip(reversed([one.arg for one in places]), reversed(function.args.defaults), strict=False))
    given |= {
        one.arg: value for one, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if value
    }
    return given.get(name)
