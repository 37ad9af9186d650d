"""Mail: letters, who writes them, and how they go out."""
