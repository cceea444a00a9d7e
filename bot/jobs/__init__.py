"""The vocabulary of jobs: model, states, ports, and decisions. The rooms below work with it, and none depends on Discord."""
