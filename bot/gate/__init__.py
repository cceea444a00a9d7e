"""The decision whether a request can be made: limits, usage, denials, and stops."""
