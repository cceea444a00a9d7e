"""What every message, button, and form is made of: languages, texts, custom ids, and answers."""
