"""The files of a bank: a snapshot, a journal, how they are made, folded, mended and checked."""
