"""The board of mails: what became of each."""
