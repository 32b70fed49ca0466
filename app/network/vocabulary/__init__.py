"""The words that all networks share: roles and themes."""
