"""What is requested: reading, options, consent, forms, and refusals."""
