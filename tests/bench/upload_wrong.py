"""What must never happen: a block that is not what was read is kept.

The page's own sending is bent so that some blocks leave with one bit turned, under the sum of what was read. All that
is stored in the end is compared with the file.
"""

import hashlib

from playwright.async_api import Page

from tests.bench.upload_rig import MIB, Rig, pick, said, send
from tests.fixtures.link import Road

REACH = {"damaged_accepted": ("<=", 0.0), "differing_originals": ("<=", 0.0)}
FAST = Road(up=16e6, down=16e6, rtt_s=0.05)
_BENT = """() => {
  const send = XMLHttpRequest.prototype.send;
  window.bentBlocks = 0;
  let count = 0;
  XMLHttpRequest.prototype.send = function (body) {
    const bytes = ArrayBuffer.isView(body) ? body.buffer : body;
    if (!(bytes instanceof ArrayBuffer) || bytes.byteLength < 1024 || count++ % 3 !== 1) return send.call(this, body);
    const bent = new Uint8Array(bytes.slice(0));
    bent[bent.length >> 1] ^= 1;
    window.bentBlocks++;
    return send.call(this, bent.buffer);
  };
}"""
_SUM = """async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) return `${answer.status}`;
  const sum = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    link = await rig.link(FAST)
    page = await rig.page("Toni", link)
    film = rig.film((3 if quick else 24) * MIB, seed + 400)
    refused = []
    page.on("response", lambda response: refused.append(response.url) if response.status == 400 else None)
    await pick(page, film, f"bent {seed}")
    await page.evaluate(_BENT)
    sent = await send(page, link, film.stat().st_size)
    said(f"bent, seed {seed}", sent, FAST)
    bent = int(await page.evaluate("window.bentBlocks"))
    assert bent > 0, "no block was bent"
    await page.get_by_role("link", name="Watch the lesson").wait_for()
    same = await _original(page) == hashlib.sha256(film.read_bytes()).hexdigest()
    await page.close()
    return {
        "damaged": bent,
        "damaged_accepted": bent - sum("/media/uploads/" in url for url in refused),
        "differing_originals": 0 if same else 1,
    }


async def _original(page: Page) -> str:
    """The SHA-256 of what its owner would download."""
    lesson = page.url.removesuffix("/upload").rpartition("/")[2]
    said_so: str = await page.evaluate(_SUM, f"/media/lessons/{lesson}/original")
    return said_so
