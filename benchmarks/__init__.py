"""How fast the app is, measured in one run; the app imports nothing from here."""
