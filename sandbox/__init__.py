"""A local Discord and a local Segmind, which the bot can be tried with; nothing here imports the bot."""
