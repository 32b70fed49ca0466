"""What was learned, and who promised what."""
