import {
  type AudioCodec, BlobSource, getFirstEncodableAudioCodec, getFirstEncodableVideoCodec, Input, type InputAudioTrack, type InputVideoTrack, MATROSKA,
  MP4, QTFF, WEBM,
} from "mediabunny";
import { type Film, NotMade, type Picture, type Sound, type Writes } from "./film";

/** Goes into an MP4 as it is, and the server reads it there. */
const COPIED = new Set(["aac", "opus", "mp3"]);
const SOME_PACKETS = 300;

export function open(file: Blob): Input<BlobSource> {
  return new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
}

/** Where a player has its 0, and every annotation with it. What is before 0 of the file's own clock is never shown. */
export async function startOf(input: Input): Promise<number> {
  return Math.max(0, await input.getFirstTimestamp());
}

/** What is in the file. Throws NotMade where it is not a film that can be read here. */
export async function look(file: Blob): Promise<Film> {
  using input = open(file);
  if (!(await input.canRead())) throw new NotMade("unreadable");
  const pictures = await input.getVideoTracks();
  const sounds = await input.getAudioTracks();
  const [picture, sound] = [pictures[0], sounds[0]];
  const codecs: Writes[] = ["avc", "vp9"];
  return {
    duration: await input.computeDuration([...pictures, ...sounds]),
    picture: picture ? await aboutPicture(picture, pictures.length === 1) : null,
    sound: sound ? await aboutSound(sound, sounds.length === 1) : null,
    writes: (await getFirstEncodableVideoCodec(codecs, { width: 1280, height: 720 })) as Writes | null,
  };
}

async function aboutPicture(track: InputVideoTrack, only: boolean): Promise<Picture> {
  const { averageBitrate } = await track.computePacketStats(SOME_PACKETS);
  return {
    width: await track.getDisplayWidth(), height: await track.getDisplayHeight(), bitsPerSecond: averageBitrate,
    decodes: only && (await track.canDecode()),
  };
}

async function aboutSound(track: InputAudioTrack, only: boolean): Promise<Sound> {
  const { averageBitrate } = await track.computePacketStats(SOME_PACKETS);
  const codec = (await track.getCodec()) ?? "";
  const copies = only && COPIED.has(codec);
  const encodes = only && !copies && (await track.canDecode()) && (await soundCodec(track)) !== null;
  return { codec, bitsPerSecond: averageBitrate, copies, encodes };
}

/** In what a sound that does not go along as it is can be written anew. */
export async function soundCodec(track: InputAudioTrack): Promise<AudioCodec | null> {
  const like = { numberOfChannels: await track.getNumberOfChannels(), sampleRate: await track.getSampleRate() };
  return getFirstEncodableAudioCodec(["aac", "opus"], like);
}
