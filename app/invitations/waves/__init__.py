"""Waves: proposing, planning, carrying out; who gets what when."""
