"""Segmind's API: what is sent and how answers are read, without I/O, and a thin client over it."""
