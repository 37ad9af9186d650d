import { type Unsent } from "../outbox/command";
import { discard, heldUp, sendAgain, submit } from "../outbox/outbox";
import { words } from "../words";

/** Not confirmed yet, or refused: then the text stays with the reason until its author decides. `all`: what goes with it. */
export function Fate({ unsent, all = [unsent] }: { unsent: Unsent; all?: readonly Unsent[] }) {
  if (unsent.refused === null) return <p class="quiet" role="status">{heldUp.value ? words.room.unsent : words.room.sending}</p>;
  if (unsent.theirs) return <Conflict unsent={unsent} theirs={unsent.theirs} />;
  return (
    <div role="alert">
      <p>{words.room.refused(unsent.refused)}</p>
      <p class="actions">
        <button type="button" onClick={() => all.forEach(({ id }) => sendAgain(id))}>{words.room.again}</button>
        <button type="button" class="plain" onClick={() => all.forEach(({ id }) => discard(id))}>{words.room.discard}</button>
      </p>
    </div>
  );
}

/** Both texts are in sight; nothing is lost until the writer has chosen. */
function Conflict({ unsent, theirs }: { unsent: Unsent; theirs: { text: string; revision: number } }) {
  function keepMine(): void {
    const { id: _, ...body } = unsent.body;
    submit(unsent.path, { ...body, revision: theirs.revision } as Parameters<typeof submit>[1]);
    discard(unsent.id);
  }
  return (
    <div role="alert" class="conflict">
      <p>{words.corrections.theirs}</p>
      <blockquote dir="auto">{theirs.text}</blockquote>
      <p class="actions">
        <button type="button" onClick={keepMine}>{words.corrections.keepMine}</button>
        <button type="button" onClick={() => discard(unsent.id)}>{words.corrections.takeTheirs}</button>
      </p>
    </div>
  );
}
