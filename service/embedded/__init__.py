"""The parts of the small default, run as children or in this process."""
