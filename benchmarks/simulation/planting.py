"""Bugs to be found: each takes one guard of a promise away, by a change in the text of the real module.

A plant that doesn't apply anymore raises, so that none is silently not there.
"""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

PROJECT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One bug: in `module`, `old` is in the text exactly once, and `new` takes its place."""

    name: str
    promise: str  # that it breaks
    module: str
    old: str
    new: str

    @property
    def path(self) -> Path:
        return PROJECT / f"{self.module.replace('.', '/')}.py"

    def planted(self) -> CodeType:
        """Compile the module with the bug. Raises `ValueError` where it doesn't apply."""
        text = self.path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: its text is {text.count(self.old)} times in {self.module}")
        return compile(text.replace(self.old, self.new), self.path, "exec", dont_inherit=True)


class _Planted(SourceFileLoader):
    def __init__(self, plant: Plant) -> None:
        super().__init__(plant.module, str(plant.path))
        self._code = plant.planted()

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - of this one module
        return self._code


class _Finder:
    def __init__(self, plant: Plant) -> None:
        self._name, self._loader = plant.module, _Planted(plant)

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self._loader) if name == self._name else None


def plant(found: Plant) -> None:
    """Plant a bug in this process, which must not have imported its module yet."""
    if found.module in sys.modules:
        raise ValueError(f"{found.module} is imported already")
    sys.meta_path.insert(0, _Finder(found))
