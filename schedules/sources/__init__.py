"""Where the past is kept: each module turns one kind of place into captures."""
