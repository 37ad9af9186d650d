import type { Command, Id } from "../api/shapes";

/** A command on its way to the server, with the id it keeps however often it is sent. */
export interface Unsent {
  id: Id;
  order: number;
  path: string;
  body: Command;
  /** The server's reason, when it said no. */
  refused: string | null;
  /** The server took it; only the event that shows it is still on its way. */
  answered: boolean;
}

/** The annotation, reply or message that a command makes; empty for the others. */
export function subject(item: Unsent): Id {
  const command = item.body;
  switch (command.type) {
    case "add_annotation": return command.annotation;
    case "add_reply": return command.reply;
    case "send_message": return command.message;
    default: return "";
  }
}
