"""An SMTP server that takes everything as fast as it can, for measuring the sender and not the sink."""

import socket
import sys
from threading import Thread


def serve(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            Thread(target=_talk, args=(connection,), daemon=True).start()


def _talk(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as lines:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"220 sink\r\n")
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                for part in lines:
                    if part == b".\r\n":
                        break
                connection.sendall(b"250 taken\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            elif word == b"EHLO":
                connection.sendall(b"250-sink\r\n250 8BITMIME\r\n")
            else:
                connection.sendall(b"250 fine\r\n")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
