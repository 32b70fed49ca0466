"""The face of a network or session: its picture or logo, and its own colour."""
