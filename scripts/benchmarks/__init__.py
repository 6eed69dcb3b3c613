"""How fast it is: figures with their targets, on journals that are generated for the purpose."""
