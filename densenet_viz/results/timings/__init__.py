"""What was measured on a machine: times of passes, and time and memory of training steps.

Absolute times belong to their machine. What travels is a ratio, and since every model runs once in
each round, a ratio is the median over the rounds: what slows the machine down slows both sides.
"""
