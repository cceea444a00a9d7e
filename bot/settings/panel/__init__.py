"""The settings panel: one private message with pages."""
