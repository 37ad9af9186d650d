"""What people take away, in formats that others read. Pure: folded states in, text out."""
