"""What a foreign file may do to who reads it; loads nothing else, so its process is at it at once."""


def break_off(content: bytes) -> None:
    raise ValueError(content.decode())


def read_for_ever(content: bytes) -> None:
    while True:
        content += b"x"
