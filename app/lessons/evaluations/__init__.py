"""The evaluation after a session."""
