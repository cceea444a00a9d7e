"""`/settings`: the panel, and the welcome message with its form."""
