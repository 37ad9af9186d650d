import { EncodedPacket, EncodedPacketSink, type InputAudioTrack, MATROSKA, WEBM } from "mediabunny";
import { NotMade } from "../smaller/film";

const OPUS_RATE = 48_000;
/** One frame of nothing, by channels, in the formats for which there is one whatever the settings. */
const SILENCE: Record<string, Record<number, readonly number[]>> = {
  "mp4a.40.2": { 1: [0x01, 0x18, 0x20, 0x07], 2: [0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80] },
};
const TOO_SMALL_TO_FILL = 0.001;

/**
 * The packets of a sound track as they are, at the times that ffmpeg and players give them, counted from `base`.
 * What Matroska calls the time of an Opus packet is that of its first sample heard: the lead-in is before it.
 */
export async function* soundPackets(track: InputAudioTrack, base: number): AsyncGenerator<EncodedPacket> {
  const lead = await leadIn(track);
  for await (const packet of new EncodedPacketSink(track).packets()) {
    yield packet.clone({ timestamp: packet.timestamp - lead - base });
  }
}

/**
 * Silence from 0 to where the sound begins, so that a file of its own begins where the film does. Throws NotMade where the
 * sound begins later and no silence can be written in its format.
 */
export async function silenceBefore(first: EncodedPacket, track: InputAudioTrack): Promise<EncodedPacket[]> {
  if (first.timestamp < TOO_SMALL_TO_FILL) return [];
  const codec = (await track.getCodecParameterString()) ?? "";
  const bytes = SILENCE[codec]?.[await track.getNumberOfChannels()];
  const each = 1024 / (await track.getSampleRate());
  if (!bytes) throw new NotMade("sound_lost");
  const count = Math.ceil(first.timestamp / each);
  return Array.from({ length: count }, (_, n) => new EncodedPacket(Uint8Array.from(bytes), "key", first.timestamp - (count - n) * each, each));
}

async function leadIn(track: InputAudioTrack): Promise<number> {
  const format = await track.input.getFormat();
  if ((format !== WEBM && format !== MATROSKA) || (await track.getCodec()) !== "opus") return 0;
  const head = (await track.getDecoderConfig())?.description;
  if (!head) return 0;
  const bytes = ArrayBuffer.isView(head) ? new DataView(head.buffer, head.byteOffset, head.byteLength) : new DataView(head as ArrayBuffer);
  return bytes.byteLength < 12 ? 0 : bytes.getUint16(10, true) / OPUS_RATE;
}
