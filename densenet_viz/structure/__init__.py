"""A decision followed along the connections of the dense blocks."""
