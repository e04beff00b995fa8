"""A person's own model: `module:function`, looked for beside the queue file, and run only as it was when submitted."""

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ModelError

if TYPE_CHECKING:
    import keras

READABLE = "make the file readable"


def source(name: str, folder: Path) -> Path:
    """The file of the module in `module:function`, below `folder`. Raises ModelError where there is none."""
    module = name.partition(":")[0]
    stem = folder.joinpath(*module.split("."))
    for path in (stem.with_name(stem.name + ".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    raise ModelError(f"there is no module {module}", where=str(folder), hint=f"expected {module.replace('.', '/')}.py")


def digest(name: str, folder: Path) -> str:
    """SHA-256, in hex, of the module's file. Raises ModelError."""
    return hashlib.sha256(_read(source(name, folder))).hexdigest()


def build(
    name: str, folder: Path, expected: str, settings: dict[str, Any], shape: tuple[int, int, int], classes: int
) -> "keras.Model":
    """What `function(settings, shape, classes)` returns: a Keras model with a probability for each class.

    This runs the module's code. Raises ModelError where its file does not hash to `expected`, which was recorded when
    the job was submitted, or where it does not yield a model.
    """
    path = source(name, folder)
    code = _read(path)
    found = hashlib.sha256(code).hexdigest()
    if found != expected:
        was = expected or "one recorded with the job"
        raise ModelError(
            f"{name} has changed since the job was submitted: the SHA-256 of its file is {found}",
            where=str(path),
            hint=f"expected {was}; restore it for engine run --retry-failed, or engine run makes other jobs of it",
        )
    model = _function(name, path, code, found)(settings, shape, classes)
    import keras  # noqa: PLC0415  the digest alone must not load TensorFlow

    if not isinstance(model, keras.Model):
        raise ModelError(f"{name} returned {type(model).__name__}", where=str(path), hint="allowed: a keras.Model")
    return model


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"the model's code cannot be read: {error.strerror}", where=str(path), hint=READABLE) from None


def _function(name: str, path: Path, code: bytes, found: str) -> Callable[..., Any]:
    """The function in exactly the bytes that were hashed, under a module name that no other version shares."""
    module_name, _, function_name = name.partition(":")
    alias = f"{module_name}.{found[:16]}"
    module = sys.modules.get(alias)
    if module is None:
        spec = importlib.util.spec_from_file_location(alias, path)
        if spec is None:
            raise ModelError(f"{module_name} is no Python module", where=str(path), hint="allowed: a file MODULE.py")
        module = importlib.util.module_from_spec(spec)
        if str(path.parent) not in sys.path:
            sys.path.append(str(path.parent))
        sys.modules[alias] = module
        try:
            exec(compile(code, path, "exec"), module.__dict__)
        except BaseException:
            del sys.modules[alias]
            raise
    function = getattr(module, function_name, None)
    if not callable(function):
        hint = f"define {function_name}(settings, shape, classes) there, or name another: module:function"
        raise ModelError(f"{module_name} has no function {function_name}", where=str(path), hint=hint)
    return function  # type: ignore[no-any-return]
