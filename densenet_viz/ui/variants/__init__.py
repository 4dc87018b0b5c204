"""The variants on the page Architectures: the visitor's own one, and links into the others."""
