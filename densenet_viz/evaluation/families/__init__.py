"""The four families of small networks, compared on digits: gradients, training, and cost."""
