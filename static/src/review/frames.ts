/** Tells the moment of each frame as it comes on screen, in seconds, where the browser knows; until the returned function is called. */
export function eachFrame(video: HTMLVideoElement, tell: (seconds: number) => void): () => void {
  if (!("requestVideoFrameCallback" in video)) return () => undefined;
  let next = 0;
  const seen = (_: number, { mediaTime }: { mediaTime: number }): void => {
    tell(mediaTime);
    next = video.requestVideoFrameCallback(seen);
  };
  next = video.requestVideoFrameCallback(seen);
  return () => video.cancelVideoFrameCallback(next);
}
