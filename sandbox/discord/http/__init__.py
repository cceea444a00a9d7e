"""What every request to the local Discord goes through: bodies, files, rate limits, and faults."""
