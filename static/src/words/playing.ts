const one = (value: number): string => value.toLocaleString(undefined, { maximumFractionDigits: 1 });

/** What is read of how a lesson plays, and of what that costs. */
export const playing = {
  offline: "Waiting for the connection. It goes on by itself.",
  away: "The video cannot be fetched just now. It goes on by itself.",
  expired: "Please sign in again. Your place in the lesson and what you wrote are kept.",
  denied: "You no longer have access to this lesson.",
  tryAgain: "Try again",
  edge: "Being prepared: more comes in a moment.",
  soundComing: "The sound is on its way.",
  soundOnly: "Sound only. The picture is switched off.",
  menu: "Picture and data",
  saver: "Save data",
  saverHint: (side: number) => `A small picture, never above ${side}p. Kept on this device.`,
  onlySound: "Sound only",
  noSound: "This lesson has no sound.",
  quality: "Picture",
  auto: "Auto",
  side: (side: number) => `${side}p`,
  details: "How it plays",
  facts: {
    picture: "Picture", none: "none", size: (width: number, height: number) => `${width} × ${height}`,
    needs: "Needs up to", line: "Connection, about", kbit: (bits: number) => `${Math.round(bits / 1000)} kbit/s`,
    ahead: "Loaded ahead", seconds: (s: number) => `${one(s)} s`,
    dropped: "Pictures left out",
    used: "Used for this lesson", megabytes: (bytes: number) => `${one(bytes / 1e6)} MB`,
    saves: "Saving data spares up to", aMinute: (bytes: number) => `${one(bytes / 1e6)} MB a minute`,
  },
  speaks: (percent: number) => `Somebody speaks for ${percent} % of the time.`,
  loudness: "How loud it is, and where somebody speaks",
};
