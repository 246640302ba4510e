"""Partners' programs are told what happened: what is to be told, and how it is delivered."""
