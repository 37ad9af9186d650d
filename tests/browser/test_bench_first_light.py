"""The bench of what two people feel stays alive: one round of it, on the demo of the other tests."""

from tests.bench import first_light
from tests.browser.conftest import SignIn


async def test_one_round_of_the_bench(sign_in: SignIn) -> None:
    figures = await first_light.measure(sign_in, 1)

    assert figures["send_to_seen_ms"] > 0
    assert figures["last_byte_to_first_frame_s"] > 0
