"""Measures the program beside what the machine can do, in one run: python -m bench."""
