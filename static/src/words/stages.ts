import type { CancelCycle, PauseCycle } from "../api/shapes";

type Mode = "teacher_first" | "together" | "open";

/** What is read on screen about the stage line of a cycle: moving on, pausing, ending, the next one, another coach. */
export const moving = {
  title: "Where you are",
  needs: "Before you go on",
  need: {
    question: "A focus question: what do you want to look at together?",
    lesson: "A lesson you filmed, or word that there is no video this time",
    released: (teacher: string) => `A lesson that ${teacher} has let the coach into`,
    youReleased: "A lesson that you have let your coach into",
    coachDone: (coach: string) => `Word from ${coach} that they are done with a lesson`,
    youDone: "Your word that you are done with a lesson",
    commitment: "At least one commitment: what will the teacher try, and by when?",
    answered: "A look back at each commitment",
  },
  done: "done",
  open: "still open",
  orDays: (day: string) => `Without that word you can go on from ${day}.`,
  watch: (title: string) => `Watch “${title}”`,
  sayDone: (title: string) => `I am done with “${title}”`,
  moveOn: (stage: string) => `Go on to ${stage}`,
  moveBack: (stage: string) => `Back to ${stage}`,
  closeIt: "Close the cycle",
  closeSure: "Close this cycle? What is written stays; nothing new is added. What is still open comes along into the next one.",
  teacherSays: (teacher: string) => `${teacher} says when the lesson is filmed.`,

  waive: "No video this time",
  waiveNote: "Why, if you like",
  waiveHint: "Your coach reads it. You can go through the other stages without a lesson.",
  waiveSay: "Say that there is none",
  waived: "There is no video this time.",

  askToClose: "Close it as it is",
  askToCloseHint: (other: string) => `Some commitments have no look back yet. ${other} is asked too: once they agree, the cycle closes.`,
  asked: (other: string) => `You would close the cycle as it is. It waits for ${other} to agree.`,
  askedYou: (other: string) => `${other} would close the cycle as it is, although some commitments have no look back. If you agree, close it.`,

  more: "Pause, end, history",
  pause: "Pause the cycle",
  pauseHint: "The days of a pause do not count. Everybody sees that it is paused, and why.",
  why: "Why?",
  pauseReasons: {
    illness: "Illness", leave: "Leave", timetable: "No time just now", link_or_device: "The connection or a device",
    school_closed: "School is closed", other: "Another reason",
  } satisfies Record<PauseCycle["reason"], string>,
  resume: "Take it up again",
  paused: (date: string, reason: string) => `Paused since ${date}: ${reason}.`,
  pausedSays: "Reading and writing go on; the stages wait until one of you takes it up again.",
  cancel: "End the cycle early",
  cancelHint: "For good. What was written stays with those who can read it now.",
  cancelSure: "End this cycle here, for good?",
  cancelReasons: {
    teacher_left: "The teacher has left", coach_left: "The coach has left", timetable: "No time for it", by_agreement: "We agreed to stop",
    opened_by_mistake: "Opened by mistake", other: "Another reason", coach_changed: "It goes on with another coach",
  } satisfies Record<CancelCycle["reason"], string>,
  cancelled: (date: string, reason: string) => `Ended on ${date}: ${reason}.`,
  cancelledSays: "What was written stays here to read. Your program lead opens a new cycle when it is time for one.",
  closed: (date: string) => `Closed on ${date}.`,

  startNext: "Start the next cycle",
  startNextHint: "The goal, the focus and what is still open come along.",
  openNext: "Go to the next cycle",
  openPrevious: "The cycle before this one",

  proposedTitle: (coach: string) => `${coach} is proposed as your new coach`,
  proposedSays: (now: string) => `Your program lead proposes it. You choose how. Nothing changes until you have; then ${now} no longer sees this cycle nor its lessons.`,
  proposedOther: (coach: string, teacher: string) => `${coach} is proposed as the new coach. ${teacher} chooses how it goes on.`,
  seesEarlier: (coach: string) => `Go on in this cycle. ${coach} reads all that was written here, and sees the lessons you had released.`,
  beginsAnew: (coach: string) => `Begin a new cycle. This one ends here, and ${coach} sees nothing of it. Neither the goal nor what you agreed comes along.`,
  choose: "Choose one of the two first.",
  take: (coach: string) => `Go on with ${coach}`,
  takeSure: (sees: boolean, coach: string) => sees ? `Let ${coach} read everything in this cycle?` : `End this cycle and begin a new one with ${coach}?`,

  modeTitle: "Who sees a lesson, and when",
  mode: {
    teacher_first: "The teacher first: the coach sees a lesson and what is written on it once the teacher lets them in, which they can do at any time.",
    together: "Together: the coach sees each lesson at once. Each of the two writes alone; once both say that they are done, each reads the other's.",
    open: "Open: the coach sees each lesson, and both see what is written, at once.",
  } satisfies Record<Mode, string>,
  modeYours: {
    teacher_first: "Your coach sees a lesson, and what you wrote on it, once you let them in. You can do that at any time.",
    together: "Your coach sees each lesson at once. Each of you writes for yourself; once both say that they are done, you see each other's.",
    open: "Your coach sees each lesson, and what you write, at once.",
  } satisfies Record<Mode, string>,

  history: "How it went",
  entered: (stage: string, date: string, who: string) => `${stage}: ${date}, ${who}`,
  opened: (date: string) => `Opened: ${date}`,
  lead: "the program lead",
  targets: "Days this program means for each stage",
  target: (stage: string, days: number) => `${stage}: ${days} ${days === 1 ? "day" : "days"}`,
  by: (day: string) => `by ${day}`,
  past: (day: string) => `meant to be over by ${day}`,
  waits: {
    you: "waits on you", both: "waits on both of you", nobody: "waits on nobody", on: (name: string) => `waits on ${name}`,
  },
  pausedShort: "paused",
  endedShort: "ended",
};
