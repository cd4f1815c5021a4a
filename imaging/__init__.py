"""Loading, checking, measuring and drawing medical pictures, as a plain library with no agent in it."""
