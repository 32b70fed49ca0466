"""The themes that all networks share: one managed list, which sessions, insights, interests and agendas speak."""
