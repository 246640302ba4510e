"""Looking at a content: as little as is asked for, kept in memory only, counted, with breaks."""
