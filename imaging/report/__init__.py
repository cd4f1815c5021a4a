"""Reports of the imaging part: one HTML file each, without script and without any outside part."""
