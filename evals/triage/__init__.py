"""Messages for the red-flag gate that are made, not collected: vignettes, operators frozen before the rules, a seed."""
