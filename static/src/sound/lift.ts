import { EncodedAudioPacketSource, Mp4OutputFormat, Output, StreamTarget } from "mediabunny";
import { type Ask, NotMade } from "../smaller/film";
import { open, startOf } from "../smaller/look";
import { into, note, place } from "../smaller/shelf";
import { silenceBefore, soundPackets } from "./packets";

const CHUNK = 1024 * 1024;
const TELL_EVERY = 200;

/**
 * Writes the sound of a film into a file of its own, packet by packet as it is. Its 0 is where the film starts.
 * Only the sound is read, and little of it is in memory at once.
 */
export async function lift(ask: Extract<Ask, { do: "lift" }>, moved: (done: number) => void): Promise<void> {
  using input = open(ask.file);
  if (!(await input.canRead())) throw new NotMade("unreadable");
  const track = await input.getPrimaryAudioTrack();
  const codec = await track?.getCodec();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !codec || !decoderConfig) throw new NotMade("sound_lost");
  const end = (await track.getDurationFromMetadata()) ?? (await track.computeDuration());
  const to = await place(ask.shelf);
  const { stream, check } = into(to);
  try {
    const target = new StreamTarget(stream, { chunked: true, chunkSize: CHUNK });
    const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source);
    await output.start();
    let n = 0;
    for await (const packet of soundPackets(track, await startOf(input))) {
      if (n === 0) for (const quiet of await silenceBefore(packet, track)) await source.add(quiet, { decoderConfig });
      await source.add(packet, { decoderConfig });
      if (++n % TELL_EVERY !== 0) continue;
      check();
      moved(Math.min(1, packet.timestamp / end));
    }
    if (n === 0) throw new NotMade("sound_lost");
    await output.finalize();
    check();
    to.flush();
  } finally {
    to.close();
  }
  await note(ask.shelf, ask.note);
}
