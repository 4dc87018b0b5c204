"""The parts of the page on which a visitor trains a small network."""
