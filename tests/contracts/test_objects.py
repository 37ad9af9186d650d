"""Objects on a real SeaweedFS: what the store takes and refuses under our signatures, and how our client says it."""

import asyncio
import base64
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from service.embedded.seaweedfs import Store
from storage.objects import ObjectMissing, Objects, StoreUnavailable

BODY = b"a block of a filmed lesson " * 4_000


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.fixture
def key() -> str:
    return f"uploads/{uuid.uuid4()}/0-{len(BODY)}-{hashlib.sha256(BODY).hexdigest()}"


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """The front door's part: it sends the signed path and query to the store, with the signed headers."""
    async with aiohttp.ClientSession() as session:
        yield session


async def put(
    http: aiohttp.ClientSession, objects: Objects, signed: str, body: bytes, checksum: str, **headers: str
) -> tuple[int, str]:
    sent = {"x-amz-checksum-sha256": checksum, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with http.put(URL(objects.endpoint + signed, encoded=True), data=body, headers=sent) as answer:
        return answer.status, await answer.text()


async def test_a_signed_put_of_the_promised_bytes(http: aiohttp.ClientSession, objects: Objects, key: str) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    assert (await put(http, objects, signed, BODY, digest(BODY), if_none_match="*"))[0] == 200
    found = await objects.head(key)
    assert found is not None
    assert (found.key, found.size) == (key, len(BODY))
    assert abs(found.modified - datetime.now(UTC)) < timedelta(minutes=5)
    assert await objects.get(key) == BODY


async def test_nothing_is_overwritten(http: aiohttp.ClientSession, objects: Objects, key: str) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    await put(http, objects, signed, BODY, digest(BODY), if_none_match="*")
    again, said = await put(http, objects, signed, BODY, digest(BODY), if_none_match="*")
    assert (again, "PreconditionFailed" in said) == (412, True)


def corrupt(body: bytes) -> bytes:
    return body[:1_000] + bytes([body[1_000] ^ 1]) + body[1_001:]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param(corrupt, 400, "BadDigest", id="one bit flipped"),
        pytest.param(lambda body: body[:-1], 403, "SignatureDoesNotMatch", id="one byte short"),
        pytest.param(lambda body: body + b"!", 403, "SignatureDoesNotMatch", id="one byte long"),
    ],
)
async def test_a_damaged_block_is_refused(
    http: aiohttp.ClientSession,
    objects: Objects,
    key: str,
    change: Callable[[bytes], bytes],
    status: int,
    code: str,
) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    answered, said = await put(http, objects, signed, change(BODY), digest(BODY))
    assert (answered, code in said) == (status, True), said
    assert await objects.head(key) is None


async def test_a_signature_is_for_one_key_one_checksum_and_one_method(
    http: aiohttp.ClientSession, objects: Objects, key: str
) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    elsewhere = signed.replace("/0-", "/1-")
    assert (await put(http, objects, elsewhere, BODY, digest(BODY)))[0] == 403
    other = corrupt(BODY)
    assert (await put(http, objects, signed, other, digest(other)))[0] == 403
    reading = objects.sign_get(key)
    assert (await put(http, objects, reading, BODY, digest(BODY)))[0] == 403
    async with http.get(URL(objects.endpoint + signed, encoded=True)) as answer:
        assert answer.status == 403
    async with http.delete(URL(objects.endpoint + signed, encoded=True)) as answer:
        assert answer.status == 403
    assert await objects.head(key) is None


async def test_a_missing_checksum_header_is_refused(http: aiohttp.ClientSession, objects: Objects, key: str) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    async with http.put(URL(objects.endpoint + signed, encoded=True), data=BODY) as answer:
        assert answer.status == 403


