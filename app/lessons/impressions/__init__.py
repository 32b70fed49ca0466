"""The published impression, its documents, and the library of all of them."""
