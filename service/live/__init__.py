"""The role `live`: events, presence and playheads over WebSocket."""
