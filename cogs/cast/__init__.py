"""`/cast`: saving, sharing, and removing characters."""
