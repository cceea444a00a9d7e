"""Cards, posts, and notices: as they look and as they are sent."""
