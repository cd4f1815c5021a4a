"""The numbers of the molecule generator and of its critic, and the card that names them."""
