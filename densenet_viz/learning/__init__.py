"""Small networks, trained while somebody watches: settings, pictures, and a run step by step."""
