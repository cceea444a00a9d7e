"""The real bot in a simulated world, for more hours of life than it will ever see."""
