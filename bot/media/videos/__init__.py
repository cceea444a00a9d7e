"""Videos: looked into, made to play everywhere, and fitted to a size, each in a process of its own."""
