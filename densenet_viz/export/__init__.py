"""What a visitor takes along of a map: the script that makes it again, its numbers, its account."""
