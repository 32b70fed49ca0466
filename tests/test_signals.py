"""Who listens is told in the order in which they were wired."""

from app.signals import Signal


def test_receivers_are_called_in_the_order_in_which_they_were_connected():
    told, signal = [], Signal("Something happened.")

    def listener(number):
        def listen(sender):
            told.append(number)

        return listen

    listeners = [listener(number) for number in range(40)]
    for each in listeners:
        signal.connect(each)
    signal.disconnect(listeners[7])
    signal.send("somebody")
    assert told == [number for number in range(40) if number != 7]
