"""A member's own commands and buttons: their videos, limits, help, and data."""
