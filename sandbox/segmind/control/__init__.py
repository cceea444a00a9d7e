"""The control side of the local Segmind, and a client for it."""
