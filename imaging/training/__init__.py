"""Recipes: how each shipped model was made, so that it can be made again."""
