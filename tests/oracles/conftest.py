"""Left out where the packages of requirements/oracles.txt are not installed: `script/test --all`
installs them."""

from importlib.util import find_spec

from tests.conftest import RUNS_ALL

collect_ignore_glob = [] if RUNS_ALL or find_spec("pabutools") else ["test_*.py"]
