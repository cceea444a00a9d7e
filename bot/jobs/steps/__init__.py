"""What a job does in each state: one file a step, and the engine that all of them work with."""
