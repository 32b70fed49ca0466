"""What people upload: made clean of what it tells beside its content, and who is to be seen on it."""
