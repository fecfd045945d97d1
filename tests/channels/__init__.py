"""The golden conversations over every channel's own wire: decoded, answered, posted, sent, shown."""
