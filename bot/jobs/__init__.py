"""The vocabulary of jobs: model, states, ports, and decisions. The rooms below use it, and none knows Discord."""
