"""Collaboration agendas: which themes parties take up together, and who stands for each."""


def wire() -> None:
    from app.agendas import models as models
