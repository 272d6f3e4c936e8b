"""The papermill engine ``junheng-warm``: papermill's own with a warm kernel and a limit of time."""

from __future__ import annotations

import threading
import time

from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.utils import merge_kwargs, remove_args

from ..base.files import N_, problem
from ..base.storage.temporary import scratch
from .warm.provisioner import WarmKernelManager, logger


class WarmEngine(NBClientEngine):
    """Papermill's own engine with a warm kernel and a limit on the whole notebook's time."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        start_timeout=60,
        execution_timeout=None,
        time_limit=None,
        **options,
    ):
        """Execute a notebook.

        Parameters
        ----------
        time_limit : float, optional
            Seconds after which the kernel is killed, whatever it does; in addition to papermill's
            options.

        Raises
        ------
        InputError
            The kernel was killed, by the limit or from outside.
        """
        options = merge_kwargs(
            remove_args(["timeout", "startup_timeout", "input_path"], **options),
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            kernel_manager_class=WarmKernelManager,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        client = PapermillNotebookClient(nb_man, **options)
        client.create_kernel_manager()
        with scratch() as folder, _Limit(client.km, time_limit) as limit:
            client.km.place(folder)
            try:
                # the client was given a manager, but it is the one to end the kernel
                return client.execute(cleanup_kc=True)
            except (DeadKernelError, RuntimeError) as error:
                if limit.over:
                    raise problem(
                        N_("the notebook was stopped after {seconds} seconds"), seconds=time_limit
                    ) from None
                if isinstance(error, DeadKernelError) or "died" in str(error):
                    raise _death(limit.process) from None
                raise


def _death(process) -> Exception:
    """Why a kernel is gone, as far as anybody can know."""
    code = process.poll() if process is not None else None
    if code is not None and code < 0:
        return problem(
            N_("the notebook's process was killed by signal {number}; is there enough memory?"),
            number=-code,
        )
    return problem(N_("the notebook's process ended in the middle (exit status {code})"), code=code)


class _Limit:
    """Kills a manager's kernel when its time is over."""

    def __init__(self, manager: WarmKernelManager, seconds: float | None):
        self.over = False
        self._manager = manager
        self._timer = threading.Timer(seconds, self._kill) if seconds else None

    @property
    def process(self):
        return self._manager.started

    def _kill(self) -> None:
        self.over = True
        # a kernel that is being started has its process in a moment
        for _ in range(50):
            if self.process is not None:
                self.process.kill()
                return
            time.sleep(0.1)

    def __enter__(self) -> _Limit:
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_) -> None:
        if self._timer:
            self._timer.cancel()
