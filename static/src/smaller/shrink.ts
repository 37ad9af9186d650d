import {
  Conversion, type ConversionVideoOptions, EncodedAudioPacketSource, EncodedPacketSink, type Input, type InputAudioTrack, type InputTrack,
  Mp4OutputFormat, NullTarget, Output, Quality, StreamTarget,
} from "mediabunny";
import { soundPackets } from "../sound/packets";
import { refusal, SOUND_BITS } from "./decide";
import { type Aim, type Ask, type Film, type Made, NotMade } from "./film";
import { open, soundCodec } from "./look";
import { into, note, place, read } from "./shelf";

const TRIAL_SECONDS = 4;
const TRIAL_AT_MOST_MS = 8_000;
const CHUNK = 1024 * 1024;
/** Picture and sound are written in turns of so many seconds, so that neither waits in memory for the other. */
const TURN = 2;

type Moved = (done: number) => void;

/** Seconds of film this device makes smaller in a second, from a few seconds out of its middle. */
export async function tryOut(file: File, aim: Aim): Promise<number> {
  using input = open(file);
  const all = await input.computeDuration();
  const start = Math.max(0, all / 2 - TRIAL_SECONDS / 2);
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "fragmented" }), target: new NullTarget() });
  const trial = await Conversion.init({
    input, output, video: pictureLike(aim), audio: { discard: true }, trim: { start, end: Math.min(all, start + TRIAL_SECONDS) }, showWarnings: false,
  });
  if (!trial.isValid) return 0;
  let begun: number | null = null;
  let from = 0;
  let speed = 0;
  trial.onProgress = (_, at) => {
    const now = performance.now();
    // The first picture waits for the decoder to read up to it; what comes after is the pace.
    if (begun === null) [begun, from] = [now, at];
    else if (now > begun) speed = (at - from) / ((now - begun) / 1000);
    if (begun !== null && now - begun > TRIAL_AT_MOST_MS) void trial.cancel();
  };
  await trial.execute().catch(() => undefined); // what was measured until then counts
  return speed;
}

/** Writes the copy, reads it back, and leaves a note beside it. Throws NotMade, and leaves the rest to the caller. */
export async function shrink(ask: Extract<Ask, { do: "shrink" }>, moved: Moved): Promise<void> {
  using input = open(ask.file);
  const to = await place(ask.shelf);
  try {
    const { stream, check } = into(to);
    const target = new StreamTarget(stream, { chunked: true, chunkSize: CHUNK });
    await write(input, new Output({ format: new Mp4OutputFormat({ fastStart: false }), target }), ask, moved, check);
    to.flush();
  } finally {
    to.close();
  }
  const copy = await read(ask.shelf);
  const why = refusal(ask.film, ask.aim, await measure(input, copy));
  if (why) throw new NotMade(why);
  await note(ask.shelf, ask.note);
}

/** Times stay as they are in the file, also where the first sound is before 0; the picture is turned upright for good. */
async function write(
  input: Input, output: Output<Mp4OutputFormat, StreamTarget>, { aim, film }: { aim: Aim; film: Film }, moved: Moved, check: () => void,
): Promise<void> {
  const track = await input.getPrimaryAudioTrack();
  const copied = track && film.sound?.copies ? track : null;
  const anew = track && !copied ? await soundCodec(track) : null;
  const work = await Conversion.init({
    input, output, video: pictureLike(aim), trim: { start: 0 }, showWarnings: false, composable: true,
    audio: anew ? { codec: anew, quality: new Quality({ bitrate: SOUND_BITS }) } : { discard: true },
  });
  // A copy without its picture, or without its sound, is valid for the library, and useless here.
  const lost = work.discardedTracks.find((one) => one.reason !== "discarded_by_user" || (track !== null && !copied));
  if (lost) throw new NotMade(lost.track.isAudioTrack() ? "sound_lost" : lost.reason === "undecodable_source_codec" ? "no_decoder" : "no_encoder");
  if (work.utilizedTracks.every((one) => !one.isVideoTrack())) throw new NotMade("no_encoder");
  const sound = copied ? await copying(copied, output) : null;
  await output.start();
  for (let until = TURN; until < film.duration; until += TURN) {
    await work.execute({ until });
    await sound?.(until);
    check();
    moved(until / film.duration);
  }
  await work.execute();
  await sound?.(Infinity);
  await output.finalize();
  check();
}

/** Adds a sound track that is copied as it is, up to a time, again and again. */
async function copying(track: InputAudioTrack, output: Output): Promise<(until: number) => Promise<void>> {
  const codec = await track.getCodec();
  const decoderConfig = await track.getDecoderConfig();
  if (!codec || !decoderConfig) throw new NotMade("sound_lost");
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  const packets = soundPackets(track, 0);
  let next = await packets.next();
  return async (until) => {
    for (; !next.done && next.value.timestamp < until; next = await packets.next()) await source.add(next.value, { decoderConfig });
    if (next.done) source.close();
  };
}

function pictureLike(aim: Aim): ConversionVideoOptions {
  return {
    width: aim.width, height: aim.height, fit: "fill", codec: aim.writes, quality: new Quality({ bitrate: aim.bitsPerSecond }),
    allowTransformationMetadata: false, forceTranscode: true,
  };
}

async function measure(original: Input, file: File): Promise<Made> {
  using copy = open(file);
  if (!(await copy.canRead())) throw new NotMade("not_as_asked");
  const picture = await copy.getPrimaryVideoTrack();
  const sound = await copy.getPrimaryAudioTrack();
  const was = await original.getPrimaryVideoTrack();
  const offBy = was && picture ? await apart(was, picture) : 0;
  return {
    duration: await copy.computeDuration(), width: (await picture?.getDisplayWidth()) ?? null,
    height: (await picture?.getDisplayHeight()) ?? null, sound: sound !== null, offBy,
  };
}

/** How far two pictures are from one another in time, at their first frame or their last, whichever is more. */
async function apart(one: InputTrack, other: InputTrack): Promise<number> {
  const lastOf = async (track: InputTrack): Promise<number> =>
    (await new EncodedPacketSink(track).getPacket(Infinity, { metadataOnly: true }))?.timestamp ?? Infinity;
  const first = Math.abs((await one.getFirstTimestamp()) - (await other.getFirstTimestamp()));
  return Math.max(first, Math.abs((await lastOf(one)) - (await lastOf(other))));
}
