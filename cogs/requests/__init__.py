"""The ways to request a video, and the one way on that all of them take."""
