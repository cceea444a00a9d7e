"""Interactions of the local Discord: commands, forms, choices, and what members do."""
