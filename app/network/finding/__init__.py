"""The search box over people, organisations and sessions."""
