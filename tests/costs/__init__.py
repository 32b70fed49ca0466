"""What a page, a rule or a job costs in statements and in calls of Python functions, measured and pinned."""
