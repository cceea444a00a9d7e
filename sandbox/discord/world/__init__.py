"""What exists in the local Discord, who may do what, and what time it is."""
