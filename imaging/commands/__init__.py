"""The command line of the imaging part: ``python -m imaging VERB``, and ``consilium image VERB`` in the assistant's."""
