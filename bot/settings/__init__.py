"""A server's settings: the model, its changes, the check, and the words for them."""
