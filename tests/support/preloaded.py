"""What the process loads that bots in tests are copies of: as much as `python -m bot run` does, in the same way."""

import runpy
from importlib import import_module

# By another name, so that `python -m bot` finds its own module not loaded.
runpy.run_module("bot", run_name="preloaded")["load_without_what_is_unused"]()

import_module("bot.processes")
