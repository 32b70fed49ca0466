"""What is counted for themes and agendas: indicators, their targets, readings, counts, signs and money."""


def wire() -> None:
    from app.indicators import models as models
