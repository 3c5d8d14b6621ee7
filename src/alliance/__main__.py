"""`python -m alliance` is the console command."""

from alliance.config.cli import main

main()
