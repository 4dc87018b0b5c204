"""`python -m densenet_viz`."""

from densenet_viz.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
