"""Serves a filter as it stands in its file, whatever it prints or imports:

    python -m skysift_plugin filter.py
    python -m skysift_plugin filter.py:Bright TOPIC...

Of several filters in a file the second form names one. What follows is passed
to the class. The class needs nothing of this package: any with a method
``filter(self, alert)`` does.
"""

import importlib.util
import inspect
import os
import sys

from skysift_plugin import serve


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.exit(__doc__)
    path, _, name = arguments[0].partition(":")
    if not os.path.isfile(path):
        sys.exit(f"{path}: there is no such file")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    serve(_choose(path, name)(*arguments[1:]))


def _choose(path, name):
    """Returns the filter's class."""
    module = _load(path)
    found = {key: value for key, value in vars(module).items() if _is_filter(value) and value.__module__ == module.__name__}
    if name in found:
        return found[name]
    if name or len(found) != 1:
        what = f"no class {name} with a method filter" if name else "not one class with a method filter"
        sys.exit(f"{path}: has {what}: it has {', '.join(found) or 'none'}; name one as {path}:NAME")
    return next(iter(found.values()))


def _load(path):
    spec = importlib.util.spec_from_file_location("skysift_filter", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _is_filter(value):
    return inspect.isclass(value) and (hasattr(value, "filter") or hasattr(value, "filter_batch"))


if __name__ == "__main__":
    main(sys.argv[1:])
