"""A member's own: their list of videos, notifications, help, and the deletion of their data."""
