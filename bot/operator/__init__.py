"""For the bot operator: figures, notices, stuck jobs, and the panel."""
