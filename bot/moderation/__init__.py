"""What moderators decide: reviews, reports, takedowns, and blocks."""
