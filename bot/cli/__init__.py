"""The commands of `python -m bot`: check, invite, and jobs."""
