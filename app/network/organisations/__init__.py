"""Organisations over time: parts, successors, who works there."""
