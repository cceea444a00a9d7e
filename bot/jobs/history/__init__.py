"""Segmind's request history: the one witness of what was really submitted."""
