import type { Id } from "../api/shapes";

/** A command on its way to the server, with the id it keeps however often it is sent. */
export interface Unsent {
  id: Id;
  order: number;
  path: string;
  body: Record<string, unknown>;
  /** The server's reason, when it said no. */
  refused: string | null;
  /** The server took it; only the event that shows it is still on its way. */
  answered: boolean;
}

/** The annotation or reply that a command makes; empty for the others. */
export function subject(item: Unsent): Id {
  const { type, annotation, reply } = item.body as { type: string; annotation?: Id; reply?: Id };
  return (type === "add_reply" ? reply : type === "add_annotation" ? annotation : "") ?? "";
}
