"""The board in the room and its cards."""
