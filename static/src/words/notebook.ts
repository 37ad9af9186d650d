const plural = (n: number, one: string, many: string): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** What is read on the page of a cycle around its parts: their titles, and what each holds while it is folded. */
export const notebook = {
  parts: {
    planning: "Planning", lessons: "Lesson and review", debrief: "Debrief", follow_up: "Follow-up", reflections: "Reflections and notes",
    meetings: "Meetings", conversation: "Conversation", observers: "Who else looks on",
  },
  planned: (goal: string) => `“${goal}”`,
  questions: (n: number) => plural(n, "focus question", "focus questions"),
  files: (n: number) => plural(n, "file", "files"),
  nothingPlanned: "Nothing is planned yet.",
  lessons: (n: number) => plural(n, "lesson", "lessons"),
  noLesson: "No lesson yet.",
  waived: "No video this time.",
  commitments: (n: number, open: number) => `${plural(n, "commitment", "commitments")}, ${open === 0 ? "none open" : `${open} open`}`,
  noCommitment: "No commitment yet.",
  nextLook: (date: string) => `Next look back: ${date}`,
  lookedBack: (n: number, all: number) => `${n} of ${all} looked back at.`,
  noFollowUp: "It begins with the first commitment.",
  reflections: (shared: number, own: number) =>
    [shared && `${shared} shared`, own && `${own} only you see`].filter(Boolean).join(" · ") || "Nothing is written yet.",
  nextMeeting: (kind: string, when: string) => `Next: ${kind}, ${when}`,
  meetingKinds: { planning: "planning", debrief: "debrief", check_in: "check-in" },
  held: (n: number) => `${plural(n, "meeting", "meetings")} held.`,
  noMeeting: "No meeting is planned.",
  said: (name: string, text: string) => `${name}: ${text}`,
  nothingSaid: "Nothing is said yet.",
  unread: (n: number) => `${n} new`,
  observers: (n: number) => plural(n, "person", "people"),
  nobodyElse: "Nobody but you two.",
  onlyReads: "You look on here: you read what the two write, and write at moments of their lessons. The rest is theirs to change.",
};
