"""A member's story told in the terminal, from `/video` to the MP4."""
