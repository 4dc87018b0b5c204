"""Published numbers, each with its source: nothing here was measured by this project.

Numbers of tables, copied digit by digit; a number that a publication leaves out is None.
"""
