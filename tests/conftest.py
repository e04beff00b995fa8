"""What every test may rely on, wherever the suite was started."""

import signal

# A shell without job control starts what it puts into the background with Ctrl-C ignored, and children inherit that;
# the tests that press Ctrl-C then would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
