"""The role `web`: one file per noun. A handler parses, accesses, acts and responds."""
