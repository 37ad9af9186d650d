"""The parts of the small default: everything a district would name an address for, started here as children."""
