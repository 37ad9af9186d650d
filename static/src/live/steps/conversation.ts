import type { CycleState } from "../../api/shapes";
import { changed, type Steps, written } from "./step";

/** What the two say about themselves and to each other, and the reflections they shared. */
export const conversationSteps: Steps<CycleState> = {
  "about.written": ({ about }, event) => ({ about: { ...about, [event.by]: written(event) } }),
  "message.sent": ({ messages }, { at, by, data: { message: id, text } }) => ({
    messages: { ...messages, [id]: { id, text, by, at, removed_at: null } },
  }),
  "message.removed": ({ messages }, { at, data: { message } }) => ({
    messages: changed(messages, message, () => ({ text: "", removed_at: at })),
  }),
  "reflection.shared": ({ reflections }, { at, by, data: { reflection: id, prompt, text } }) => ({
    reflections: { ...reflections, [id]: { id, prompt, text, by, at, removed_at: null } },
  }),
  "reflection.removed": ({ reflections }, { at, data: { reflection } }) => ({
    reflections: changed(reflections, reflection, () => ({ prompt: "", text: "", removed_at: at })),
  }),
};
