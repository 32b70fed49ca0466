"""Audiences: building blocks and who belongs to them now."""
