"""Fictional content to look around in: real organisations and themes, invented people at .example addresses."""
