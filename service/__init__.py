"""Farfield's program: the roles web, live and worker, and the rules of coaching."""
