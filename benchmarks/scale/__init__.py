"""What thousands of followed jobs, and a hundred large videos at once, cost the bot."""
