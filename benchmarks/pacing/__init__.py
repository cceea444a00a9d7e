"""What the order of polls is worth: the planner beside polling in turn, and beside Segmind's own SDK."""
