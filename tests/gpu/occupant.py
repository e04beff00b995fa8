"""Somebody else's process on a GPU: `python occupant.py MIB` takes its memory but for so many MiB, until stdin ends.

Says `taken` once it has it. It speaks to CUDA's driver alone, so it needs no library of that driver's age.
"""

import ctypes
import sys

MIB = 1 << 20


def main() -> None:
    cuda = ctypes.CDLL("libcuda.so.1")

    def ask(name, *arguments):
        code = getattr(cuda, name)(*arguments)
        if code:
            raise SystemExit(f"{name}: CUDA error {code}")

    device, context = ctypes.c_int(), ctypes.c_void_p()
    free, total, memory = ctypes.c_size_t(), ctypes.c_size_t(), ctypes.c_uint64()
    ask("cuInit", 0)
    ask("cuDeviceGet", ctypes.byref(device), 0)
    ask("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
    ask("cuCtxSetCurrent", context)
    ask("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
    ask("cuMemAlloc_v2", ctypes.byref(memory), ctypes.c_size_t(max(free.value - int(sys.argv[1]) * MIB, MIB)))
    print("taken", flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main()
