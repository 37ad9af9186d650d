import { submit, unsent } from "../outbox/outbox";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { commandsOf } from "./entries";
import { otherOf, type Room } from "./room";

/** "I am done", and what that does: in `together` the second to say so opens what both have written. */
export function DoneCard({ room, drafts }: { room: Room; drafts: number }) {
  if (room.role === "observer" || !room.released) return null;
  const says = words.corrections;
  const path = commandsOf(room.lesson);
  const other = otherOf(room);
  const { teacher, coach, done, closed } = room.cycle;
  const mine = done[room.me];
  const others = done[room.role === "teacher" ? coach : teacher];
  const waits = unsent.value.some((item) => item.path === path && item.body.type === "finish_annotating" && item.refused === null);
  const apart = !room.shared;
  // Letting the coach in was the teacher's word already.
  const said = mine !== undefined || (room.role === "teacher" && room.cycle.release_mode === "teacher_first");
  if (said && !mine && !others) return null;
  return (
    <div class="release">
      {apart && !mine && <p>{others ? says.together.second(other) : says.together.how(other)}</p>}
      {apart && mine && <p role="status">{says.together.first(other)}</p>}
      {!apart && others && <p class="quiet">{says.otherFinished(other, dayAndTime(others))}</p>}
      {!apart && mine && <p class="quiet" role="status">{says.finished(dayAndTime(mine))}</p>}
      {!said && !closed && (
        <>
          <button type="button" disabled={waits} onClick={() => submit(path, { type: "finish_annotating" })}>{says.finish}</button>
          <small class="quiet">{waits ? says.finishing : apart ? says.together.drafts(drafts) : says.finishSays(other)}</small>
        </>
      )}
    </div>
  );
}
