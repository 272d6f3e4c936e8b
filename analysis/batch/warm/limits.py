"""What the system lets a process have: enough open files, or a sentence before the work."""

from __future__ import annotations

from ...base.files import N_, problem


def need_open_files(number: int) -> None:
    """Raise this process's limit of open files if it is lower; those started from now on have it, too.

    Raises
    ------
    InputError
        It may not be raised as far.
    """
    try:
        import resource
    except ImportError:
        # this system has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= number:
        return
    if hard != resource.RLIM_INFINITY and hard < number:
        raise problem(
            N_("this needs {number} open files, but the system allows {limit}; raise the limit (ulimit -n {number})"),
            number=number,
            limit=hard,
        )  # fmt: skip
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
