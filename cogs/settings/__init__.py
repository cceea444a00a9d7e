"""`/settings`: the panel, and the commands beside it."""
