"""AWS signature 4 in the query of a URL, by hand: the gate signs every block and every range, so it must be cheap.

No input or output. The derived key of the day is kept; what is left is two hashes and one HMAC.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote


class Signer:
    """Signs requests to one host with one identity."""

    def __init__(self, *, host: str, region: str, access_key: str, secret_key: str) -> None:
        self.host = host
        self._region = region
        self._access_key = access_key
        self._secret_key = secret_key
        self._day = ""
        self._key = b""

    def sign(self, method: str, path: str, headers: Mapping[str, str], *, now: datetime, expires_seconds: int) -> str:
        """Path and query for a request with exactly these headers (lower-case names) and Host; the body is not signed.

        `path` starts with a slash and is not yet encoded.
        """
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        day = stamp[:8]
        if day != self._day:
            self._key = self._derive(day)
            self._day = day
        scope = f"{day}/{self._region}/s3/aws4_request"
        signed = {**headers, "host": self.host}
        names = sorted(signed)
        path = quote(path, safe="/-_.~")
        query = (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            f"&X-Amz-Credential={quote(f'{self._access_key}/{scope}', safe='-_.~')}"
            f"&X-Amz-Date={stamp}&X-Amz-Expires={expires_seconds}&X-Amz-SignedHeaders={'%3B'.join(names)}"
        )
        lines = "".join(f"{name}:{signed[name]}\n" for name in names)
        request = f"{method}\n{path}\n{query}\n{lines}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
        signature = hmac.digest(self._key, to_sign.encode(), "sha256").hex()
        return f"{path}?{query}&X-Amz-Signature={signature}"

    def _derive(self, day: str) -> bytes:
        key = f"AWS4{self._secret_key}".encode()
        for part in (day, self._region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key
