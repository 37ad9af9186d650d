import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { CoachMove, Id, Kind, PickedTag } from "../api/shapes";
import { submit } from "../outbox/outbox";
import { clock } from "../time/format";
import { words } from "../words";
import { type Details, Kinds, More } from "./Details";
import { commandsOf, type Entry } from "./entries";
import type { Playback } from "./playback";
import type { Room } from "./room";
import { TextForm } from "./TextForm";

/** One's own annotation or draft, all of it anew, where it stands. */
export function EditForm({ entry, room, playback, onClose }: { entry: Entry; room: Room; playback: Playback; onClose(): void }) {
  const details = useMemo<Details>(() => ({
    kind: signal<Kind>(entry.kind), move: signal<CoachMove | null>(entry.move), question: signal<Id | null>(entry.question?.id ?? null),
    tags: signal<readonly PickedTag[]>(entry.tags.map(({ framework, code }) => ({ framework, code }))),
  }), [entry.id]);
  const [moment, move] = useState({ start: entry.start_ms, end: entry.end_ms });
  const here = playback.moment();
  const at = moment.end === null ? clock(moment.start) : `${clock(moment.start)}–${clock(moment.end)}`;

  function send(body: string, revision: number): void {
    const anew = {
      revision, start_ms: moment.start, end_ms: moment.end, body, kind: details.kind.value, move: details.move.value,
      question: details.question.value, tags: [...details.tags.value],
    };
    const path = commandsOf(room.lesson);
    if (entry.own) submit(path, { type: "edit_draft", draft: entry.id, ...anew });
    else submit(path, { type: "edit_annotation", annotation: entry.id, ...anew });
  }

  // A range keeps its length when it is moved.
  const length = moment.end === null ? null : moment.end - moment.start;
  return (
    <TextForm label={words.corrections.editing(at)} shelf={entry.id} text={entry.body} revision={entry.revision} send={words.corrections.saveEdit} onSend={send} onClose={onClose}>
      <Kinds kind={details.kind.value} choose={(kind) => (details.kind.value = kind)} />
      <p class="actions small">
        <span class="times">{at}</span>
        {clock(here) !== clock(moment.start) && (
          <button type="button" class="plain" onClick={() => move({ start: here, end: length === null ? null : here + length })}>{words.corrections.startHere(clock(here))}</button>
        )}
        {moment.end !== null && <button type="button" class="plain" onClick={() => move({ ...moment, end: null })}>{words.room.noEnd}</button>}
      </p>
      <More details={details} choices={room.choices} changed={() => undefined} />
    </TextForm>
  );
}