async def test_a_body_cut_half_way_never_becomes_an_object(objects: Objects, key: str) -> None:
    signed = objects.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    host, port = objects.host.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"PUT {signed} HTTP/1.1\r\nHost: {objects.host}\r\nContent-Length: {len(BODY)}\r\n"
    writer.write(f"{head}x-amz-checksum-sha256: {digest(BODY)}\r\n\r\n".encode() + BODY[: len(BODY) // 2])
    await writer.drain()
    writer.write_eof()
    said = await reader.read()  # until the store has let go
    writer.close()
    await writer.wait_closed()
    assert not said.startswith(b"HTTP/1.1 200")
    assert await objects.head(key) is None


async def test_the_wrong_identity_and_an_old_signature_are_refused(
    http: aiohttp.ClientSession, objects: Objects, store: Store, key: str
) -> None:
    stranger = Objects(store.endpoint, bucket=store.bucket, access_key=store.access_key, secret_key="guessed")
    signed = stranger.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    assert (await put(http, objects, signed, BODY, digest(BODY)))[0] == 403
    with pytest.raises(StoreUnavailable, match=r"403|Signature"):
        await stranger.list("")
    await stranger.close()
    late = Objects(
        store.endpoint,
        bucket=store.bucket,
        access_key=store.access_key,
        secret_key=store.secret_key,
        clock=lambda: datetime.now(UTC) - timedelta(minutes=6),
    )
    signed = late.sign_put(key, length=len(BODY), sha256_b64=digest(BODY))
    status, said = await put(http, objects, signed, BODY, digest(BODY))
    assert (status, "expired" in said) == (403, True)
    await late.close()
    async with http.get(f"{objects.endpoint}/{store.bucket}/{key}") as unsigned:
        assert unsigned.status == 403


async def test_a_signed_get_answers_ranges_and_head(http: aiohttp.ClientSession, objects: Objects) -> None:
    # Names with everything that could be encoded in two ways.
    key = f"lessons/{uuid.uuid4()}/a b+c&d=é~(1).mp4"
    await objects.put(key, BODY, "video/mp4")
    url = URL(objects.endpoint + objects.sign_get(key), encoded=True)
    async with http.get(url) as whole:
        assert (whole.status, whole.content_type, await whole.read()) == (200, "video/mp4", BODY)
    async with http.get(url, headers={"Range": "bytes=100-199"}) as some:
        assert (some.status, await some.read()) == (206, BODY[100:200])
        assert some.headers["Content-Range"] == f"bytes 100-199/{len(BODY)}"
    async with http.head(URL(objects.endpoint + objects.sign_get(key, method="HEAD"), encoded=True)) as head:
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(BODY)))
    async with http.head(url) as crossed:
        assert crossed.status == 403


def test_a_published_signature_is_reproduced() -> None:
    """The example of Amazon's manual on signing in the query, byte for byte."""
    from storage.signing import Signer

    signer = Signer(
        host="examplebucket.s3.amazonaws.com",
        region="us-east-1",
        access_key="AKIAIOSFODNN7EXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    signed = signer.sign("GET", "/test.txt", {}, now=datetime(2013, 5, 24, tzinfo=UTC), expires_seconds=86400)
    assert signed.endswith("Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


async def test_bytes_files_and_ranges(objects: Objects, tmp_path: Path) -> None:
    key = f"lessons/{uuid.uuid4()}/1-poster.jpg"
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(BODY)
    await objects.put(key, source, "image/jpeg")
    assert await objects.get(key, (10, 20)) == BODY[10:20]
    await objects.download(key, copy)
    assert copy.read_bytes() == BODY
    await objects.upload_file(copy, key + "2", "image/jpeg")
    assert await objects.get(key + "2") == BODY


async def test_a_file_the_store_refuses_is_not_our_fault(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BODY)
    wrong = Objects(store.endpoint, bucket=store.bucket, access_key=store.access_key, secret_key="not the key")
    try:
        with pytest.raises(StoreUnavailable):
            await wrong.upload_file(tmp_path / "file", f"lessons/{uuid.uuid4()}/none", "image/jpeg")
    finally:
        await wrong.close()


async def test_what_is_missing_is_said(objects: Objects, tmp_path: Path) -> None:
    key = f"lessons/{uuid.uuid4()}/none"
    assert await objects.head(key) is None
    for reading in (objects.get(key), objects.get(key, (0, 1)), objects.download(key, tmp_path / "x")):
        with pytest.raises(ObjectMissing):
            await reading
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - no half-written file is left
    await objects.put(key, b"12", "text/plain")
    with pytest.raises(ObjectMissing):
        await objects.get(key, (10, 20))


async def test_listing_and_deleting(objects: Objects) -> None:
    prefix = f"uploads/{uuid.uuid4()}/"
    names = [f"{prefix}{n}-{n + 1}-{'a' * 64}" for n in range(12)]
    for name in names:
        await objects.put(name, b"x", "application/octet-stream")
    await objects.put(prefix[:-1] + "-other", b"x", "application/octet-stream")
    found = await objects.list(prefix)
    assert [o.key for o in found] == sorted(names)
    assert {o.size for o in found} == {1}
    await objects.delete([*names[:5], names[0], prefix + "never-there"])
    assert [o.key for o in await objects.list(prefix)] == sorted(names[5:])
    await objects.delete([])
    await objects.delete(names)
    assert await objects.list(prefix) == []


async def test_the_bucket_is_made_once_and_missed_where_it_is_not(objects: Objects, store: Store) -> None:
    await objects.ensure_bucket()
    await objects.ping()
    nowhere = Objects(store.endpoint, bucket="not-there", access_key=store.access_key, secret_key=store.secret_key)
    with pytest.raises(StoreUnavailable):
        await nowhere.ping()
    with pytest.raises(StoreUnavailable):
        await nowhere.get("x")
    await nowhere.close()


async def test_a_store_that_is_not_there(unused_tcp_port: int) -> None:
    gone = Objects(f"http://127.0.0.1:{unused_tcp_port}", bucket="b", access_key="a", secret_key="b")
    for asking in (gone.ping(), gone.ensure_bucket(), gone.get("x"), gone.head("x"), gone.put("x", b"", "text/plain")):
        with pytest.raises(StoreUnavailable):
            await asking
    await gone.close()
