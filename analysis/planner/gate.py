"""Who is let in: requests of this computer's own page, with its token."""

import hashlib
import hmac

ADDRESS = "127.0.0.1"
HOSTS = (ADDRESS, "localhost", "[::1]")


class Gate:
    """Who may come in: with the token, from this computer's own page."""

    def __init__(self, secret: str, port: int):
        self.secret, self.port = secret, port
        # cookies do not know ports: two servers must not take each other's
        self.cookie = f"junheng-planner-{port}"
        self._digest = hashlib.sha256(secret.encode()).digest()
        self._hosts = {f"{name}:{port}" for name in HOSTS}

    def token(self, given: str) -> bool:
        """Whether a token is the one of this start; takes equally long for every wrong one."""
        found = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
        return hmac.compare_digest(found, self._digest)

    def host(self, given: str) -> bool:
        return given.lower() in self._hosts

    def origin(self, given: str) -> bool:
        return given.lower().removeprefix("http://") in self._hosts and "://" in given
