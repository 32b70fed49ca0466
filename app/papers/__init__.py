"""What stands on paper and in files to go on writing in: the type, the sheet, and a list of blocks with its writers."""
