"""Two networks along their training: one picture, and how many unseen scenes they name."""
