"""How good made pictures are: useful, private, covering, near; in that order, each with its interval and floors."""
