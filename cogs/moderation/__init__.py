"""Moderators' commands and buttons: reviews, reports, takedowns, and blocks."""
