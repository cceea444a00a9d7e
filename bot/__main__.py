"""`python -m bot`: the way to each command.

`run` and `worker` go on for months and are started often: what only the other commands need is not loaded for them,
nor what libraries load for others than us. The garbage collector passes over what is loaded, which stays.
"""

import gc
import sys
from importlib import import_module
from io import TextIOWrapper
from types import ModuleType
from typing import Any, Final, cast

# SQLAlchemy's asyncio package loads the whole ORM with these, of which the bot uses nothing.
UNUSED: Final = ("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session")


class Unused(ModuleType):
    """Stands for a module whose names another imports and never uses."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def load_without_what_is_unused() -> None:
    """Load structlog without Rich, which it would show tracebacks with, and SQLAlchemy without its ORM.

    Each can still be loaded afterwards.
    """
    modules: dict[str, Any] = sys.modules
    modules |= {name: Unused(name) for name in UNUSED} | {"rich": None}  # None has an import fail as if there were none
    for name in ("sqlalchemy.ext.asyncio", "structlog"):
        import_module(name)
    for name in (*UNUSED, "rich"):
        del modules[name]


def main() -> None:
    gc.disable()
    load_without_what_is_unused()
    from bot import processes  # noqa: PLC0415 - after these

    match sys.argv[1:]:
        case ["run"]:
            command = processes.run
        case ["worker"]:
            command = processes.worker
        case _:
            from bot.command_line import app  # noqa: PLC0415 - with Typer and Rich

            # Where a terminal or a pipe doesn't take every character, escapes stand for the others.
            cast("TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")
            command = app
    gc.freeze()
    gc.enable()
    command()


if __name__ == "__main__":
    main()
