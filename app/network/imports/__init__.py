"""Lists that are brought in, people who are in twice, and merging them."""
