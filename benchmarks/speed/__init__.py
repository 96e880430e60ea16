"""How fast lexswitch is, beside everything else that does its job or a part of it."""
