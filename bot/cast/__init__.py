"""Saved characters: kept, shared, brought to Segmind's storage, and shown."""
