"""How the athlete trains: a runner with a history, who does other things too."""
