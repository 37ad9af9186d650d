/** What is read on screen about the two people and what they say to each other. */
export const conversation = {
  about: "The two of you",
  aboutMe: "About you",
  aboutHint: "A few lines for the other one. For example: what you teach, since when, what you enjoy about it, and how you like to be told things.",
  aboutNone: (name: string) => `${name} has not written anything about themselves yet.`,
  none: "Nothing is said yet. This is the place for what belongs to no moment of a lesson: a greeting, a question, a change of plan.",
  noneOver: "Nothing was said here.",
  list: "Messages",
  write: (name: string) => `Write to ${name}`,
  send: "Send",
  needText: "Write something first.",
  tooLong: (length: number, longest: number) => `This has ${length.toLocaleString("en")} characters, and ${longest.toLocaleString("en")} fit in one message. Send it in two.`,
  removed: "Removed by its writer.",
  remove: "Remove",
  removeAbout: (text: string) => `the message “${text}”`,
  removeSure: "Remove these words for both of you? They cannot be brought back.",
};
