/** What is read in the review room while it shows the teacher's own copy of the video. */
export const local = {
  meanwhile: "Watch and write meanwhile",
  own: "You are watching the copy on this device while it is sent. What you write goes out first, and keeps its times.",
  unseen: "This browser cannot show the picture of this phone's video format. You can write now; the picture appears once Farfield has prepared the lesson.",
  blind: "This browser cannot play this video. You can write now, at the times you know; the picture appears once Farfield has prepared the lesson.",
  atTime: "Write at this time",
  atTimeHint: "Minutes and seconds, for example 12:30",
  large: "This video is large, and this browser may be slow with it.",
  show: "Show my copy here",
  following: "This is what has arrived so far, in a small picture. The rest follows while you watch; what you write keeps its time.",
  listen: "The sound is here already. Listen and write; the picture is on its way, at the same times.",
};
