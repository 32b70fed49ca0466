"""A network's own letters: texts, pictures, how an invitation reads."""
