"""Objects in any S3: the only module that imports boto3.

boto3 blocks, so it runs in a bounded thread pool of its own and cannot starve the loop's default pool. Signing needs no
request and no thread.
"""

import asyncio
import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import boto3
import msgspec
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.signing import Signer

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import DeleteTypeDef

T = TypeVar("T")
log = logging.getLogger(__name__)
PIECE = 64 * 1024 * 1024
_MISSING = frozenset({"NoSuchKey", "404", "NotFound", "InvalidRange", "416"})


class ObjectMissing(Exception):
    """There is no such object, or not that range of it."""


class StoreUnavailable(Exception):
    """The object store did not do it: not reachable, not ready, full, or it refuses us. Later may be better."""


class ObjectInfo(msgspec.Struct, frozen=True):
    """An object as a listing shows it; `modified` is the store's clock, aware UTC."""

    key: str
    size: int
    modified: datetime


class Objects:
    """One bucket. Every coroutine raises StoreUnavailable; those that read, ObjectMissing."""

    def __init__(
        self,
        endpoint: str,
        *,
        bucket: str,
        access_key: str,
        secret_key: str,
        region: str = "us-east-1",
        threads: int = 8,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timed: Callable[[str, str, float], None] = lambda _operation, _outcome, _seconds: None,
    ) -> None:
        """`endpoint`: `http://127.0.0.1:8333`. Nothing is contacted yet.

        `timed` hears of every call: what it was, whether it was done, missing or failed, and the seconds it took,
        waiting for a thread included.
        """
        self.bucket = bucket
        self.endpoint = endpoint.rstrip("/")
        self._clock = clock
        self._timed = timed
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="objects")
        self._signer = Signer(
            host=urlsplit(self.endpoint).netloc, region=region, access_key=access_key, secret_key=secret_key
        )

        def make() -> "S3Client":
            return boto3.session.Session().client(
                "s3",
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                config=Config(
                    signature_version="s3v4",
                    s3={"addressing_style": "path"},
                    # Newer boto3 adds checksums of its own, which other servers than AWS refuse or ignore.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    retries={"mode": "standard", "total_max_attempts": 3},
                    connect_timeout=3,
                    read_timeout=60,
                    max_pool_connections=threads,
                ),
            )

        self._make = make
        self._making = threading.Lock()
        self._made: S3Client | None = None
        # The pool bounds our threads; boto3's own on top would not be bounded by it.
        self._transfer = TransferConfig(use_threads=False, multipart_threshold=PIECE, multipart_chunksize=PIECE)

    @property
    def _s3(self) -> "S3Client":
        """boto3's client, made by whoever needs it first: that takes a third of a second, and some never do."""
        with self._making:  # making one is not safe in several threads; using it is
            if self._made is None:
                self._made = self._make()
            return self._made

    @property
    def host(self) -> str:
        """What a signed request must carry as Host."""
        return self._signer.host

    def sign_put(self, key: str, *, length: int, sha256_b64: str, expires_seconds: int = 300) -> str:
        """Path and query of a PUT that the store takes only with these bytes.

        The request must carry `host`, `content-length` and `x-amz-checksum-sha256` as signed. The checksum is the
        standard base64 of 32 bytes, and the caller has checked that: it becomes a header of the signature.
        """
        headers = {"content-length": str(length), "x-amz-checksum-sha256": sha256_b64}
        return self._sign("PUT", key, headers, expires_seconds)

    def sign_get(self, key: str, *, method: str = "GET", expires_seconds: int = 60) -> str:
        """Path and query of a GET (or HEAD) that carries `host`; Range may be added."""
        return self._sign(method, key, {}, expires_seconds)

    def _sign(self, method: str, key: str, headers: dict[str, str], expires_seconds: int) -> str:
        path = f"/{self.bucket}/{key}"
        return self._signer.sign(method, path, headers, now=self._clock(), expires_seconds=expires_seconds)

    async def put(self, key: str, body: bytes | Path, content_type: str) -> None:
        """Store bytes, or a file up to 5 GB, in one request."""

        def do() -> None:
            if isinstance(body, Path):
                with body.open("rb") as file:
                    self._s3.put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=content_type)
            else:
                self._s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

        await self._run("put", do, key)

    async def get(self, key: str, range: tuple[int, int] | None = None) -> bytes:  # noqa: A002
        """The object's bytes, or those from `range[0]` up to and without `range[1]`."""

        def do() -> bytes:
            if range is None:
                answer = self._s3.get_object(Bucket=self.bucket, Key=key)
            else:
                answer = self._s3.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={range[0]}-{range[1] - 1}")
            with answer["Body"] as body:
                return body.read()

        return await self._run("get", do, key)

    async def download(self, key: str, path: Path) -> None:
        """Write the object to a file, which appears whole or not at all."""
        part = path.with_name(path.name + ".part")

        def do() -> None:
            try:
                with (
                    self._s3.get_object(Bucket=self.bucket, Key=key)["Body"] as body,
                    part.open("wb") as file,
                ):
                    shutil.copyfileobj(body, file, 1024 * 1024)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

        await self._run("get", do, key)

    async def upload_file(self, path: Path, key: str, content_type: str) -> None:
        """Store a file of any size, in pieces where it is large."""
        await self._run(
            "put",
            lambda: self._s3.upload_file(
                str(path), self.bucket, key, ExtraArgs={"ContentType": content_type}, Config=self._transfer
            ),
            key,
        )

    async def head(self, key: str) -> ObjectInfo | None:
        """Size and time, or None where there is no such object."""

        def do() -> ObjectInfo:
            answer = self._s3.head_object(Bucket=self.bucket, Key=key)
            return ObjectInfo(key, answer["ContentLength"], answer["LastModified"].astimezone(UTC))

        try:
            return await self._run("head", do, key)
        except ObjectMissing:
            return None

    async def list(self, prefix: str) -> list[ObjectInfo]:
        """Every object whose key starts with the prefix, by key."""

        def do() -> list[ObjectInfo]:
            return [
                ObjectInfo(found["Key"], found["Size"], found["LastModified"].astimezone(UTC))
                for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
                for found in page.get("Contents", [])
            ]

        return await self._run("list", do, prefix)

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete these objects; those that are not there count as deleted."""
        wanted = sorted(set(keys))

        def do() -> None:
            for start in range(0, len(wanted), 1_000):
                some: DeleteTypeDef = {
                    "Objects": [{"Key": key} for key in wanted[start : start + 1_000]],
                    "Quiet": True,
                }
                refused = self._s3.delete_objects(Bucket=self.bucket, Delete=some).get("Errors", [])
                if refused:
                    raise StoreUnavailable(f"{len(refused)} objects were not deleted: {refused[0].get('Code')}")

        await self._run("delete", do, self.bucket)

    async def ensure_bucket(self) -> None:
        """Make the bucket where it is missing."""

        def do() -> None:
            try:
                self._s3.head_bucket(Bucket=self.bucket)
            except ClientError as missing:
                if code_of(missing) not in {"404", "NoSuchBucket", "NotFound"}:
                    raise
                try:
                    self._s3.create_bucket(Bucket=self.bucket)
                except ClientError as taken:
                    if code_of(taken) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                        raise

        await self._run("head_bucket", do, self.bucket)

    async def ping(self) -> None:
        """Return if the store answers and the bucket is there."""

        def do() -> None:
            self._s3.head_bucket(Bucket=self.bucket)

        try:
            await self._run("head_bucket", do, self.bucket)
        except ObjectMissing as missing:
            raise StoreUnavailable(f"there is no bucket {self.bucket}") from missing

    async def close(self) -> None:
        """Let requests under way end, then let go of threads and connections."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        if self._made is not None:
            self._made.close()

    async def _run(self, operation: str, do: Callable[[], T], key: str) -> T:
        loop = asyncio.get_running_loop()
        began, outcome = loop.time(), "failed"
        try:
            answer = await loop.run_in_executor(self._pool, do)
        except ClientError as refused:
            code = code_of(refused)
            if code in _MISSING:
                outcome = "missing"
                raise ObjectMissing(key) from refused
            raise StoreUnavailable(f"the store answered {code}") from refused
        except (BotoCoreError, Boto3Error) as failed:  # Boto3Error: what a transfer makes of a refusal
            raise StoreUnavailable(type(failed).__name__) from failed
        else:
            outcome = "done"
            return answer
        finally:
            self._timed(operation, outcome, loop.time() - began)


def code_of(error: ClientError) -> str:
    """The store's word for what went wrong; "404" and the like where a HEAD has no body."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))
