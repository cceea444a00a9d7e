"""Segmind's models, each described in one file, and which of them are offered."""
