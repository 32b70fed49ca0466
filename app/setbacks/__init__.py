"""What could not be done: work on many rows goes on past the one that fails, which is noted, tried again and shown."""
