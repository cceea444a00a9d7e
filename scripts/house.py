"""How the code is laid out, in numbers: files, lines, the fullest folder, and class names that stand more than once.

How far one setting and one option spread is told by how many files name it. That one more of each is declared in one
place, the tests of CONTRIBUTING.md show: they add a setting (`tests/unit/bot/settings/test_model.py`) and a model with
an option of its own (`tests/unit/bot/catalogue/test_worked_example.py`), and find both wherever they belong.

`python -m scripts.house` counts bot and cogs as they are; `python -m scripts.house 27ca151 HEAD` compares commits.
Migrations and `__init__.py` do not count as files, their classes do.
"""

import argparse
import ast
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("bot", "cogs")
MIGRATIONS: Final = "bot/database/migrations/"
WIDTH: Final = 32  # characters of a column
# A setting, and an option of requests that servers restrict, too.
NAMES: Final = ("report_threshold", "aspect_ratio")
FRAGMENT: Final = 40  # lines; a file below that has more than one user, or belongs to its only one


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The counts of one state of the code."""

    lengths: Mapping[str, int]  # lines of each file, by its path
    classes: Mapping[str, int]  # how many modules define a class of each name
    naming: Mapping[str, int]  # how many modules name each of `NAMES`

    @property
    def folders(self) -> Counter[str]:
        """How many files each folder holds."""
        return Counter(path.rpartition("/")[0] for path in self.lengths)

    @property
    def repeated(self) -> Sequence[str]:
        """The class names that more than one module defines."""
        return sorted(name for name, count in self.classes.items() if count > 1)

    def rows(self) -> Mapping[str, str]:
        """Return each figure by its name."""
        longest = max(self.lengths, key=lambda path: self.lengths[path])
        fullest, files = self.folders.most_common(1)[0]
        return {
            "files": str(len(self.lengths)),
            "lines": str(sum(self.lengths.values())),
            "median": f"{statistics.median(self.lengths.values()):g}",
            f"under {FRAGMENT} lines": str(sum(length < FRAGMENT for length in self.lengths.values())),
            "longest": f"{self.lengths[longest]} {longest.rpartition('/')[2]}",
            "folders": str(len(self.folders)),
            "fullest folder": f"{files} {fullest}",
            "class names repeated": f"{len(self.repeated)}",
            **{f"files naming {name}": str(self.naming[name]) for name in NAMES},
        }


def counted(sources: Mapping[str, str]) -> House:
    """Count modules, which are given as their source by their path."""
    named = [
        {
            node.name
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef) and not is_private_protocol(node)
        }
        for source in sources.values()
    ]
    return House(
        lengths={
            path: len(source.splitlines())
            for path, source in sources.items()
            if not path.startswith(MIGRATIONS) and not path.endswith("__init__.py")
        },
        classes=Counter(name for names in named for name in names),
        naming={
            name: sum(
                re.search(rf"\b{name}\b", source) is not None
                for path, source in sources.items()
                if not path.startswith(MIGRATIONS)
            )
            for name in NAMES
        },
    )


def is_private_protocol(node: ast.ClassDef) -> bool:
    """Whether a class only says what its module needs of others."""
    return node.name.startswith("_") and any(ast.unparse(base) == "Protocol" for base in node.bases)


def sources_here() -> Mapping[str, str]:
    """Read the modules of bot and cogs as they are on disk."""
    paths = sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py"))
    return {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def sources_at(commit: str) -> Mapping[str, str]:
    """Read the modules of bot and cogs as they were in a commit."""
    listed = _git("ls-tree", "-r", "--name-only", commit, "--", *FOLDERS).splitlines()
    return {path: _git("show", f"{commit}:{path}") for path in listed if path.endswith(".py")}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def table(houses: Mapping[str, House]) -> str:
    """Lay the figures of several states out beside one another."""
    rows = [{"": name, **house.rows()} for name, house in houses.items()]
    return "\n".join(
        f"{figure:{WIDTH}}" + "".join(f"{row[figure]:{WIDTH}}" for row in rows).rstrip() for figure in rows[0]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("commits", nargs="*", help="commits to count; without any, the files on disk")
    commits: Sequence[str] = parser.parse_args().commits
    houses = {each: counted(sources_at(each)) for each in commits} or {"now": counted(sources_here())}
    sys.stdout.write(table(houses) + "\n")
    for name, house in houses.items():
        if house.repeated:
            sys.stdout.write(f"{name} repeats {', '.join(house.repeated)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
