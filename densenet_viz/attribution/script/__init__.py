"""A map's Python script: the call that computed it, and the network, as text."""
