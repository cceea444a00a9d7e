"""The commands and buttons: each reads an interaction, calls one service, and answers."""
