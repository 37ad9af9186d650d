const about = (seconds: number): string => {
  const minutes = seconds / 60;
  if (minutes < 1.5) return "about a minute";
  if (minutes < 10) return `about ${Math.round(minutes)} minutes`;
  if (minutes < 90) return `about ${Math.round(minutes / 5) * 5} minutes`;
  const hours = Math.round(minutes / 30) / 2;
  return `about ${hours.toLocaleString("en")} hours`;
};

/** What is read on screen about a smaller copy of a video, and its sound sent first. */
export const smaller = {
  title: "How should the video go?",
  looking: "Looking whether a smaller copy would be quicker. You can start without waiting.",
  small: "Make it smaller first",
  smallBest: "Make it smaller first (recommended)",
  smallSays: (small: string, all: string, wait: number, making: number) =>
    `${small} instead of ${all}. This device works on it for ${about(making)}, and all of it is here in ${about(wait)}. Faces and the board stay clear. `
    + "The times stay the same, and your own video stays on this device as it is.",
  asItIs: "Send the video as it is",
  asItIsSays: (all: string, wait: number) => `${all}, ${about(wait)}.`,
  crashed: "Last time, making this video smaller did not come to an end on this device. Sending it as it is is the safer way.",
  sound: "Send the sound first",
  soundSays: (bytes: string, wait: number) => `${bytes}. Your coach, once let in, can listen and write in ${about(wait)}; the picture follows on the same times.`,

  making: { small: "A smaller copy is being made on this device.", sound: "The sound is taken out of the video." },
  progress: "Making the smaller copy",
  left: (seconds: number) => `${about(seconds).replace(/^a/, "A")} left.`,
  keepOpen: "Keep this page open and the device charging. A copy that is finished stays here even if the page is closed.",
  soundGoes: "The sound goes first, so that your coach can listen soon. The picture follows by itself.",
  insteadAsItIs: "Send it as it is instead",
  fromHere: {
    small: "The smaller copy is still on this device, so it goes on by itself.",
    sound: "The sound is still on this device, so it goes on by itself. After it, pick the video again.",
  },

  /** Why a video goes as it is although a smaller copy was wanted. */
  why: {
    unreadable: "This browser cannot read the video, so it is sent as it is.",
    no_decoder: "This browser cannot show the video's format, so no smaller copy can be made. The video is sent as it is.",
    no_encoder: "This browser cannot write videos, so no smaller copy can be made. The video is sent as it is.",
    sound_lost: "A smaller copy would have lost its sound here. The video is sent as it is.",
    full: "There is not enough room on this device for a smaller copy. The video is sent as it is.",
    not_as_asked: "The smaller copy did not become what it should be and was removed. The video is sent as it is.",
    broke: "The smaller copy could not be finished and was removed. The video is sent as it is.",
  },

  original: {
    title: "The video as you filmed it",
    says: "A smaller copy is shown now. On a better connection you can send the video as you filmed it as well; it then takes the copy's place, and every annotation keeps its time.",
    send: "Send the original as well",
    pick: "Pick the same video",
    arriving: "The original is on its way. The smaller copy stays in its place until then.",
    preparing: "The original is here and is being prepared.",
    in_use: "The original is here and is what you both see now.",
    set_aside: "The original is here, but its times are not those of the copy, so annotations would point elsewhere. It is kept as a file, and the copy stays in its place.",
  },
};
