"""Tools for working on the project; the app imports none of them."""
