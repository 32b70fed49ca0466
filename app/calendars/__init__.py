"""An event as iCalendar: documents, requests and cancels. Knows no people's answers: they are handed in."""
