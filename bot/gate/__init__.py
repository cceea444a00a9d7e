"""May a request be made? Limits, usage, denials, and stops."""
