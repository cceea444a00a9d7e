"""Images: decoded once in a process of its own, and made one clean copy."""
