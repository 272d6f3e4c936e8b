"""Kernels for notebooks: forked from the warm server where that is possible, ordinary ones elsewhere.

`WarmProvisioner` is registered with ``jupyter_client`` as ``junheng-warm``. Where a process cannot be
forked, or a kernel is wanted that is not this Python's, an ordinary one is started and the log says so.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from .client import server

NAME = "junheng-warm"

logger = logging.getLogger("papermill")


class WarmKernelManager(AsyncKernelManager):
    """Starts kernels by `WarmProvisioner` and talks to them without ports to race for."""

    started = None

    def place(self, folder) -> None:
        """Use a folder of its own for the connection: files instead of ports, where they fit."""
        if os.name == "posix" and len(str(folder)) < 90:
            self.transport = "ipc"
            self.ip = str(folder / "kernel")
        self.connection_file = str(folder / "connection.json")

    @property
    def kernel_spec(self):
        spec = super().kernel_spec
        if spec is not None and "kernel_provisioner" not in spec.metadata:
            spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        return spec

    async def _async_launch_kernel(self, kernel_cmd, **options):
        await super()._async_launch_kernel(kernel_cmd, **options)
        self.started = self.provisioner.process


class WarmProvisioner(LocalProvisioner):
    """Provides kernels of this Python by forking, all others as `LocalProvisioner` does."""

    async def launch_kernel(self, cmd, **options):
        """Fork the kernel that a command line asks for."""
        reason = _why_not(cmd)
        if reason:
            logger.warning("an ordinary kernel is started: %s", reason)
            return await super().launch_kernel(cmd, **options)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        environment = {k: v for k, v in options["env"].items() if k != "JPY_PARENT_PID"}
        loop = asyncio.get_running_loop()
        self.process = await loop.run_in_executor(
            None, server().kernel, arguments, options.get("cwd") or os.getcwd(), environment
        )
        self.pid = self.pgid = self.process.pid
        self.cwd = options.get("cwd") or os.getcwd()
        return self.connection_info


def _why_not(cmd: list[str]) -> str:
    """Why a kernel cannot be forked; empty if it can."""
    if not hasattr(os, "fork"):
        return "this system cannot fork a process"
    if "ipykernel_launcher" not in cmd or os.path.abspath(cmd[0]) != sys.executable:
        return f"{cmd[0]} is not the kernel of {sys.executable}"
    return ""
