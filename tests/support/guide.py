"""The code in CONTRIBUTING.md, so that tests do what it says, word for word."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

GUIDE: Final = Path(__file__).parents[2] / "CONTRIBUTING.md"


def code_of(heading: str) -> Sequence[str]:
    """Return the Python blocks of a section, in order."""
    section = GUIDE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", section, flags=re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in blocks]
