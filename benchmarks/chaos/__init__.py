"""The bot killed and frozen at every boundary between a saved state and its effect; see docs/chaos.md."""
