"""A world in one process and on a virtual clock, in which the real bot lives through its years in minutes."""
