import { useEffect, useRef } from "preact/hooks";
import { filming } from "../words/filming";

/** What the camera sees, without its sound: that would howl. */
export function Preview({ stream }: { stream: MediaStream | null }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return <video class="preview" ref={video} muted autoplay playsInline aria-label={filming.preview} />;
}
