"""The shape of what crosses the wire."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
