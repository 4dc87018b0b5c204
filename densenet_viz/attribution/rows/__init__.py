"""The methods as rows of data, a file a family; reading them loads no framework."""
