"""The diagrams and the table of rooms in docs/architecture.md, made from the code: `python -m scripts.diagrams`.

What stands between `<!-- NAME -->` and `<!-- end -->` is replaced. Arrows between rooms are imports; those that follow
from others are left out.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from bot.jobs.states import MOVES
from scripts.house import MIGRATIONS, sources_here

GUIDE: Final = Path(__file__).parents[1] / "docs" / "architecture.md"
ROOT: Final = "bot"  # its modules open and wire the rooms

Graph = Mapping[str, AbstractSet[str]]


def rooms() -> Mapping[str, str]:
    """Return what lives in each room, by the room's dotted name."""
    return {
        path.removesuffix("/__init__.py").replace("/", "."): ast.get_docstring(ast.parse(source)) or ""
        for path, source in sources_here().items()
        if path.endswith("/__init__.py") and not path.startswith(MIGRATIONS)
    }


def imports(sources: Mapping[str, str], known: AbstractSet[str]) -> Graph:
    """Return which rooms each room imports, but for the modules directly in `bot`."""
    found: dict[str, set[str]] = defaultdict(set)
    modules = {path.removesuffix(".py").replace("/", ".") for path in sources}
    for path, source in sources.items():
        room = _room_of(path.rpartition("/")[0].replace("/", "."), known)
        for name in _imported(ast.parse(source), modules):
            other = _room_of(name.rpartition(".")[0], known)
            if other not in {None, room, ROOT} and room is not None:
                found[room].add(str(other))
    return found


def _imported(tree: ast.Module, modules: AbstractSet[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else node.module


def _room_of(folder: str, known: AbstractSet[str]) -> str | None:
    while folder and folder not in known:
        folder = folder.rpartition(".")[0]
    return folder or None


def features(graph: Graph) -> Graph:
    """Count a room within a room as that, such as `bot.jobs.steps` as `bot.jobs`."""
    found: dict[str, set[str]] = defaultdict(set)
    for room, others in graph.items():
        found[_feature(room)] |= {_feature(each) for each in others} - {_feature(room)}
    return found


def _feature(room: str) -> str:
    return "cogs" if room.startswith("cogs") else ".".join(room.split(".")[:2])


def reduced(graph: Graph) -> Graph:
    """Leave out each arrow that a longer way says, too."""
    return {
        room: {each for each in others if not any(each in _reached(other, graph) for other in others - {each})}
        for room, others in graph.items()
    }


def _reached(start: str, graph: Graph) -> AbstractSet[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for each in graph.get(ahead.pop(), ()):
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found


def rooms_diagram(graph: Graph) -> str:
    lines = ["```mermaid", "flowchart TD"]
    for room, others in sorted(reduced(features(graph)).items()):
        if room != ROOT:
            lines += [f"    {_label(room)} --> {_label(each)}" for each in sorted(others)]
    return "\n".join([*lines, "```"])


def _label(room: str) -> str:
    return room.removeprefix("bot.")


def rooms_table(known: Mapping[str, str], graph: Graph) -> str:
    lines = ["| room | what lives there | imports |", "|---|---|---|"]
    for room, text in known.items():
        below = "every room" if room == ROOT else " ".join(f"`{each}`" for each in sorted(graph.get(room, ())))
        lines.append(f"| `{room}` | {text.partition(chr(10))[0]} | {below or 'nothing of ours'} |")
    return "\n".join(lines)


def states_diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> ACCEPTED"]
    for state, moves in MOVES.items():
        lines += [f"    {state} --> {each}" for each in sorted(moves)]
        if not moves:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```"])


def generated(guide: str) -> str:
    """Return the guide with its generated parts made anew."""
    sources = sources_here()
    known = rooms()
    graph = imports(sources, known.keys())
    parts = {
        "rooms diagram": rooms_diagram(graph),
        "rooms table": rooms_table(known, graph),
        "states diagram": states_diagram(),
    }
    for name, part in parts.items():
        guide = replaced(guide, name, part)
    return guide


def replaced(guide: str, name: str, part: str) -> str:
    """Put a part between its two comments; raises `ValueError` where the guide has no such place."""
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not place.search(guide):
        raise ValueError(f"the guide has no place for {name!r}")
    return place.sub(lambda found: f"{found[1]}{part}\n{found[2]}", guide, count=1)


def main(arguments: Sequence[str]) -> int:
    """Write the guide anew; with `--check`, only say whether it would change."""
    guide = GUIDE.read_text(encoding="utf-8")
    new = generated(guide)
    if "--check" in arguments:
        return int(new != guide)
    GUIDE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
