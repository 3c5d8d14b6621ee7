"""`python -m alliance` is the console command."""

from alliance.config.cli import main

if __name__ == "__main__":
    main()
