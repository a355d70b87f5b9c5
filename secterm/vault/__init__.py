"""Keys, seals, slots and the journal. Bytes in, sealed bytes out; it knows no people."""
