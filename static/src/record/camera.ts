import { type Quality, type Refusal, refusalOf } from "./choose";

export interface Wanted { camera: string | null; microphone: string | null; quality: Quality }

/** The camera did not come; `why` is what to say. */
export class NoCamera extends Error {
  constructor(readonly why: Refusal) {
    super();
  }
}

/**
 * Camera and microphone. The sound of a room, not of a call: echo and noise are left in, for what they take out is
 * often the child at the back.
 */
export async function openCamera({ camera, microphone, quality }: Wanted): Promise<MediaStream> {
  const video: MediaTrackConstraints = {
    width: { ideal: quality.width }, height: { ideal: quality.height }, frameRate: { ideal: 30, max: 30 },
    ...(camera ? { deviceId: { exact: camera } } : { facingMode: { ideal: "environment" } }),
  };
  const audio: MediaTrackConstraints = {
    echoCancellation: false, noiseSuppression: false, autoGainControl: true, ...(microphone ? { deviceId: { exact: microphone } } : {}),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio });
  } catch (error) {
    throw new NoCamera(refusalOf(error instanceof DOMException ? error.name : "TypeError"));
  }
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What there is to choose from. Named only once the camera may be used. */
export async function devices(): Promise<{ cameras: MediaDeviceInfo[]; microphones: MediaDeviceInfo[] }> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((one) => one.kind === kind && one.deviceId !== "");
  return { cameras: of("videoinput"), microphones: of("audioinput") };
}

export const deviceOf = (stream: MediaStream, kind: "audio" | "video"): string =>
  stream.getTracks().find((track) => track.kind === kind)?.getSettings().deviceId ?? "";

/** Whether the camera may be used without a question. False where the browser does not tell. */
export async function mayAlready(): Promise<boolean> {
  try {
    const asked = ["camera", "microphone"].map((name) => navigator.permissions.query({ name: name as PermissionName }));
    return (await Promise.all(asked)).every(({ state }) => state === "granted");
  } catch {
    return false;
  }
}

/** Whether a chip makes H.264 here; it does so for an hour without a hot phone. */
export async function hasChip(quality: Quality): Promise<boolean> {
  try {
    const { supported } = await VideoEncoder.isConfigSupported({
      codec: "avc1.42E01F", width: quality.width, height: quality.height, bitrate: quality.video, framerate: 30,
      hardwareAcceleration: "prefer-hardware",
    });
    return supported === true;
  } catch {
    return false;
  }
}
