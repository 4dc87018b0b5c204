"""What was measured on a machine: times of passes, and time and memory of training steps.

Absolute times depend on the machine; ratios can be compared. Every model runs once in each round,
and a ratio is the median over the rounds: if the machine is slow in a round, both models are slow.
"""
