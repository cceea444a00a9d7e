"""The faults that can be put into a module: each changes one place of its source and leaves the rest as it was."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_COMPARISONS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.BitOr: "&",
    ast.BitAnd: "|",
}
_LOGGING: Final = frozenset({"debug", "info", "warning", "error", "exception", "level"})
_FEWEST_FOR_LACK: Final = (
    2  # a set or tuple with one element would become an empty one, which often has another meaning
)
_UNMARKED: Final = frozenset({"__slots__", "__all__"})
_NOT_WALKED: Final = ("annotation", "returns", "decorator_list", "bases", "type_params")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault: in the module at `path`, the source between two offsets becomes `after`."""

    path: str
    line: int
    last_line: int
    start: int  # offsets into the source in UTF-8
    end: int
    before: str
    after: str

    def apply(self, source: bytes) -> bytes:
        """Return the module's source with the fault in it."""
        return source[: self.start] + self.after.encode() + source[self.end :]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {_short(self.before)}  ->  {_short(self.after)}"


def find_mutants(path: str, source: bytes) -> list[Mutant]:
    """Return all faults that can be put into a module, in the order of their places."""
    found = _Finder(path, source).find()
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.after))


class _Finder:
    """Walks a module's syntax. Annotations, docstrings, log calls, and figures that are only tuned are left out."""

    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def find(self) -> Iterator[Mutant]:
        yield from self._within(ast.parse(self._source), in_function=False)

    def _within(self, node: ast.AST, *, in_function: bool) -> Iterator[Mutant]:
        if _is_log_call(node) or _is_marked(node):
            return
        if in_function or not isinstance(node, ast.Constant):
            yield from self._at(node)
        inner = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        left_out = {id(child) for name in _NOT_WALKED for child in _children(node, name)}
        for child in ast.iter_child_nodes(node):
            if id(child) not in left_out:
                yield from self._within(child, in_function=inner)

    def _at(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
                yield self._between(node.left, node.comparators[0], node, f" {_COMPARISONS[type(op)]} ")
            case ast.BinOp() if type(node.op) in _ARITHMETIC and not _of_text(node):
                yield self._between(node.left, node.right, node, f" {_ARITHMETIC[type(node.op)]} ")
            case ast.BoolOp():
                yield from self._of_bool(node)
            case ast.UnaryOp(op=ast.Not()):
                yield self._mutant(node, f"({self._text(node.operand)})")
            case ast.Constant(value=bool() | int() | float() as value):
                yield self._mutant(node, repr(not value if isinstance(value, bool) else value + 1))
            case ast.Set() | ast.Tuple(ctx=ast.Load()) if len(node.elts) >= _FEWEST_FOR_LACK:
                yield from self._lacking(node)
            case ast.IfExp():
                yield from (self._mutant(node, f"({self._text(each)})") for each in (node.body, node.orelse))
            case ast.stmt():
                yield from self._of_statement(node)
            case _:
                pass

    def _of_bool(self, node: ast.BoolOp) -> Iterator[Mutant]:
        word = "or" if isinstance(node.op, ast.And) else "and"
        yield self._mutant(node, f"({f' {word} '.join(f'({self._text(value)})' for value in node.values)})")
        kept = "and" if isinstance(node.op, ast.And) else "or"
        for left_out in range(len(node.values)):
            rest = [f"({self._text(value)})" for at, value in enumerate(node.values) if at != left_out]
            yield self._mutant(node, f"({f' {kept} '.join(rest)})")

    def _lacking(self, node: ast.Set | ast.Tuple) -> Iterator[Mutant]:
        for left_out in range(len(node.elts)):
            rest = [self._text(each) for at, each in enumerate(node.elts) if at != left_out]
            inner = ", ".join(rest)
            yield self._mutant(node, f"{{{inner}}}" if isinstance(node, ast.Set) else f"({inner},)")

    def _of_statement(self, node: ast.stmt) -> Iterator[Mutant]:
        match node:
            case ast.Raise():
                yield self._mutant(node, "pass")
            case ast.Expr(value=ast.Call() | ast.Await()):
                yield self._mutant(node, "pass")
            case ast.AugAssign():
                yield self._mutant(node, "pass")
            case ast.Continue():
                yield self._mutant(node, "break")
            case ast.Break():
                yield self._mutant(node, "continue")
            case ast.Return(value=ast.expr() as value) if not _is_constant(value):
                yield self._mutant(node, "return None")
            case _:
                pass

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)  # noqa: S101 - only these have places
        assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: PT018, S101 - from a real source
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _mutant(self, node: ast.expr | ast.stmt, after: str) -> Mutant:
        start, end = self._span(node)
        return self._from_to(node, start, end, after)

    def _between(self, left: ast.expr, right: ast.expr, node: ast.expr, after: str) -> Mutant:
        """Replace an operator; parentheses around the operands are written anew."""
        start, end = self._span(node)
        text = f"(({self._text(left)}){after}({self._text(right)}))"
        return self._from_to(node, start, end, text)

    def _from_to(self, node: ast.expr | ast.stmt, start: int, end: int, after: str) -> Mutant:
        return Mutant(
            path=self._path,
            line=node.lineno,
            last_line=node.end_lineno or node.lineno,
            start=start,
            end=end,
            before=self._source[start:end].decode(),
            after=after,
        )


def _children(node: ast.AST, name: str) -> list[object]:
    """Return what a field of a node holds, as a list."""
    value: object = getattr(node, name, None)
    return list[object](value) if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownArgumentType]


def _is_log_call(node: ast.AST) -> bool:
    """Return whether a statement only writes to the log."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=attr))):
            return attr in _LOGGING
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _LOGGING
        case _:
            return False


def _is_marked(node: ast.AST) -> bool:
    """Return whether a statement means nothing to the program: a docstring, an import, an assertion for the checker."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.Assert():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _UNMARKED or name == "log"
        case ast.Call(func=ast.Name(id="dataclass" | "TypeVar" | "NewType" | "cast")):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case _:
            return False


def _of_text(node: ast.BinOp) -> bool:
    """Return whether an operation joins or fills texts; `|` of types stands in annotations, which are not walked."""
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else f"{line[:97]}..."  # noqa: PLR2004 - for one line of a terminal
