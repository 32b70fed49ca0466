"""Measures the program beside what the machine can do, in one run: python -m bench."""

import app.invitations.waves.models  # noqa: F401, tables name each other, and the first query wants to know them all
