"""Published numbers, each with its source: nothing here was measured by this project.

Facts of tables, copied digit by digit; what a publication leaves out is None, never guessed.
"""
