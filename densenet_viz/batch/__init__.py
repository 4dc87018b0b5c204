"""Maps of many pictures: their files and archives, the table of results, and the run."""
