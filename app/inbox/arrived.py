"""What the inbox tells of, apart from what it reads mail with: who listens loads none of that."""

from app.signals import Signal

test_came_back = Signal(
    "A mail of our own test arrived; sent with the number of the test, and the mail as it was read."
)
bounce_came_back = Signal("A report on one of our messages arrived; sent with the message's id.")
